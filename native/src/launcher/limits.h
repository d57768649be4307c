#ifndef DISKWRIGHT_LAUNCHER_LIMITS_H
#define DISKWRIGHT_LAUNCHER_LIMITS_H

#include <stdint.h>

/**
 * Limits memory (private and writable, in bytes), forbids core dumps and growing files. Address space is not limited:
 * V8 reserves far more of it than it uses.
 */
void setLimits(int64_t memoryBytes);

#endif
