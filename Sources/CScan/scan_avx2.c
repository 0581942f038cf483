// Stage 1 with AVX2: two vectors of 32 bytes a block.
#if defined(__x86_64__)
#include "scan_block.h"
#include "scan_positions.h"
#include "scan_tables.h"

#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,bmi,bmi2,popcnt,pclmul"))), apply_to = function)

struct wide {
    __m256i low, high;
};

struct utf8_carry {
    __m256i error, previous;
    uint64_t pending;  // not zero when the block before ended in bytes that may want more
};

RIG_INLINE __m256i table(const uint8_t bytes[16]) {
    return _mm256_broadcastsi128_si256(_mm_load_si128((const __m128i *)bytes));
}

RIG_INLINE uint64_t mask_of(__m256i low, __m256i high) {
    return (uint32_t)_mm256_movemask_epi8(low) |
           (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
}

RIG_INLINE uint64_t equal(struct wide bytes, char byte) {
    const __m256i wanted = _mm256_set1_epi8(byte);
    return mask_of(_mm256_cmpeq_epi8(bytes.low, wanted), _mm256_cmpeq_epi8(bytes.high, wanted));
}

// Bytes that equal the table's entry for their low four bits.
RIG_INLINE uint64_t in_table(struct wide bytes, __m256i entries) {
    return mask_of(_mm256_cmpeq_epi8(bytes.low, _mm256_shuffle_epi8(entries, bytes.low)),
                   _mm256_cmpeq_epi8(bytes.high, _mm256_shuffle_epi8(entries, bytes.high)));
}

RIG_INLINE __m256i folded(__m256i bytes) {
    return _mm256_or_si256(bytes, _mm256_set1_epi8(0x20));
}

RIG_INLINE __m256i below_space(__m256i bytes) {
    const __m256i top = _mm256_set1_epi8(0x1F);
    return _mm256_cmpeq_epi8(_mm256_max_epu8(bytes, top), top);
}

// The bytes' high four bits. Shifts work on 16 bits, so the neighbour's bits are masked away.
RIG_INLINE __m256i high_nibbles(__m256i bytes) {
    return _mm256_and_si256(_mm256_srli_epi16(bytes, 4), _mm256_set1_epi8(0x0F));
}

RIG_INLINE uint64_t known_escapes(struct wide bytes) {
    const __m256i by_low = table(rig_escape_low), by_high = table(rig_escape_high);
    const __m256i zero = _mm256_setzero_si256();
    const __m256i low = _mm256_and_si256(_mm256_shuffle_epi8(by_low, bytes.low),
                                         _mm256_shuffle_epi8(by_high, high_nibbles(bytes.low)));
    const __m256i high = _mm256_and_si256(_mm256_shuffle_epi8(by_low, bytes.high),
                                          _mm256_shuffle_epi8(by_high, high_nibbles(bytes.high)));
    return ~mask_of(_mm256_cmpeq_epi8(low, zero), _mm256_cmpeq_epi8(high, zero));
}

RIG_INLINE __m256i utf8_errors(__m256i bytes, __m256i before) {
    const __m256i across = _mm256_permute2x128_si256(before, bytes, 0x21);
    const __m256i one = _mm256_alignr_epi8(bytes, across, 15);
    const __m256i two = _mm256_alignr_epi8(bytes, across, 14);
    const __m256i three = _mm256_alignr_epi8(bytes, across, 13);
    const __m256i nibble = _mm256_set1_epi8(0x0F);
    const __m256i pairs = _mm256_and_si256(
        _mm256_and_si256(_mm256_shuffle_epi8(table(rig_utf8_first_high), high_nibbles(one)),
                         _mm256_shuffle_epi8(table(rig_utf8_first_low),
                                             _mm256_and_si256(one, nibble))),
        _mm256_shuffle_epi8(table(rig_utf8_second_high), high_nibbles(bytes)));
    const __m256i third = _mm256_subs_epu8(two, _mm256_set1_epi8((char)(0xE0 - 0x80)));
    const __m256i fourth = _mm256_subs_epu8(three, _mm256_set1_epi8((char)(0xF0 - 0x80)));
    const __m256i continued =
        _mm256_and_si256(_mm256_or_si256(third, fourth), _mm256_set1_epi8((char)0x80));
    return _mm256_xor_si256(pairs, continued);
}

RIG_INLINE void check_utf8(struct wide bytes, uint64_t nonascii, struct utf8_carry *carry) {
    const uint64_t skip = (nonascii | carry->pending) == 0;
    carry->pending = nonascii >> 61;
    if (skip) {
        carry->previous = _mm256_setzero_si256();
        return;
    }
    const __m256i low = utf8_errors(bytes.low, carry->previous);
    const __m256i high = utf8_errors(bytes.high, bytes.low);
    carry->error = _mm256_or_si256(carry->error, _mm256_or_si256(low, high));
    carry->previous = bytes.high;
}

RIG_INLINE uint64_t prefix_xor(uint64_t bits) {
    const __m128i product = _mm_clmulepi64_si128(_mm_cvtsi64_si128((long long)bits),
                                                 _mm_set1_epi8((char)0xFF), 0);
    return (uint64_t)_mm_cvtsi128_si64(product);
}

RIG_INLINE uint64_t scan_block(struct wide bytes, uint64_t valid, struct rig_carry *carry,
                               struct utf8_carry *utf8, uint64_t *escapes, uint64_t *nonascii) {
    struct rig_block block;
    const struct wide fold = {folded(bytes.low), folded(bytes.high)};
    block.quote = equal(bytes, '"');
    block.backslash = equal(bytes, '\\');
    block.space = in_table(bytes, table(rig_space_table));
    block.operators = in_table(fold, table(rig_operator_table));
    block.control = 0;
    if (_mm256_movemask_epi8(below_space(_mm256_min_epu8(bytes.low, bytes.high))) != 0) {
        block.control = mask_of(below_space(bytes.low), below_space(bytes.high));
        block.operators &= ~block.control;
    }
    uint64_t high = 0;
    if (_mm256_movemask_epi8(_mm256_or_si256(bytes.low, bytes.high)) != 0)
        high = mask_of(bytes.low, bytes.high);
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

// Appends up to eight positions one by one, more by a table: it gives the set bits of each byte
// of the mask, eight entries are written for each, and the next byte's overwrite those that were
// not needed. So no branch depends on single bits, which a loop over them loses most to. Blocks
// without any stand inside long strings, where the first branch is well foreseen.
RIG_INLINE uint32_t *append(uint32_t *out, uint64_t bits, uint32_t base) {
    const uint64_t count = (uint64_t)__builtin_popcountll(bits);
    if (count == 0) return out;
    if (count <= 8) {
        uint64_t left = bits;
        for (int i = 0; i < 8; i++, left = _blsr_u64(left))
            out[i] = base + (uint32_t)_tzcnt_u64(left);
        return out + count;
    }
    const uint64_t pairs = bits - (bits >> 1 & 0x5555555555555555ULL);
    const uint64_t fours = (pairs & 0x3333333333333333ULL) + (pairs >> 2 & 0x3333333333333333ULL);
    const uint64_t counts = (fours + (fours >> 4)) & 0x0F0F0F0F0F0F0F0FULL;
    const uint64_t before = counts * 0x0101010101010101ULL << 8;
    const __m256i eight = _mm256_set1_epi32(8);
    __m256i from = _mm256_set1_epi32((int)base);
    for (int i = 0; i < 8; i++) {
        const __m256i places = _mm256_cvtepu8_epi32(
            _mm_loadl_epi64((const __m128i *)rig_bit_positions[bits >> 8 * i & 0xFF]));
        _mm256_storeu_si256((__m256i *)(out + (before >> 8 * i & 0xFF)),
                            _mm256_add_epi32(places, from));
        from = _mm256_add_epi32(from, eight);
    }
    return out + count;
}

struct rig_scan_result rig_scan_avx2(const uint8_t *text, size_t length, uint32_t *positions,
                                     uint64_t *escapes, uint64_t *nonascii, uint32_t depth_max) {
    struct rig_carry carry = {0};
    struct utf8_carry utf8 = {_mm256_setzero_si256(), _mm256_setzero_si256(), 0};
    uint32_t *out = positions;
    for (size_t offset = 0; offset < length; offset += 64) {
        const size_t left = length - offset;
        struct wide bytes = {_mm256_loadu_si256((const __m256i *)(text + offset)),
                             _mm256_loadu_si256((const __m256i *)(text + offset + 32))};
        uint64_t valid = ~0ULL;
        if (left < 64) {
            // What lies past the end is readable but not text: it becomes spaces.
            const __m256i end = _mm256_set1_epi8((char)left), space = _mm256_set1_epi8(' ');
            const __m256i *indices = (const __m256i *)rig_indices;
            bytes.low =
                _mm256_blendv_epi8(space, bytes.low, _mm256_cmpgt_epi8(end, indices[0]));
            bytes.high =
                _mm256_blendv_epi8(space, bytes.high, _mm256_cmpgt_epi8(end, indices[1]));
            valid = (1ULL << left) - 1;
        }
        const uint64_t bits =
            scan_block(bytes, valid, &carry, &utf8, escapes + offset / 64, nonascii + offset / 64);
        out = append(out, bits, (uint32_t)offset);
    }
    // A text may end inside a sequence only where a block ends; elsewhere a space follows.
    const __m256i wanting = _mm256_subs_epu8(
        utf8.previous, _mm256_load_si256((const __m256i *)(rig_utf8_last_max + 32)));
    const __m256i errors = _mm256_or_si256(utf8.error, wanting);
    carry.bad_utf8 = !_mm256_testz_si256(errors, errors);
    return rig_scan_finish(text, length, positions, out, depth_max, &carry);
}

#pragma clang attribute pop
#endif
