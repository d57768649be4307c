#ifndef DISKWRIGHT_LAUNCHER_REPORT_H
#define DISKWRIGHT_LAUNCHER_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MAXIMUM_MISSING = 16 };

/** What was achieved. One JSON line of it is what the host shows its user. */
struct report {
  /** Landlock ABI of the kernel, 0 = none, and the one that is in force. */
  int landlockAbi;
  int landlockUsed;
  bool seccomp;
  /** The plugin's own uid, −1 = that of the host. */
  int64_t uid;
  /** The plugin sees a filesystem of its own, of read-only folders. */
  bool namespaces;
  /** Node's permission model is on. */
  bool permissionModel;
  int64_t memoryLimitBytes;
  /** Protections that this system lacks: sentences, static texts. */
  const char* missing[MAXIMUM_MISSING];
  size_t missingCount;
};

/** Adds a sentence on a protection that the system lacks. `sentence` is a static text of plain ASCII without quotes. */
void reportMissing(struct report* report, const char* sentence);

/** Writes the report as one JSON line to `descriptor` and closes it. */
void sendReport(const struct report* report, int descriptor);

#endif
