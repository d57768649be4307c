#include "filesystemView.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "refuse.h"
#include "runtimePaths.h"

/** Where the new root is put together. What it hides there has been opened before. */
#define NEW_ROOT "/tmp"

enum { MAXIMUM_SOURCES = 2 * MAXIMUM_TEXTS + 32 };

enum kind { ORDINARY, DEVICE };

/** One thing to be shown in the new root. */
struct source {
  const char* path;
  /** `path` without symbolic links: where it is mounted; `path` becomes a link to it. */
  char* realPath;
  int descriptor;
  bool isFolder;
  enum kind kind;
};

struct sourceList {
  struct source items[MAXIMUM_SOURCES];
  size_t count;
};

static void writeText(const char* path, const char* text) {
  const int descriptor = open(path, O_WRONLY | O_CLOEXEC);
  if (descriptor < 0) refuseWithErrno("%s cannot be opened", path);
  if (write(descriptor, text, strlen(text)) != (ssize_t)strlen(text)) refuseWithErrno("%s cannot be written", path);
  close(descriptor);
}

/** In the user namespace everybody but the plugin's own user is nobody. */
static void mapOwnIdentity(uid_t uid, gid_t gid) {
  char map[64];
  writeText("/proc/self/setgroups", "deny");
  snprintf(map, sizeof map, "%u %u 1", uid, uid);
  writeText("/proc/self/uid_map", map);
  snprintf(map, sizeof map, "%u %u 1", gid, gid);
  writeText("/proc/self/gid_map", map);
}

static void enterNamespaces(void) {
  const uid_t uid = geteuid();
  const gid_t gid = getegid();
  if (unshare(CLONE_NEWNS | (uid == 0 ? 0 : CLONE_NEWUSER)) != 0) refuseWithErrno("a mount namespace cannot be made");
  if (uid != 0) mapOwnIdentity(uid, gid);
  if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) refuseWithErrno("the mounts cannot be made private");
}

/**
 * Tries it in a child, so that nothing half done is left of it here. The kernel or its policy may refuse (not built in, none
 * left, AppArmor, a container's filter), and some systems hand out namespaces without the rights in them.
 */
static bool namespacesAllowed(void) {
  const pid_t child = fork();
  if (child < 0) refuseWithErrno("no process for trying namespaces");
  if (child == 0) {
    close(STDERR_FILENO);
    enterNamespaces();
    _exit(0);
  }
  int status = 0;
  if (waitpid(child, &status, 0) != child) refuseWithErrno("the process that tries namespaces is lost");
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/** Adds a path; where it is not `required`, one that cannot be opened is passed over. */
static void addSource(struct sourceList* list, const char* path, enum kind kind, bool required) {
  if (list->count == MAXIMUM_SOURCES) refuse("too many folders for a filesystem of the plugin's own");
  struct source* source = &list->items[list->count];
  source->descriptor = open(path, O_PATH | O_CLOEXEC);
  if (source->descriptor < 0 && !required) return;
  if (source->descriptor < 0) refuseWithErrno("%s cannot be opened", path);
  struct stat status;
  if (fstat(source->descriptor, &status) != 0) refuseWithErrno("%s", path);
  source->path = path;
  source->realPath = realpath(path, NULL);
  if (source->realPath == NULL) refuseWithErrno("%s cannot be resolved", path);
  source->isFolder = S_ISDIR(status.st_mode);
  source->kind = kind;
  list->count++;
}

static void collectSources(struct sourceList* list, const struct options* options) {
  for (size_t i = 0; runtimeReadable[i] != NULL; i++) addSource(list, runtimeReadable[i], ORDINARY, false);
  for (size_t i = 0; runtimeDevices[i] != NULL; i++) addSource(list, runtimeDevices[i], DEVICE, false);
  for (size_t i = 0; i < options->readable.count; i++) addSource(list, options->readable.items[i], ORDINARY, true);
  for (size_t i = 0; i < options->tools.count; i++) addSource(list, options->tools.items[i], ORDINARY, true);
  addSource(list, options->command[0], ORDINARY, true);
}

static void joinNewRoot(char* target, const char* path) {
  if (snprintf(target, PATH_MAX, "%s%s", NEW_ROOT, path) >= PATH_MAX) refuse("%s is too long a path", path);
}

static void makeParents(const char* path) {
  char target[PATH_MAX];
  joinNewRoot(target, path);
  for (char* slash = strchr(target + sizeof NEW_ROOT, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
    *slash = '\0';
    if (mkdir(target, 0755) != 0 && errno != EEXIST) refuseWithErrno("%s cannot be made", target);
    *slash = '/';
  }
}

static void makeMountPoint(const struct source* source, const char* target) {
  makeParents(source->realPath);
  if (source->isFolder) {
    if (mkdir(target, 0755) != 0 && errno != EEXIST) refuseWithErrno("%s cannot be made", target);
    return;
  }
  const int file = open(target, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
  // It is there, read-only, where the folder around it has been mounted already.
  if (file < 0 && errno != EROFS && errno != EACCES) refuseWithErrno("%s cannot be made", target);
  if (file >= 0) close(file);
}

/** Flags that a user namespace may not take off a mount; a remount has to repeat them. */
static unsigned long lockedFlags(const char* target) {
  struct statvfs status;
  if (statvfs(target, &status) != 0) refuseWithErrno("%s", target);
  unsigned long flags = 0;
  if (status.f_flag & ST_NODEV) flags |= MS_NODEV;
  if (status.f_flag & ST_NOSUID) flags |= MS_NOSUID;
  if (status.f_flag & ST_NOEXEC) flags |= MS_NOEXEC;
  if (status.f_flag & ST_NOATIME) flags |= MS_NOATIME;
  if (status.f_flag & ST_NODIRATIME) flags |= MS_NODIRATIME;
  if (status.f_flag & ST_RELATIME) flags |= MS_RELATIME;
  return flags;
}

static void bindSource(const struct source* source) {
  char target[PATH_MAX];
  char origin[64];
  joinNewRoot(target, source->realPath);
  makeMountPoint(source, target);
  snprintf(origin, sizeof origin, "/proc/self/fd/%d", source->descriptor);
  if (mount(origin, target, NULL, MS_BIND | MS_REC, NULL) != 0) refuseWithErrno("%s cannot be mounted", source->path);
  unsigned long flags = MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | lockedFlags(target);
  if (source->kind == ORDINARY) flags |= MS_NODEV;
  if (mount(NULL, target, NULL, flags, NULL) != 0) refuseWithErrno("%s cannot be made read-only", source->path);
}

/** Makes `/lib`, `/proc/self` and the like lead to where the thing itself was mounted. */
static void linkSource(const struct source* source) {
  char target[PATH_MAX];
  if (strcmp(source->path, source->realPath) == 0) return;
  makeParents(source->path);
  joinNewRoot(target, source->path);
  if (symlink(source->realPath, target) != 0 && errno != EEXIST && errno != EROFS) refuseWithErrno("%s cannot be made", target);
}

/** What the host names by the working directory (`pluginProgram.ts`): of /proc there are single files only. */
static void linkWorkingFolder(const struct sourceList* list, const char* folder) {
  for (size_t i = 0; i < list->count; i++) {
    if (list->items[i].path != folder) continue;
    const struct source link = {.path = "/proc/self/cwd", .realPath = list->items[i].realPath};
    linkSource(&link);
  }
}

/** The old root vanishes with all its mounts: a medium can be unmounted and ejected while a plugin runs. */
static void switchRoot(void) {
  if (chdir(NEW_ROOT) != 0) refuseWithErrno("%s", NEW_ROOT);
  if (syscall(SYS_pivot_root, ".", ".") != 0) refuseWithErrno("the root cannot be changed");
  if (umount2(".", MNT_DETACH) != 0) refuseWithErrno("the old root cannot be unmounted");
  if (chdir("/") != 0) refuseWithErrno("/");
  const unsigned long flags = MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV;
  if (mount(NULL, "/", NULL, flags, NULL) != 0) refuseWithErrno("the root cannot be made read-only");
}

bool enterFilesystemView(const struct options* options) {
  static struct sourceList sources;
  if (!namespacesAllowed()) return false;
  enterNamespaces();
  collectSources(&sources, options);
  if (mount("tmpfs", NEW_ROOT, "tmpfs", MS_NOSUID | MS_NODEV, "size=1m,mode=0755") != 0) {
    refuseWithErrno("an empty root cannot be mounted");
  }
  for (size_t i = 0; i < sources.count; i++) bindSource(&sources.items[i]);
  for (size_t i = 0; i < sources.count; i++) linkSource(&sources.items[i]);
  linkWorkingFolder(&sources, options->folder);
  switchRoot();
  for (size_t i = 0; i < sources.count; i++) {
    close(sources.items[i].descriptor);
    free(sources.items[i].realPath);
  }
  return true;
}
