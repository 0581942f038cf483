// Stage 1 with SSSE3 (and the carry-less multiply of the same years): four vectors a block.
#if defined(__x86_64__)
#include "scan_block.h"
#include "scan_tables.h"

#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("ssse3,popcnt,pclmul"))), apply_to = function)

struct quarters {
    __m128i part[4];
};

struct utf8_carry {
    __m128i error, previous;
    uint64_t pending;  // not zero when the block before ended in bytes that may want more
};

RIG_INLINE __m128i table(const uint8_t bytes[16]) {
    return _mm_load_si128((const __m128i *)bytes);
}

RIG_INLINE uint64_t mask_of(struct quarters marks) {
    uint64_t mask = 0;
    for (int i = 0; i < 4; i++)
        mask |= (uint64_t)(uint32_t)_mm_movemask_epi8(marks.part[i]) << 16 * i;
    return mask;
}

RIG_INLINE uint64_t equal(struct quarters bytes, char byte) {
    for (int i = 0; i < 4; i++)
        bytes.part[i] = _mm_cmpeq_epi8(bytes.part[i], _mm_set1_epi8(byte));
    return mask_of(bytes);
}

// Bytes that equal the table's entry for their low four bits.
RIG_INLINE uint64_t in_table(struct quarters bytes, __m128i entries) {
    for (int i = 0; i < 4; i++)
        bytes.part[i] = _mm_cmpeq_epi8(bytes.part[i], _mm_shuffle_epi8(entries, bytes.part[i]));
    return mask_of(bytes);
}

RIG_INLINE struct quarters folded(struct quarters bytes) {
    for (int i = 0; i < 4; i++)
        bytes.part[i] = _mm_or_si128(bytes.part[i], _mm_set1_epi8(0x20));
    return bytes;
}

RIG_INLINE uint64_t below_space(struct quarters bytes) {
    const __m128i top = _mm_set1_epi8(0x1F);
    for (int i = 0; i < 4; i++)
        bytes.part[i] = _mm_cmpeq_epi8(_mm_max_epu8(bytes.part[i], top), top);
    return mask_of(bytes);
}

RIG_INLINE __m128i high_nibbles(__m128i bytes) {
    return _mm_and_si128(_mm_srli_epi16(bytes, 4), _mm_set1_epi8(0x0F));
}

RIG_INLINE uint64_t known_escapes(struct quarters bytes) {
    for (int i = 0; i < 4; i++) {
        const __m128i low = _mm_shuffle_epi8(table(rig_escape_low), bytes.part[i]);
        const __m128i high =
            _mm_shuffle_epi8(table(rig_escape_high), high_nibbles(bytes.part[i]));
        bytes.part[i] = _mm_cmpeq_epi8(_mm_and_si128(low, high), _mm_setzero_si128());
    }
    return ~mask_of(bytes);
}

RIG_INLINE __m128i utf8_errors(__m128i bytes, __m128i before) {
    const __m128i one = _mm_alignr_epi8(bytes, before, 15);
    const __m128i two = _mm_alignr_epi8(bytes, before, 14);
    const __m128i three = _mm_alignr_epi8(bytes, before, 13);
    const __m128i first_low = _mm_and_si128(one, _mm_set1_epi8(0x0F));
    const __m128i pairs = _mm_and_si128(
        _mm_and_si128(_mm_shuffle_epi8(table(rig_utf8_first_high), high_nibbles(one)),
                      _mm_shuffle_epi8(table(rig_utf8_first_low), first_low)),
        _mm_shuffle_epi8(table(rig_utf8_second_high), high_nibbles(bytes)));
    const __m128i third = _mm_subs_epu8(two, _mm_set1_epi8((char)(0xE0 - 0x80)));
    const __m128i fourth = _mm_subs_epu8(three, _mm_set1_epi8((char)(0xF0 - 0x80)));
    const __m128i continued =
        _mm_and_si128(_mm_or_si128(third, fourth), _mm_set1_epi8((char)0x80));
    return _mm_xor_si128(pairs, continued);
}

RIG_INLINE void check_utf8(struct quarters bytes, uint64_t nonascii, struct utf8_carry *carry) {
    const uint64_t skip = (nonascii | carry->pending) == 0;
    carry->pending = nonascii >> 61;
    if (skip) {
        carry->previous = _mm_setzero_si128();
        return;
    }
    for (int i = 0; i < 4; i++) {
        carry->error =
            _mm_or_si128(carry->error, utf8_errors(bytes.part[i], carry->previous));
        carry->previous = bytes.part[i];
    }
}

RIG_INLINE uint64_t prefix_xor(uint64_t bits) {
    const __m128i product = _mm_clmulepi64_si128(_mm_cvtsi64_si128((long long)bits),
                                                 _mm_set1_epi8((char)0xFF), 0);
    return (uint64_t)_mm_cvtsi128_si64(product);
}

RIG_INLINE uint64_t scan_block(struct quarters bytes, uint64_t valid, struct rig_carry *carry,
                               struct utf8_carry *utf8, uint64_t *escapes, uint64_t *nonascii) {
    struct rig_block block;
    block.quote = equal(bytes, '"');
    block.backslash = equal(bytes, '\\');
    block.space = in_table(bytes, table(rig_space_table));
    block.control = below_space(bytes);
    block.operators = in_table(folded(bytes), table(rig_operator_table)) & ~block.control;
    const uint64_t high = mask_of(bytes);
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
    return rig_structure(&block, quotes, prefix_xor(quotes), carry);
}

// Appends eight positions at a time without looking at single bits; what is written too much, the
// next block overwrites.
RIG_INLINE uint32_t *append(uint32_t *out, uint64_t bits, uint32_t base) {
    const int count = __builtin_popcountll(bits);
    for (int done = 0; done < count; done += 8)
        for (int i = done; i < done + 8; i++, bits &= bits - 1)
            out[i] = base + (bits ? (uint32_t)__builtin_ctzll(bits) : 0);
    return out + count;
}

struct rig_scan_result rig_scan_ssse3(const uint8_t *text, size_t length, uint32_t *positions,
                                      uint64_t *escapes, uint64_t *nonascii, uint32_t depth_max) {
    struct rig_carry carry = {0};
    struct utf8_carry utf8 = {_mm_setzero_si128(), _mm_setzero_si128(), 0};
    uint32_t *out = positions;
    for (size_t offset = 0; offset < length; offset += 64) {
        const size_t left = length - offset;
        const uint64_t valid = left >= 64 ? ~0ULL : (1ULL << left) - 1;
        const __m128i end = _mm_set1_epi8((char)(left < 64 ? left : 64));
        const __m128i space = _mm_set1_epi8(' ');
        struct quarters bytes;
        for (int i = 0; i < 4; i++) {
            const __m128i part = _mm_loadu_si128((const __m128i *)(text + offset + 16 * i));
            // What lies past the end is readable but not text: it becomes spaces.
            const __m128i is_text = _mm_cmpgt_epi8(end, table(rig_indices + 16 * i));
            bytes.part[i] =
                _mm_or_si128(_mm_and_si128(is_text, part), _mm_andnot_si128(is_text, space));
        }
        const uint64_t bits =
            scan_block(bytes, valid, &carry, &utf8, escapes + offset / 64, nonascii + offset / 64);
        out = append(out, bits, (uint32_t)offset);
    }
    // A text may end inside a sequence only where a block ends; elsewhere a space follows.
    const __m128i wanting = _mm_subs_epu8(utf8.previous, table(rig_utf8_last_max + 48));
    const __m128i errors = _mm_or_si128(utf8.error, wanting);
    carry.bad_utf8 =
        _mm_movemask_epi8(_mm_cmpeq_epi8(errors, _mm_setzero_si128())) != 0xFFFF;
    return rig_scan_finish(text, length, positions, out, depth_max, &carry);
}

#pragma clang attribute pop
#endif
