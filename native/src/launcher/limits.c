#include "limits.h"

#include <sys/resource.h>

#include "refuse.h"

static void setLimit(__rlimit_resource_t resource, rlim_t value, const char* name) {
  const struct rlimit limit = {value, value};
  if (setrlimit(resource, &limit) != 0) refuseWithErrno("the limit %s cannot be set", name);
}

void setLimits(int64_t memoryBytes) {
  setLimit(RLIMIT_DATA, (rlim_t)memoryBytes, "RLIMIT_DATA");
  setLimit(RLIMIT_FSIZE, 0, "RLIMIT_FSIZE");
  // One byte, not none: with 0 the kernel still pipes a core (the user's disk contents among it) to a core_pattern program.
  setLimit(RLIMIT_CORE, 1, "RLIMIT_CORE");
}
