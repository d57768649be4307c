#ifndef DISKWRIGHT_LAUNCHER_FILESYSTEM_VIEW_H
#define DISKWRIGHT_LAUNCHER_FILESYSTEM_VIEW_H

#include <stdbool.h>

#include "options.h"

/**
 * Gives this process a filesystem of its own: an empty root that holds the readable folders, the runtime, the program, the
 * granted tools and two devices, all read-only and at their usual paths. For systems without Landlock.
 *
 * As root by a mount namespace; otherwise by a user namespace with the same uid as well, whose capabilities
 * `dropPrivileges` then takes away. False where the system allows neither; a failure half-way ends the launcher.
 */
bool enterFilesystemView(const struct options* options);

#endif
