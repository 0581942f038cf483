// What the walk over structural positions needs that Swift has no word for: one 16-byte compare.
// Inlined into the walk, hence here and not in a .c file.
#ifndef RIG_WALK_H
#define RIG_WALK_H

#include <stdint.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

// Bit i is set when bytes[i] is an ASCII digit, for i in 0..<16. Reads 16 bytes.
static inline uint32_t rig_digits16(const uint8_t *bytes) {
#if defined(__SSE2__)
    __m128i block = _mm_loadu_si128((const __m128i *)bytes);
    __m128i value = _mm_sub_epi8(block, _mm_set1_epi8('0'));
    __m128i digit = _mm_cmpeq_epi8(_mm_min_epu8(value, _mm_set1_epi8(9)), value);
    return (uint32_t)_mm_movemask_epi8(digit);
#else
    uint32_t mask = 0;
    for (int i = 0; i < 16; i++) mask |= (uint32_t)((uint8_t)(bytes[i] - '0') < 10) << i;
    return mask;
#endif
}

// Bit i is set when bytes[i] is not the digit zero, for i in 0..<16. Reads 16 bytes.
static inline uint32_t rig_nonzeros16(const uint8_t *bytes) {
#if defined(__SSE2__)
    __m128i block = _mm_loadu_si128((const __m128i *)bytes);
    return 0xFFFF ^ (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(block, _mm_set1_epi8('0')));
#else
    uint32_t mask = 0;
    for (int i = 0; i < 16; i++) mask |= (uint32_t)(bytes[i] != '0') << i;
    return mask;
#endif
}

// Bit i is set when bytes[i] may stand in the path or query of a URI as it is (RFC 3986: pchar, /
// and ?), for i in 0..<16. Reads 16 bytes.
static inline uint32_t rig_path16(const uint8_t *bytes) {
#if defined(__SSE2__)
    __m128i block = _mm_loadu_si128((const __m128i *)bytes);
    // Ranges: & to ;, @ to Z, a to z. Then ! $ = ? _ ~.
    __m128i marks = _mm_sub_epi8(block, _mm_set1_epi8('&'));
    __m128i upper = _mm_sub_epi8(block, _mm_set1_epi8('@'));
    __m128i lower = _mm_sub_epi8(block, _mm_set1_epi8('a'));
    __m128i held = _mm_cmpeq_epi8(_mm_min_epu8(marks, _mm_set1_epi8(';' - '&')), marks);
    held = _mm_or_si128(held, _mm_cmpeq_epi8(_mm_min_epu8(upper, _mm_set1_epi8(26)), upper));
    held = _mm_or_si128(held, _mm_cmpeq_epi8(_mm_min_epu8(lower, _mm_set1_epi8(25)), lower));
    held = _mm_or_si128(held, _mm_cmpeq_epi8(block, _mm_set1_epi8('!')));
    held = _mm_or_si128(held, _mm_cmpeq_epi8(block, _mm_set1_epi8('$')));
    held = _mm_or_si128(held, _mm_cmpeq_epi8(block, _mm_set1_epi8('=')));
    held = _mm_or_si128(held, _mm_cmpeq_epi8(block, _mm_set1_epi8('?')));
    held = _mm_or_si128(held, _mm_cmpeq_epi8(block, _mm_set1_epi8('_')));
    held = _mm_or_si128(held, _mm_cmpeq_epi8(block, _mm_set1_epi8('~')));
    return (uint32_t)_mm_movemask_epi8(held);
#else
    uint32_t mask = 0;
    for (int i = 0; i < 16; i++) {
        uint8_t byte = bytes[i];
        int held = (byte >= '&' && byte <= ';') || (byte >= '@' && byte <= 'Z') ||
                   (byte >= 'a' && byte <= 'z') || byte == '!' || byte == '$' || byte == '=' ||
                   byte == '?' || byte == '_' || byte == '~';
        mask |= (uint32_t)held << i;
    }
    return mask;
#endif
}

// What an email address is made of, a bit a byte.
struct rig_address_masks {
    uint64_t alphanumerics, dots, hyphens, at;
    uint64_t others;  // _ and +
};

#if defined(__SSE2__)
static inline uint64_t rig_equal16(__m128i block, char byte, int shift) {
    uint32_t mask = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(block, _mm_set1_epi8(byte)));
    return (uint64_t)mask << shift;
}
#endif

static inline uint32_t rig_alphanumerics16(const uint8_t *bytes);

// Masks of the first 64 bytes of a text of `length`, in steps of 16 that begin below `length`.
static inline struct rig_address_masks rig_address64(const uint8_t *bytes, long length) {
    struct rig_address_masks masks = {0, 0, 0, 0, 0};
    for (int i = 0; i < 64 && i < length; i += 16) {
        masks.alphanumerics |= (uint64_t)rig_alphanumerics16(bytes + i) << i;
#if defined(__SSE2__)
        __m128i block = _mm_loadu_si128((const __m128i *)(bytes + i));
        masks.dots |= rig_equal16(block, '.', i);
        masks.hyphens |= rig_equal16(block, '-', i);
        masks.at |= rig_equal16(block, '@', i);
        masks.others |= rig_equal16(block, '_', i) | rig_equal16(block, '+', i);
#else
        for (int j = i; j < i + 16; j++) {
            masks.dots |= (uint64_t)(bytes[j] == '.') << j;
            masks.hyphens |= (uint64_t)(bytes[j] == '-') << j;
            masks.at |= (uint64_t)(bytes[j] == '@') << j;
            masks.others |= (uint64_t)(bytes[j] == '_' || bytes[j] == '+') << j;
        }
#endif
    }
    return masks;
}

// Bit i is set when bytes[i] is an ASCII letter or digit, for i in 0..<16. Reads 16 bytes.
static inline uint32_t rig_alphanumerics16(const uint8_t *bytes) {
#if defined(__SSE2__)
    __m128i block = _mm_loadu_si128((const __m128i *)bytes);
    __m128i digit = _mm_sub_epi8(block, _mm_set1_epi8('0'));
    __m128i letter =
        _mm_sub_epi8(_mm_or_si128(block, _mm_set1_epi8(0x20)), _mm_set1_epi8('a'));
    __m128i either =
        _mm_or_si128(_mm_cmpeq_epi8(_mm_min_epu8(digit, _mm_set1_epi8(9)), digit),
                     _mm_cmpeq_epi8(_mm_min_epu8(letter, _mm_set1_epi8(25)), letter));
    return (uint32_t)_mm_movemask_epi8(either);
#else
    uint32_t mask = 0;
    for (int i = 0; i < 16; i++) {
        uint8_t digit = (uint8_t)(bytes[i] - '0'), letter = (uint8_t)((bytes[i] | 0x20) - 'a');
        mask |= (uint32_t)(digit < 10 || letter < 26) << i;
    }
    return mask;
#endif
}

#endif
