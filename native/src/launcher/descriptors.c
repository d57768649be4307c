#include "descriptors.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "refuse.h"

enum { HIGHEST_PROGRAM_DESCRIPTOR = 1023 };

/** For kernels before 5.9, which have no close_range. */
static void closeOneByOne(int first) {
  DIR* descriptors = opendir("/proc/self/fd");
  if (descriptors == NULL) refuseWithErrno("the inherited descriptors cannot be listed");
  for (const struct dirent* entry = readdir(descriptors); entry != NULL; entry = readdir(descriptors)) {
    const int descriptor = atoi(entry->d_name);
    if (descriptor >= first && descriptor != dirfd(descriptors)) close(descriptor);
  }
  closedir(descriptors);
}

/** A number the host left free would be taken by the next file opened, and the plugin would find that file there. */
static void occupyGaps(void) {
  for (int descriptor = 0; descriptor <= REPORT_DESCRIPTOR; descriptor++) {
    if (fcntl(descriptor, F_GETFD) >= 0) continue;
    if (open("/dev/null", O_RDONLY) != descriptor) refuseWithErrno("/dev/null cannot be opened as descriptor %d", descriptor);
  }
}

void closeInherited(void) {
  occupyGaps();
  const int first = REPORT_DESCRIPTOR + 1;
#ifdef SYS_close_range
  if (syscall(SYS_close_range, first, ~0U, 0) == 0) return;
#endif
  closeOneByOne(first);
}

static int openRegular(const char* path) {
  const int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (descriptor < 0) return -1;
  struct stat status;
  if (fstat(descriptor, &status) != 0) refuseWithErrno("%s", path);
  if (!S_ISREG(status.st_mode)) refuse("%s is not a regular file", path);
  return descriptor;
}

static void place(int descriptor, int number, const char* path) {
  if (descriptor == number) {
    if (fcntl(number, F_SETFD, 0) != 0) refuseWithErrno("%s cannot be passed on", path);
    return;
  }
  if (dup2(descriptor, number) != number) refuseWithErrno("%s cannot be passed on", path);
  close(descriptor);
}

static bool isBeneath(const char* path, const char* folder) {
  char resolved[PATH_MAX];
  if (realpath(folder, resolved) == NULL) refuseWithErrno("%s", folder);
  const size_t length = strlen(resolved);
  return strncmp(path, resolved, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

/** Judged by what was opened, not by name, so that nobody can exchange it in between. */
static void requireBeneathReadable(const struct options* options, int descriptor) {
  char link[64];
  char path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  const ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) refuseWithErrno("%s cannot be resolved", options->mainFile);
  path[length] = '\0';
  for (size_t i = 0; i < options->readable.count; i++) {
    if (isBeneath(path, options->readable.items[i])) return;
  }
  refuse("%s is %s, which lies outside the plugin's folder", options->mainFile, path);
}

void openBundle(const struct options* options) {
  if (options->mainFile == NULL) return;
  const int bundle = openRegular(options->mainFile);
  if (bundle < 0) refuseWithErrno("%s cannot be opened", options->mainFile);
  requireBeneathReadable(options, bundle);
  place(bundle, MAIN_DESCRIPTOR, options->mainFile);
  int cache = options->cacheFile == NULL ? -1 : openRegular(options->cacheFile);
  // Without a cache the number still has to be taken: Node would put something of its own there.
  if (cache < 0) cache = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (cache < 0) refuseWithErrno("/dev/null cannot be opened");
  place(cache, CACHE_DESCRIPTOR, "the code cache");
}

int openProgram(const char* path) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) refuseWithErrno("the limit of descriptors cannot be read");
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) refuseWithErrno("the limit of descriptors cannot be raised");
  const int highest = limit.rlim_max > HIGHEST_PROGRAM_DESCRIPTOR ? HIGHEST_PROGRAM_DESCRIPTOR : (int)limit.rlim_max - 1;

  const int opened = open(path, O_PATH | O_CLOEXEC);
  if (opened < 0) refuseWithErrno("%s cannot be opened", path);
  const int program = fcntl(opened, F_DUPFD_CLOEXEC, highest);
  if (program != highest) refuseWithErrno("%s cannot be opened as descriptor %d", path, highest);
  close(opened);

  const struct rlimit below = {(rlim_t)highest, (rlim_t)highest};
  if (setrlimit(RLIMIT_NOFILE, &below) != 0) refuseWithErrno("the limit of descriptors cannot be set");
  return program;
}
