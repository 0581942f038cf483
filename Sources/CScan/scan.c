// Chooses the stage-1 kernel for this machine, once, before main.
#include "scan_block.h"

enum { portable, ssse3, avx2, avx512, kernels };

static const char *const names[kernels] = {"portable", "ssse3", "avx2", "avx512"};

static rig_scan_function function_of(int kernel) {
    if (kernel == portable) return rig_scan_portable;
#if defined(__x86_64__)
    // Each needs what its target attribute names; the answers come from CPUID and the system's
    // own enabling of the wide registers.
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("pclmul") || !__builtin_cpu_supports("popcnt")) return 0;
    if (kernel == ssse3 && __builtin_cpu_supports("ssse3")) return rig_scan_ssse3;
    if (!__builtin_cpu_supports("bmi") || !__builtin_cpu_supports("bmi2")) return 0;
    if (kernel == avx2 && __builtin_cpu_supports("avx2")) return rig_scan_avx2;
    if (kernel == avx512 && __builtin_cpu_supports("avx512f") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vbmi") &&
        __builtin_cpu_supports("avx512vbmi2"))
        return rig_scan_avx512;
#endif
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
                                uint64_t *escapes, uint64_t *nonascii, uint32_t depth_max) {
    return chosen(text, length, positions, escapes, nonascii, depth_max);
}

const char *rig_scan_kernel(void) { return names[chosen_kernel]; }

struct rig_scan_result rig_scan_with(int kernel, const uint8_t *text, size_t length,
                                     uint32_t *positions, uint64_t *escapes, uint64_t *nonascii,
                                     uint32_t depth_max) {
    rig_scan_function function = kernel >= 0 && kernel < kernels ? function_of(kernel) : 0;
    if (!function) return (struct rig_scan_result){UINT32_MAX, 0, 0};
    return function(text, length, positions, escapes, nonascii, depth_max);
}

int rig_scan_prefer(int kernel) {
    rig_scan_function function = kernel >= 0 && kernel < kernels ? function_of(kernel) : 0;
    if (!function) return 0;
    chosen = function;
    chosen_kernel = kernel;
    return 1;
}
