// Kernels over bytes that need vector instructions, chosen once at run time (scan.c).
#ifndef RIG_CSCAN_H
#define RIG_CSCAN_H

#include <stddef.h>
#include <stdint.h>

// What stage 1 noticed about the whole text; bits of rig_scan_result.flags.
enum {
    RIG_SCAN_CONTROL = 1 << 0,      // an unescaped control character inside a string
    RIG_SCAN_UTF8 = 1 << 1,         // bytes that are not UTF-8 (overlong, surrogate, > U+10FFFF)
    RIG_SCAN_OPEN_STRING = 1 << 2,  // the text ends inside a string
    RIG_SCAN_ESCAPE = 1 << 3,       // a backslash before a character that cannot be escaped
    RIG_SCAN_HAS_UNICODE_ESCAPE = 1 << 4,  // some \u is there: hex and pairs are still to check
};

struct rig_scan_result {
    uint32_t count;  // structural positions written, without the repeated ones
    uint32_t flags;
    uint32_t last;  // the last byte of the text that is no white space; 0 when there is none
};

// Positions that a walk may look at past the one it stands on.
enum { RIG_SCAN_AHEAD = 6 };

// Finds every structural position of `text[0..<length]`: each of {}[]:, outside strings, both
// quotes of every string, and the first byte of every other scalar. Behind them `last` is repeated
// min(brackets opened, depth_max) + RIG_SCAN_AHEAD times or more: a closing bracket there ends a
// walk that counts depth. `text` must be readable for 64 bytes past `length`. `positions` must have room for
// length + 64 + depth_max + RIG_SCAN_AHEAD entries: kernels write whole vectors. `escapes` and
// `nonascii` are bitmaps of (length + 63) / 64 words: bit i set when byte i is a backslash that
// starts an escape, or is >= 0x80. `length` is below 4 GiB. Never fails: faults are flags.
struct rig_scan_result rig_scan(const uint8_t *text, size_t length, uint32_t *positions,
                                uint64_t *escapes, uint64_t *nonascii, uint32_t depth_max);

// The name of the kernel that rig_scan chose: "avx512", "avx2", "ssse3" or "portable".
const char *rig_scan_kernel(void);

// The same scan by one named kernel (0 portable, 1 ssse3, 2 avx2, 3 avx512), for tests and
// benchmarks. count is UINT32_MAX when this machine cannot run that kernel.
struct rig_scan_result rig_scan_with(int kernel, const uint8_t *text, size_t length,
                                     uint32_t *positions, uint64_t *escapes, uint64_t *nonascii,
                                     uint32_t depth_max);

// Makes rig_scan use one named kernel from now on; 0 when this machine cannot run it. For
// benchmarks that compare whole walks, before other threads scan.
int rig_scan_prefer(int kernel);

// SHA-256 (FIPS 180-4) over `blocks` 64-byte blocks, with the SHA extensions where the machine
// has them. `state` is the eight working words.
void rig_sha256_blocks(uint32_t state[8], const uint8_t *bytes, size_t blocks);


// The same without extensions, so that a test can hold one against the other.
void rig_sha256_blocks_plain(uint32_t state[8], const uint8_t *bytes, size_t blocks);

#include "rig_walk.h"

#endif
