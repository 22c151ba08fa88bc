#include <hwloc.h>
#include <hwloc/distances.h>
