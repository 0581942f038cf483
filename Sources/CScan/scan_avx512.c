// Stage 1 with AVX-512 (BW, VBMI, VBMI2): one vector and one mask register a block.
#if defined(__x86_64__)
#include "scan_block.h"
#include "scan_tables.h"

#include <immintrin.h>

#pragma clang attribute push(                                                                      \
    __attribute__((target("avx512f,avx512bw,avx512vbmi,avx512vbmi2,bmi,bmi2,popcnt,pclmul"))),     \
    apply_to = function)

struct utf8_carry {
    __m512i error, previous;
    uint64_t pending;  // not zero when the block before ended in bytes that may want more
};

RIG_INLINE __m512i table(const uint8_t bytes[16]) {
    return _mm512_broadcast_i32x4(_mm_load_si128((const __m128i *)bytes));
}

RIG_INLINE uint64_t equal(__m512i bytes, char byte) {
    return _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(byte));
}

RIG_INLINE __m512i high_nibbles(__m512i bytes) {
    return _mm512_and_si512(_mm512_srli_epi16(bytes, 4), _mm512_set1_epi8(0x0F));
}

RIG_INLINE uint64_t known_escapes(__m512i bytes) {
    return _mm512_test_epi8_mask(_mm512_shuffle_epi8(table(rig_escape_low), bytes),
                                 _mm512_shuffle_epi8(table(rig_escape_high), high_nibbles(bytes)));
}

RIG_INLINE void check_utf8(__m512i bytes, uint64_t nonascii, struct utf8_carry *carry) {
    const uint64_t skip = (nonascii | carry->pending) == 0;
    carry->pending = nonascii >> 61;
    if (skip) {
        carry->previous = _mm512_setzero_si512();
        return;
    }
    // Each lane of `across` is the sixteen bytes before the same lane of `bytes`.
    const __m512i across = _mm512_permutex2var_epi64(
        carry->previous, _mm512_set_epi64(13, 12, 11, 10, 9, 8, 7, 6), bytes);
    const __m512i one = _mm512_alignr_epi8(bytes, across, 15);
    const __m512i two = _mm512_alignr_epi8(bytes, across, 14);
    const __m512i three = _mm512_alignr_epi8(bytes, across, 13);
    const __m512i first_low = _mm512_and_si512(one, _mm512_set1_epi8(0x0F));
    // 0x80 is the truth table of "all three".
    const __m512i pairs = _mm512_ternarylogic_epi32(
        _mm512_shuffle_epi8(table(rig_utf8_first_high), high_nibbles(one)),
        _mm512_shuffle_epi8(table(rig_utf8_first_low), first_low),
        _mm512_shuffle_epi8(table(rig_utf8_second_high), high_nibbles(bytes)), 0x80);
    const __m512i third = _mm512_subs_epu8(two, _mm512_set1_epi8((char)(0xE0 - 0x80)));
    const __m512i fourth = _mm512_subs_epu8(three, _mm512_set1_epi8((char)(0xF0 - 0x80)));
    // 0xA8 is the truth table of "(first or second) and third".
    const __m512i continued =
        _mm512_ternarylogic_epi32(third, fourth, _mm512_set1_epi8((char)0x80), 0xA8);
    carry->error = _mm512_or_si512(carry->error, _mm512_xor_si512(pairs, continued));
    carry->previous = bytes;
}

RIG_INLINE uint64_t prefix_xor(uint64_t bits) {
    const __m128i product = _mm_clmulepi64_si128(_mm_cvtsi64_si128((long long)bits),
                                                 _mm_set1_epi8((char)0xFF), 0);
    return (uint64_t)_mm_cvtsi128_si64(product);
}

RIG_INLINE uint64_t scan_block(__m512i bytes, uint64_t valid, struct rig_carry *carry,
                               struct utf8_carry *utf8, uint64_t *escapes, uint64_t *nonascii,
                               int counts) {
    struct rig_block block;
    const uint64_t high = _mm512_movepi8_mask(bytes);
    const __m512i classes = _mm512_permutex2var_epi8(_mm512_load_si512(rig_classes), bytes,
                                                     _mm512_load_si512(rig_classes + 64));
    block.quote = equal(bytes, '"');
    block.backslash = equal(bytes, '\\');
    block.control = _mm512_cmplt_epu8_mask(bytes, _mm512_set1_epi8(' '));
    // The lookup sees seven bits of a byte; `high` takes out what only looks like ASCII.
    block.space = _mm512_test_epi8_mask(classes, _mm512_set1_epi8(RIG_CLASS_SPACE)) & ~high;
    block.operators = _mm512_test_epi8_mask(classes, _mm512_set1_epi8(RIG_CLASS_OPERATOR)) & ~high;
    *nonascii = high;
    check_utf8(bytes, high, utf8);

    uint64_t starts = 0, escaped = carry->escaped;
    if ((block.backslash | carry->escaped) != 0) {
        starts = rig_escape_starts(block.backslash, carry->escaped);
        escaped = (starts << 1 | carry->escaped) & valid;
        carry->escaped = starts >> 63;
        carry->bad_escapes |= escaped & ~known_escapes(bytes);
        carry->unicode_escapes |= escaped & equal(bytes, 'u');
    }
    *escapes = starts;
    const uint64_t quotes = block.quote & ~escaped;
    const uint64_t structure = rig_structure(&block, quotes, prefix_xor(quotes), carry);
    if (counts) {
        const uint64_t opens = _mm512_test_epi8_mask(classes, _mm512_set1_epi8(RIG_CLASS_OPEN));
        carry->opened += (uint32_t)__builtin_popcountll(structure & opens);
    }
    return structure;
}

RIG_INLINE __m512i widened(__m128i places, __m512i base) {
    return _mm512_add_epi32(_mm512_cvtepu8_epi32(places), base);
}

// Appends positions, sixteen at a time. An unaligned store of a whole line is dear, so that
// looking at the count first pays although it cannot always be foreseen. Blocks without any stand
// inside long strings.
RIG_INLINE uint32_t *append(uint32_t *out, uint64_t bits, uint32_t base) {
    const int count = __builtin_popcountll(bits);
    if (count == 0) return out;
    const __m512i places = _mm512_maskz_compress_epi8(bits, _mm512_load_si512(rig_indices));
    const __m512i from = _mm512_set1_epi32((int)base);
    _mm512_storeu_si512(out, widened(_mm512_castsi512_si128(places), from));
    if (count > 16) {
        _mm512_storeu_si512(out + 16, widened(_mm512_extracti32x4_epi32(places, 1), from));
        if (__builtin_expect(count > 32, 0)) {
            _mm512_storeu_si512(out + 32, widened(_mm512_extracti32x4_epi32(places, 2), from));
            _mm512_storeu_si512(out + 48, widened(_mm512_extracti32x4_epi32(places, 3), from));
        }
    }
    return out + count;
}

RIG_INLINE struct rig_scan_result scan_text(const uint8_t *text, size_t length,
                                            uint32_t *positions, uint64_t *escapes,
                                            uint64_t *nonascii, uint32_t depth_max, int counts) {
    struct rig_carry carry = {0};
    struct utf8_carry utf8 = {_mm512_setzero_si512(), _mm512_setzero_si512(), 0};
    uint32_t *out = positions;
    size_t offset = 0;
    // Two blocks a turn: the second one's masks are made while the first one's are still awaited.
    for (; offset + 128 <= length; offset += 128) {
        const uint64_t first = scan_block(_mm512_loadu_si512(text + offset), ~0ULL, &carry, &utf8,
                                          escapes + offset / 64, nonascii + offset / 64,
                                          counts);
        const uint64_t second =
            scan_block(_mm512_loadu_si512(text + offset + 64), ~0ULL, &carry, &utf8,
                       escapes + offset / 64 + 1, nonascii + offset / 64 + 1, counts);
        out = append(out, first, (uint32_t)offset);
        out = append(out, second, (uint32_t)offset + 64);
    }
    if (offset + 64 <= length) {
        const uint64_t bits = scan_block(_mm512_loadu_si512(text + offset), ~0ULL, &carry, &utf8,
                                         escapes + offset / 64, nonascii + offset / 64,
                                          counts);
        out = append(out, bits, (uint32_t)offset);
        offset += 64;
    }
    if (offset < length) {
        const uint64_t valid = _bzhi_u64(~0ULL, (unsigned)(length - offset));
        const __m512i bytes =
            _mm512_mask_loadu_epi8(_mm512_set1_epi8(' '), valid, text + offset);
        const uint64_t bits =
            scan_block(bytes, valid, &carry, &utf8, escapes + offset / 64, nonascii + offset / 64,
                                          counts);
        out = append(out, bits, (uint32_t)offset);
    }
    // A text may end inside a sequence only where a block ends; elsewhere a space follows.
    const __m512i wanting = _mm512_subs_epu8(utf8.previous, _mm512_load_si512(rig_utf8_last_max));
    const __m512i errors = _mm512_or_si512(utf8.error, wanting);
    carry.bad_utf8 = _mm512_test_epi8_mask(errors, errors);
    const uint32_t opened_max = counts && carry.opened < depth_max ? carry.opened : depth_max;
    return rig_scan_finish(text, length, positions, out, opened_max, &carry);
}

// In a short text the brackets are counted, for repeating the last position as often as the
// deepest text of its length may want takes longer.
struct rig_scan_result rig_scan_avx512(const uint8_t *text, size_t length, uint32_t *positions,
                                       uint64_t *escapes, uint64_t *nonascii, uint32_t depth_max) {
    if (length <= 2048)
        return scan_text(text, length, positions, escapes, nonascii, depth_max, 1);
    return scan_text(text, length, positions, escapes, nonascii, depth_max, 0);
}

#pragma clang attribute pop
#endif
