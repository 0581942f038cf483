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
