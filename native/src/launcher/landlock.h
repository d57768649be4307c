#ifndef DISKWRIGHT_LAUNCHER_LANDLOCK_H
#define DISKWRIGHT_LAUNCHER_LANDLOCK_H

#include "options.h"
#include "report.h"

/** Landlock ABI versions that brought what the report tells of. */
enum {
  LANDLOCK_ABI_TRUNCATE = 3,
  LANDLOCK_ABI_TCP = 4,
  LANDLOCK_ABI_DEVICE_CONTROL = 5,
  LANDLOCK_ABI_SCOPES = 6,
  /** The newest that this launcher knows. */
  LANDLOCK_ABI_KNOWN = 7,
};

/** The ABI of the running kernel; 0 where it has no Landlock or has it switched off. */
int landlockSystemAbi(void);

/**
 * Opens what may be read and executed and makes the rules, while the launcher's own rights still reach it.
 * Everything else (writing, making, removing, TCP, signals to others) is refused as far as `abi` ≥ 1 can.
 * Returns the rules' descriptor for `landlockEnforce`.
 */
int landlockPrepare(int abi, const struct options* options);

/** Puts the rules in force for this process and all that comes of it, and closes them. Needs no_new_privs. */
void landlockEnforce(int rules);

/** Says in the report what an older ABI leaves to the filter of system calls. */
void landlockReport(int abi, struct report* report);

#endif
