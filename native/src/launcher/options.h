#ifndef DISKWRIGHT_LAUNCHER_OPTIONS_H
#define DISKWRIGHT_LAUNCHER_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { MAXIMUM_TEXTS = 64 };

/** Texts of one repeatable option, in the order given. They live as long as the process's arguments. */
struct textList {
  const char* items[MAXIMUM_TEXTS];
  size_t count;
};

/** What the host asks for. Absent numbers are −1, absent texts NULL. */
struct options {
  /** `--read PATH`: files and whole folders that the plugin may read. */
  struct textList readable;
  /** `--allow-exec FILE`: tools the user granted; with at least one the plugin may start processes. */
  struct textList tools;
  /** `--permission-argument ARG`: Node arguments that switch its permission model on; used only where Landlock is not. */
  struct textList permissionArguments;
  /** `--folder PATH`: the plugin's folder, which it may read, as the working directory of what is started; NULL: that is the root. */
  const char* folder;
  /** `--main FILE`: the plugin's bundle, beneath one of `readable`; passed on as an open descriptor. NULL for what is no bundle. */
  const char* mainFile;
  /** `--cache FILE`: its V8 code cache, likewise; may be missing. */
  const char* cacheFile;
  /** `--uid N --gid N`: the plugin's own identity; given exactly when the launcher runs as root. */
  int64_t uid;
  int64_t gid;
  /** `--memory BYTES`: private writable memory. */
  int64_t memoryBytes;
  /** `--landlock-abi N`: use at most this Landlock ABI; 0 = do without. */
  int64_t landlockAbi;
  /** `--parent PID`: the host, whose end is the plugin's end. */
  int64_t parent;
  /** `--without-namespaces`: do as on a system where mount namespaces cannot be had. */
  bool withoutNamespaces;
  /** What follows `--`: the program (absolute path) and its arguments, ended by NULL. */
  char** command;
};

/** Reads the command line; ends the launcher with a line on stderr where it is not as above. */
void parseOptions(int count, char** arguments, struct options* options);

#endif
