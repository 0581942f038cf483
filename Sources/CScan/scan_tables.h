// Tables that the vector kernels look bytes up in, sixteen entries at a time.
#ifndef RIG_SCAN_TABLES_H
#define RIG_SCAN_TABLES_H

#include <stdint.h>

#define RIG_TABLE static const uint8_t __attribute__((aligned(64)))

// White space by its low four bits; entries that are none can equal no byte with those bits.
RIG_TABLE rig_space_table[16] = {' ', 0, 0, 0, 0, 0, 0, 0, 0, '\t', '\n', 0, 0, '\r', 0, 0};

// {}[]:, with bit 0x20 set, by their low four bits. Entry 0 must not be 0, though no folded byte
// is 0; folded control characters 0x0C and 0x1A match and are taken out by the control mask.
RIG_TABLE rig_operator_table[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ':', '{', ',', '}', 0, 0};

// The class of every ASCII byte.
enum { RIG_CLASS_OPERATOR = 1, RIG_CLASS_SPACE = 2, RIG_CLASS_OPEN = 4 };
RIG_TABLE rig_classes[128] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 1, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 1, 0, 0,
};

// What may follow a backslash: an entry of each table shares a bit when the byte is known.
// Bit 0: 0x22 0x2F, bit 1: 0x5C, bit 2: 0x62 0x66 0x6E, bit 3: 0x72 0x74 0x75.
RIG_TABLE rig_escape_low[16] = {0, 0, 1 | 4 | 8, 0, 8, 8, 4, 0, 0, 0, 0, 0, 2, 0, 4, 1};
RIG_TABLE rig_escape_high[16] = {0, 0, 1, 0, 0, 2, 4, 8, 0, 0, 0, 0, 0, 0, 0, 0};

// UTF-8, two bytes at a time (Keiser and Lemire, "Validating UTF-8 in less than one instruction
// per byte", 2020): a pair is wrong in some way when all three lookups share that way's bit.
enum {
    RIG_UTF8_SHORT = 1 << 0,          // a lead byte without its continuation
    RIG_UTF8_LONG = 1 << 1,           // a continuation after ASCII
    RIG_UTF8_OVERLONG3 = 1 << 2,      // E0 80...9F
    RIG_UTF8_LARGE = 1 << 3,          // above U+10FFFF: F4 90... and leads from F5 on
    RIG_UTF8_SURROGATE = 1 << 4,      // ED A0...BF
    RIG_UTF8_OVERLONG2 = 1 << 5,      // C0, C1
    RIG_UTF8_LARGE_OVERLONG = 1 << 6, // F0 80...8F, or F5...FF 80...8F
    RIG_UTF8_CONTINUED = 1 << 7,      // two continuations: right only as third or fourth byte
    RIG_UTF8_ANY = RIG_UTF8_SHORT | RIG_UTF8_LONG | RIG_UTF8_CONTINUED,
};

#define L RIG_UTF8_LONG
#define C RIG_UTF8_CONTINUED
#define S RIG_UTF8_SHORT
RIG_TABLE rig_utf8_first_high[16] = {
    L, L, L, L, L, L, L, L, C, C, C, C,
    S | RIG_UTF8_OVERLONG2,
    S,
    S | RIG_UTF8_OVERLONG3 | RIG_UTF8_SURROGATE,
    S | RIG_UTF8_LARGE | RIG_UTF8_LARGE_OVERLONG,
};
#define A RIG_UTF8_ANY
#define B (RIG_UTF8_ANY | RIG_UTF8_LARGE | RIG_UTF8_LARGE_OVERLONG)
RIG_TABLE rig_utf8_first_low[16] = {
    A | RIG_UTF8_OVERLONG3 | RIG_UTF8_OVERLONG2 | RIG_UTF8_LARGE_OVERLONG,
    A | RIG_UTF8_OVERLONG2,
    A, A,
    A | RIG_UTF8_LARGE,
    B, B, B, B, B, B, B, B,
    B | RIG_UTF8_SURROGATE,
    B, B,
};
#define D (RIG_UTF8_LONG | RIG_UTF8_OVERLONG2 | RIG_UTF8_CONTINUED)
RIG_TABLE rig_utf8_second_high[16] = {
    S, S, S, S, S, S, S, S,
    D | RIG_UTF8_OVERLONG3 | RIG_UTF8_LARGE_OVERLONG,
    D | RIG_UTF8_OVERLONG3 | RIG_UTF8_LARGE,
    D | RIG_UTF8_SURROGATE | RIG_UTF8_LARGE,
    D | RIG_UTF8_SURROGATE | RIG_UTF8_LARGE,
    S, S, S, S,
};
#undef A
#undef B
#undef C
#undef D
#undef L
#undef S

// The greatest bytes that may stand last in a block without wanting more after it.
#define X 0xFF
RIG_TABLE rig_utf8_last_max[64] = {
    X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
    X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
    0xF0 - 1, 0xE0 - 1, 0xC0 - 1,
};
#undef X

RIG_TABLE rig_indices[64] = {
    0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
    22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43,
    44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63,
};

#endif
