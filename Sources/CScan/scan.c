// Chooses the stage-1 kernel for this machine, once, before main.
#include "scan_block.h"

enum { portable, ssse3, avx2, avx512, kernels };

static const char *const names[kernels] = {"portable", "ssse3", "avx2", "avx512"};

static rig_scan_function function_of(int kernel) {
    if (kernel == portable) return rig_scan_portable;
    return 0;
}

// Until the constructor below has run the portable kernel serves: every order of start-up is right.
static rig_scan_function chosen = rig_scan_portable;
static int chosen_kernel = portable;

__attribute__((constructor)) static void choose(void) {
    for (int kernel = kernels - 1; kernel > portable; kernel--) {
        rig_scan_function function = function_of(kernel);
        if (!function) continue;
        chosen = function;
        chosen_kernel = kernel;
        return;
    }
}

struct rig_scan_result rig_scan(const uint8_t *text, size_t length, uint32_t *positions,
                                uint64_t *escapes, uint64_t *nonascii) {
    return chosen(text, length, positions, escapes, nonascii);
}

const char *rig_scan_kernel(void) { return names[chosen_kernel]; }

struct rig_scan_result rig_scan_with(int kernel, const uint8_t *text, size_t length,
                                     uint32_t *positions, uint64_t *escapes, uint64_t *nonascii) {
    rig_scan_function function = kernel >= 0 && kernel < kernels ? function_of(kernel) : 0;
    if (!function) return (struct rig_scan_result){UINT32_MAX, 0};
    return function(text, length, positions, escapes, nonascii);
}
