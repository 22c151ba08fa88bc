#ifndef CNUMA_SHIM_H
#define CNUMA_SHIM_H

#include <numa.h>

// What libnuma keeps in global variables, and what would make it print to standard error.

/// Whether the machine has a NUMA node of that number.
static inline int cnuma_has_node(int node) {
    return node >= 0 && node <= numa_max_node() && numa_bitmask_isbitset(numa_all_nodes_ptr, (unsigned int)node);
}

#endif
