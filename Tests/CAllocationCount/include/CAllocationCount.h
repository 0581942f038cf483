// Counts heap allocations of the calling thread, for tests that promise there are none.
#ifndef RIG_ALLOCATION_COUNT_H
#define RIG_ALLOCATION_COUNT_H

#include <stdint.h>

// Calls of malloc, calloc, realloc, aligned_alloc and posix_memalign by this thread so far.
uint64_t rig_allocation_count(void);

#endif
