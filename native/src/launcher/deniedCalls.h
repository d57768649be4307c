#ifndef DISKWRIGHT_LAUNCHER_DENIED_CALLS_H
#define DISKWRIGHT_LAUNCHER_DENIED_CALLS_H

#include <stddef.h>

/** System calls that a plugin is refused whatever their arguments (EPERM). */
extern const int deniedCalls[];
extern const size_t deniedCallCount;

#endif
