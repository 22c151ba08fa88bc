#ifndef CALLOCATIONCOUNT_H
#define CALLOCATIONCOUNT_H

#include <stdint.h>

/// How many blocks the calling thread has asked the allocator for since it started.
///
/// A program that links this counts every `malloc`, `calloc`, `realloc`, `aligned_alloc` and `posix_memalign` on its
/// way into glibc.
uint64_t callocationcount_thread(void);

/// The bytes of all blocks that the C library has handed out and not got back.
uint64_t callocationcount_bytes_in_use(void);

#endif
