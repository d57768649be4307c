#ifndef DISKWRIGHT_LAUNCHER_DESCRIPTORS_H
#define DISKWRIGHT_LAUNCHER_DESCRIPTORS_H

#include "options.h"

/** Descriptors that the program finds open. 0–4 are the host's: nothing, two log pipes, JSON-RPC, Node's IPC channel. */
enum {
  /** The launcher's report; closed before the program starts. */
  REPORT_DESCRIPTOR = 5,
  /** The plugin's bundle, read only. */
  MAIN_DESCRIPTOR = 6,
  /** Its V8 code cache, read only; empty where there is none. */
  CACHE_DESCRIPTOR = 7,
};

/** Closes all that was inherited beyond the report pipe. */
void closeInherited(void);

/**
 * Opens bundle and code cache at their numbers, with the rights of the launcher: the plugin's own identity may be unable to
 * reach them (a checkout under /root, a file of mode 0600). The bundle has to be a file beneath one of the readable folders,
 * all symbolic links resolved, or a plugin could have the host's files opened for it.
 */
void openBundle(const struct options* options);

/**
 * Opens the program at the highest number that it can have, closed by exec, and keeps every later descriptor below that
 * number for good. The filter of system calls lets only this number be executed: so nothing else ever is.
 */
int openProgram(const char* path);

#endif
