#include "CAllocationCount.h"

#include <errno.h>
#include <malloc.h>
#include <stddef.h>

// glibc's own entries, which stay reachable when the public names are taken over.
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static _Thread_local uint64_t blocks;

uint64_t callocationcount_thread(void) { return blocks; }

uint64_t callocationcount_bytes_in_use(void) {
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

void *malloc(size_t size) {
    blocks += 1;
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    blocks += 1;
    return __libc_calloc(count, size);
}

void *realloc(void *block, size_t size) {
    blocks += 1;
    return __libc_realloc(block, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    blocks += 1;
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **block, size_t alignment, size_t size) {
    if (alignment % sizeof(void *) != 0 || (alignment & (alignment - 1)) != 0) return EINVAL;
    blocks += 1;
    void *found = __libc_memalign(alignment, size);
    if (found == NULL) return ENOMEM;
    *block = found;
    return 0;
}
