#include "landlock.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "refuse.h"
#include "runtimePaths.h"

/*
 * The kernel's interface, as its include/uapi/linux/landlock.h has it. It is repeated here, for headers are often older than
 * the kernel that runs. The numbers of the system calls are the same on every architecture.
 */
enum { CALL_CREATE_RULESET = 444, CALL_ADD_RULE = 445, CALL_RESTRICT_SELF = 446 };
enum { CREATE_RULESET_VERSION = 1 };
enum { RULE_PATH_BENEATH = 1 };

#define BIT(number) (UINT64_C(1) << (number))
#define ACCESS_EXECUTE BIT(0)
#define ACCESS_WRITE_FILE BIT(1)
#define ACCESS_READ_FILE BIT(2)
#define ACCESS_READ_DIRECTORY BIT(3)
#define ACCESS_ALL_OF_ABI_1 (BIT(13) - 1)
#define ACCESS_REFER BIT(13)
#define ACCESS_TRUNCATE BIT(14)
#define ACCESS_DEVICE_CONTROL BIT(15)
#define NETWORK_BIND_TCP BIT(0)
#define NETWORK_CONNECT_TCP BIT(1)
#define SCOPE_ABSTRACT_UNIX_SOCKET BIT(0)
#define SCOPE_SIGNAL BIT(1)

struct rulesetAttributes {
  uint64_t handledFileAccess;
  uint64_t handledNetworkAccess;
  uint64_t scoped;
};

struct pathBeneathAttributes {
  uint64_t allowedAccess;
  int32_t parent;
} __attribute__((packed));

int landlockSystemAbi(void) {
  const long abi = syscall(CALL_CREATE_RULESET, NULL, 0, CREATE_RULESET_VERSION);
  return abi < 0 ? 0 : (int)abi;
}

static struct rulesetAttributes attributesOf(int abi) {
  struct rulesetAttributes attributes = {.handledFileAccess = ACCESS_ALL_OF_ABI_1};
  if (abi >= 2) attributes.handledFileAccess |= ACCESS_REFER;
  if (abi >= LANDLOCK_ABI_TRUNCATE) attributes.handledFileAccess |= ACCESS_TRUNCATE;
  if (abi >= LANDLOCK_ABI_TCP) attributes.handledNetworkAccess = NETWORK_BIND_TCP | NETWORK_CONNECT_TCP;
  if (abi >= LANDLOCK_ABI_DEVICE_CONTROL) attributes.handledFileAccess |= ACCESS_DEVICE_CONTROL;
  if (abi >= LANDLOCK_ABI_SCOPES) attributes.scoped = SCOPE_ABSTRACT_UNIX_SOCKET | SCOPE_SIGNAL;
  return attributes;
}

/** An older kernel refuses a structure with more fields than it knows, unless they are not handed over. */
static size_t attributesSize(int abi) {
  if (abi >= LANDLOCK_ABI_SCOPES) return sizeof(struct rulesetAttributes);
  if (abi >= LANDLOCK_ABI_TCP) return offsetof(struct rulesetAttributes, scoped);
  return offsetof(struct rulesetAttributes, handledNetworkAccess);
}

/** OPTIONAL: what cannot be opened here, the plugin cannot open either. */
enum presence { REQUIRED, OPTIONAL };

/** Allows `access` on a file, or on a folder and all beneath. The right to list folders is left out for a file. */
static void allow(int rules, const char* path, uint64_t access, enum presence presence) {
  const int descriptor = open(path, O_PATH | O_CLOEXEC);
  if (descriptor < 0 && presence == OPTIONAL) return;
  if (descriptor < 0) refuseWithErrno("Landlock: %s cannot be opened", path);
  struct stat status;
  if (fstat(descriptor, &status) != 0) refuseWithErrno("Landlock: %s", path);
  if (!S_ISDIR(status.st_mode)) access &= ~ACCESS_READ_DIRECTORY;
  const struct pathBeneathAttributes attributes = {.allowedAccess = access, .parent = descriptor};
  if (syscall(CALL_ADD_RULE, rules, RULE_PATH_BENEATH, &attributes, 0) != 0) refuseWithErrno("Landlock: no rule for %s", path);
  close(descriptor);
}

static void allowProgram(int rules, const char* path) {
  char loader[PATH_MAX];
  allow(rules, path, ACCESS_EXECUTE | ACCESS_READ_FILE, REQUIRED);
  if (findLoader(path, loader, sizeof loader)) allow(rules, loader, ACCESS_EXECUTE | ACCESS_READ_FILE, REQUIRED);
}

int landlockPrepare(int abi, const struct options* options) {
  const struct rulesetAttributes attributes = attributesOf(abi);
  const int rules = (int)syscall(CALL_CREATE_RULESET, &attributes, attributesSize(abi), 0);
  if (rules < 0) refuseWithErrno("Landlock: the rules cannot be made");

  const uint64_t reading = ACCESS_READ_FILE | ACCESS_READ_DIRECTORY;
  for (size_t i = 0; runtimeReadable[i] != NULL; i++) allow(rules, runtimeReadable[i], reading, OPTIONAL);
  // What a tool prints and nobody reads goes to /dev/null.
  const uint64_t ofDevices = ACCESS_READ_FILE | (options->tools.count > 0 ? ACCESS_WRITE_FILE : 0);
  for (size_t i = 0; runtimeDevices[i] != NULL; i++) allow(rules, runtimeDevices[i], ofDevices, OPTIONAL);
  for (size_t i = 0; i < options->readable.count; i++) allow(rules, options->readable.items[i], reading, REQUIRED);
  for (size_t i = 0; i < options->tools.count; i++) allowProgram(rules, options->tools.items[i]);
  allowProgram(rules, options->command[0]);
  return rules;
}

void landlockEnforce(int rules) {
  if (syscall(CALL_RESTRICT_SELF, rules, 0) != 0) refuseWithErrno("Landlock could not be put in force");
  close(rules);
}

void landlockReport(int abi, struct report* report) {
  if (abi < LANDLOCK_ABI_TRUNCATE) {
    reportMissing(report, "Landlock before ABI 3 does not keep files from being truncated; only the system call filter does.");
  }
  if (abi < LANDLOCK_ABI_TCP) {
    reportMissing(report, "Landlock before ABI 4 does not refuse TCP connections; only the system call filter does.");
  }
  if (abi < LANDLOCK_ABI_DEVICE_CONTROL) {
    reportMissing(report, "Landlock before ABI 5 does not refuse device control calls (ioctl); no device can be opened, however.");
  }
  if (abi < LANDLOCK_ABI_SCOPES) {
    reportMissing(report, "Landlock before ABI 6 does not refuse signals to other processes; only the system call filter does.");
  }
}
