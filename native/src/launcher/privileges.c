#include "privileges.h"

#include <grp.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "refuse.h"

/** Without CAP_SETPCAP the bounding set stays; it means nothing then, for no_new_privs keeps exec from adding rights. */
static void dropBoundingSet(void) {
  for (unsigned long capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; capability++) {
    if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0) return;
  }
}

static void changeIdentity(uid_t uid, gid_t gid) {
  if (setgroups(0, NULL) != 0) refuseWithErrno("the supplementary groups cannot be given up");
  if (setresgid(gid, gid, gid) != 0) refuseWithErrno("the group cannot be changed to %u", gid);
  if (setresuid(uid, uid, uid) != 0) refuseWithErrno("the user cannot be changed to %u", uid);
}

static void clearCapabilities(void) {
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = {0};
  if (syscall(SYS_capset, &header, sets) != 0) refuseWithErrno("the capabilities cannot be given up");
}

static void checkIdentity(uid_t uid, gid_t gid) {
  uid_t realUid, effectiveUid, savedUid;
  gid_t realGid, effectiveGid, savedGid;
  if (getresuid(&realUid, &effectiveUid, &savedUid) != 0 || getresgid(&realGid, &effectiveGid, &savedGid) != 0) {
    refuseWithErrno("the identity cannot be read");
  }
  if (realUid != uid || effectiveUid != uid || savedUid != uid) refuse("the user was not changed to %u", uid);
  if (realGid != gid || effectiveGid != gid || savedGid != gid) refuse("the group was not changed to %u", gid);
  if (setresuid(0, 0, 0) == 0) refuse("root could be had back");
}

static void checkCapabilities(void) {
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = {0};
  if (syscall(SYS_capget, &header, sets) != 0) refuseWithErrno("the capabilities cannot be read");
  for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
    if ((sets[i].effective | sets[i].permitted | sets[i].inheritable) != 0) refuse("capabilities are left");
  }
}

void dropPrivileges(int64_t uid, int64_t gid) {
  dropBoundingSet();
  // Kernels before 4.3 have no ambient set.
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  if (uid >= 0) changeIdentity((uid_t)uid, (gid_t)gid);
  clearCapabilities();
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) refuseWithErrno("no_new_privs cannot be set");
  // Holds until exec, which makes a readable program dumpable again: nobody attaches to the launcher while it is in between.
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) refuseWithErrno("the process cannot be closed to debuggers");
  if (uid >= 0) checkIdentity((uid_t)uid, (gid_t)gid);
  checkCapabilities();
}

void dieWithParent(int64_t parent) {
  if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) refuseWithErrno("the process cannot be tied to the host");
  if (getppid() != (pid_t)parent) refuse("the host (process %d) is not the parent of the launcher", (int)parent);
}
