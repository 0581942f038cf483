// What all stage-1 kernels share: from the byte masks of one 64-byte block to its structural bits.
//
// In: six masks of a block (bit i speaks of byte i) and what the block before left behind.
// Out: the structural bits, the escape starts, and faults gathered in the carry.
//
//     {"a\"b": 1}       bytes
//     10010000111.1     structural bits: { quote ... quote : 1 }   (both quotes of a string)
//
// A kernel differs only in how it makes the masks, the prefix-xor and the list of positions.
#ifndef RIG_SCAN_BLOCK_H
#define RIG_SCAN_BLOCK_H

#include "CScan.h"

#define RIG_INLINE static inline __attribute__((always_inline))

typedef struct rig_scan_result (*rig_scan_function)(const uint8_t *text, size_t length,
                                                    uint32_t *positions, uint64_t *escapes,
                                                    uint64_t *nonascii, uint32_t depth_max);

struct rig_scan_result rig_scan_portable(const uint8_t *text, size_t length, uint32_t *positions,
                                         uint64_t *escapes, uint64_t *nonascii, uint32_t depth_max);
#if defined(__x86_64__)
struct rig_scan_result rig_scan_ssse3(const uint8_t *text, size_t length, uint32_t *positions,
                                      uint64_t *escapes, uint64_t *nonascii, uint32_t depth_max);
struct rig_scan_result rig_scan_avx2(const uint8_t *text, size_t length, uint32_t *positions,
                                     uint64_t *escapes, uint64_t *nonascii, uint32_t depth_max);
struct rig_scan_result rig_scan_avx512(const uint8_t *text, size_t length, uint32_t *positions,
                                       uint64_t *escapes, uint64_t *nonascii, uint32_t depth_max);
#endif

// Masks of one block. Bytes past the end of the text count as spaces.
struct rig_block {
    uint64_t quote;
    uint64_t backslash;
    uint64_t operators;  // {}[]:,
    uint64_t space;      // space, tab, line feed, carriage return
    uint64_t control;    // below 0x20
};

struct rig_carry {
    uint64_t escaped;  // 1 when the next block's first byte is escaped
    uint64_t string;   // all ones when the next block starts inside a string
    uint64_t scalar;   // 1 when the byte before was part of a scalar
    uint32_t opened;   // brackets opened so far, where a kernel counts them
    uint64_t controls, bad_escapes, unicode_escapes, bad_utf8;  // faults so far, not zero if any
};

// The backslashes of a block that start an escape. A run of backslashes alternates between
// starting an escape and being escaped, so a run's members at its own start's parity count. Adding
// the even starts to the runs carries through exactly the runs that begin at an even bit.
RIG_INLINE uint64_t rig_escape_starts(uint64_t backslash, uint64_t escaped_before) {
    const uint64_t even = 0x5555555555555555ULL;
    const uint64_t runs = backslash & ~escaped_before;
    const uint64_t starts = runs & ~(runs << 1);
    const uint64_t sum = runs + (starts & even);
    return (runs & ~sum & even) | (runs & sum & ~even);
}

// Bits of strings: the opening quote and what it holds, without the closing quote.
RIG_INLINE uint64_t rig_prefix_xor_by_shifts(uint64_t bits) {
    bits ^= bits << 1;
    bits ^= bits << 2;
    bits ^= bits << 4;
    bits ^= bits << 8;
    bits ^= bits << 16;
    return bits ^ bits << 32;
}

// The structural bits of a block. `quotes` are the unescaped ones, `parity` their prefix-xor.
RIG_INLINE uint64_t rig_structure(const struct rig_block *block, uint64_t quotes, uint64_t parity,
                                  struct rig_carry *carry) {
    const uint64_t string = parity ^ carry->string;
    carry->string = (uint64_t)((int64_t)string >> 63);
    carry->controls |= string & block->control;
    const uint64_t operators = block->operators & ~string;
    const uint64_t scalar = ~(block->operators | block->space | string | quotes);
    const uint64_t scalar_starts = scalar & ~(scalar << 1 | carry->scalar);
    carry->scalar = scalar >> 63;
    return operators | quotes | scalar_starts;
}

// Appends the positions of set bits one by one.
RIG_INLINE uint32_t *rig_append_each(uint32_t *out, uint64_t bits, uint32_t base) {
    for (; bits != 0; bits &= bits - 1) *out++ = base + (uint32_t)__builtin_ctzll(bits);
    return out;
}

// The widest store of the kernel that this is inlined into, at any address.
typedef uint32_t rig_line __attribute__((vector_size(64), aligned(4), may_alias));

// Repeats a position at least `count` times, and up to 31 times more. The first line may straddle
// two of the cache, which is dear; the others are laid where one begins.
RIG_INLINE void rig_repeat(uint32_t *out, uint32_t position, uint32_t count) {
    const rig_line line = (rig_line){0} + position;
    const uint32_t *end = out + count;
    *(rig_line *)out = line;
    out = (uint32_t *)(((uintptr_t)out & ~(uintptr_t)63) + 64);
    for (; out < end; out += 16) *(rig_line *)out = line;
}

RIG_INLINE struct rig_scan_result rig_scan_finish(const uint8_t *text, size_t length,
                                                  const uint32_t *positions, uint32_t *out,
                                                  uint32_t opened_max,
                                                  const struct rig_carry *carry) {
    const uint32_t count = (uint32_t)(out - positions);
    uint32_t last = 0;
    if (count != 0) {
        // Found in the text: reading positions now would wait for the last stores.
        last = (uint32_t)length - 1;
        while (text[last] == ' ' || (uint8_t)(text[last] - '\t') < 2 || text[last] == '\r') last--;
        rig_repeat(out, last, (count < opened_max ? count : opened_max) + RIG_SCAN_AHEAD);
    }
    uint32_t flags = 0;
    if (carry->controls) flags |= RIG_SCAN_CONTROL;
    if (carry->bad_utf8) flags |= RIG_SCAN_UTF8;
    if (carry->string) flags |= RIG_SCAN_OPEN_STRING;
    if (carry->bad_escapes) flags |= RIG_SCAN_ESCAPE;
    if (carry->unicode_escapes) flags |= RIG_SCAN_HAS_UNICODE_ESCAPE;
    return (struct rig_scan_result){count, flags, last};
}

#endif
