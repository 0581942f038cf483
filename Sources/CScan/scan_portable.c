// Stage 1 in plain C: eight bytes at a time in one word.
#include "scan_block.h"

#include <string.h>

static const uint64_t ones = 0x0101010101010101ULL;
static const uint64_t tops = 0x8080808080808080ULL;

// The top bit of each byte of the result is set where the byte of `word` equals `byte`. Exact:
// the low seven bits are added without a carry into the neighbour.
RIG_INLINE uint64_t equal(uint64_t word, uint8_t byte) {
    const uint64_t difference = word ^ ones * byte;
    return ~((difference & ~tops) + ~tops | difference) & tops;
}

RIG_INLINE uint64_t gather(uint64_t marks) {
    return (marks >> 7) * 0x0102040810204080ULL >> 56;
}

RIG_INLINE uint64_t load(const uint8_t *bytes) {
    uint64_t word;
    memcpy(&word, bytes, 8);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

static int escape_is_known(uint8_t byte) {
    switch (byte) {
    case '"': case '\\': case '/': case 'b': case 'f': case 'n': case 'r': case 't': case 'u':
        return 1;
    default:
        return 0;
    }
}

// The table of well-formed sequences of the Unicode Standard (3.9, table 3-7), byte by byte.
static int utf8_is_valid(const uint8_t *text, size_t length) {
    size_t i = 0;
    while (i < length) {
        const uint8_t lead = text[i++];
        if (lead < 0x80) continue;
        int more;
        uint8_t low = 0x80, high = 0xBF;
        if (lead >= 0xC2 && lead <= 0xDF) {
            more = 1;
        } else if (lead >= 0xE0 && lead <= 0xEF) {
            more = 2;
            if (lead == 0xE0) low = 0xA0;
            if (lead == 0xED) high = 0x9F;
        } else if (lead >= 0xF0 && lead <= 0xF4) {
            more = 3;
            if (lead == 0xF0) low = 0x90;
            if (lead == 0xF4) high = 0x8F;
        } else {
            return 0;
        }
        for (; more > 0; more--) {
            if (i >= length || text[i] < low || text[i] > high) return 0;
            i++;
            low = 0x80;
            high = 0xBF;
        }
    }
    return 1;
}

// One block of `bytes`, of which `valid` are text. Returns the structural bits.
static uint64_t scan_block(const uint8_t *bytes, uint64_t valid, struct rig_carry *carry,
                           uint64_t *escapes, uint64_t *nonascii) {
    struct rig_block block = {0};
    uint64_t high = 0;
    for (int i = 0; i < 8; i++) {
        const uint64_t word = load(bytes + 8 * i), folded = word | ones * 0x20;
        // Folding makes 0x0C and 0x1A look like ',' and ':'; the control mask takes them out.
        const uint64_t operators = equal(folded, '{') | equal(folded, '}') | equal(folded, ':') |
                                   equal(folded, ',');
        const uint64_t spaces = equal(word, ' ') | equal(word, '\t') | equal(word, '\n') |
                                equal(word, '\r');
        const uint64_t low_bits = (word & ~tops) + ones * 0x60;  // top bit set from 0x20 on
        block.quote |= gather(equal(word, '"')) << 8 * i;
        block.backslash |= gather(equal(word, '\\')) << 8 * i;
        block.operators |= gather(operators) << 8 * i;
        block.space |= gather(spaces) << 8 * i;
        block.control |= gather(~(low_bits | word) & tops) << 8 * i;
        high |= gather(word & tops) << 8 * i;
    }
    block.operators &= ~block.control;
    *nonascii = high;

    const uint64_t starts = rig_escape_starts(block.backslash, carry->escaped);
    const uint64_t escaped = (starts << 1 | carry->escaped) & valid;
    carry->escaped = starts >> 63;
    *escapes = starts;
    for (uint64_t left = escaped; left != 0; left &= left - 1) {
        const uint8_t byte = bytes[__builtin_ctzll(left)];
        carry->bad_escapes |= !escape_is_known(byte);
        carry->unicode_escapes |= byte == 'u';
    }
    const uint64_t quotes = block.quote & ~escaped;
    return rig_structure(&block, quotes, rig_prefix_xor_by_shifts(quotes), carry);
}

struct rig_scan_result rig_scan_portable(const uint8_t *text, size_t length, uint32_t *positions,
                                         uint64_t *escapes, uint64_t *nonascii, uint32_t depth_max) {
    struct rig_carry carry = {0};
    uint32_t *out = positions;
    uint64_t any_high = 0;
    size_t offset = 0;
    for (; offset + 64 <= length; offset += 64) {
        const uint64_t bits =
            scan_block(text + offset, ~0ULL, &carry, escapes + offset / 64, nonascii + offset / 64);
        any_high |= nonascii[offset / 64];
        out = rig_append_each(out, bits, (uint32_t)offset);
    }
    if (offset < length) {
        uint8_t last[64];
        memset(last, ' ', sizeof last);
        memcpy(last, text + offset, length - offset);
        const uint64_t valid = (1ULL << (length - offset)) - 1;
        const uint64_t bits =
            scan_block(last, valid, &carry, escapes + offset / 64, nonascii + offset / 64);
        any_high |= nonascii[offset / 64];
        out = rig_append_each(out, bits, (uint32_t)offset);
    }
    if (any_high) carry.bad_utf8 = !utf8_is_valid(text, length);
    return rig_scan_finish(text, length, positions, out, depth_max, &carry);
}
