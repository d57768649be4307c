#ifndef DISKWRIGHT_LAUNCHER_PRIVILEGES_H
#define DISKWRIGHT_LAUNCHER_PRIVILEGES_H

#include <stdint.h>

/**
 * Gives up every right for good: another uid and gid (unless −1), no supplementary groups then, no capability in any set,
 * no gain by executing set-uid files. Checked afterwards, not believed.
 */
void dropPrivileges(int64_t uid, int64_t gid);

/**
 * Ties this process to the host: it is killed when the host ends. After `dropPrivileges`, which would undo it.
 * `parent` is the host's process; the launcher ends at once where that is gone already.
 */
void dieWithParent(int64_t parent);

#endif
