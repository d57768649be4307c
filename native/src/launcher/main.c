/**
 * Starts a plugin's process in a sandbox:
 *
 *   diskwright-launcher [options] -- PROGRAM [ARGUMENT...]
 *
 * It opens what the plugin needs, takes every right away from itself, tells the host what it achieved, and becomes the program: Node, or what runs
 * a plugin in another language.
 * A protection that the system has but that fails ends it with status 111; one that the system lacks is in the report.
 */

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "descriptors.h"
#include "filesystemView.h"
#include "landlock.h"
#include "limits.h"
#include "options.h"
#include "privileges.h"
#include "refuse.h"
#include "report.h"
#include "systemCallFilter.h"

extern char** environ;

/** All of the host's environment that the plugin gets; the rest may hold secrets, or change how Node starts. */
static const char* const keptVariables[] = {
    "NODE_CHANNEL_FD", "NODE_CHANNEL_SERIALIZATION_MODE", "DISKWRIGHT_PLUGIN", "OPENSSL_CONF", "LANG", "TZ", NULL,
};

static bool isKept(const char* entry) {
  for (size_t i = 0; keptVariables[i] != NULL; i++) {
    const size_t length = strlen(keptVariables[i]);
    if (strncmp(entry, keptVariables[i], length) == 0 && entry[length] == '=') return true;
  }
  return false;
}

static void cleanEnvironment(void) {
  char** kept = environ;
  for (char** entry = environ; *entry != NULL; entry++) {
    if (isKept(*entry)) *kept++ = *entry;
  }
  *kept = NULL;
}

static int lesser(int64_t mask, int abi) { return mask >= 0 && mask < abi ? (int)mask : abi; }

static void reportUnprotectedFiles(struct report* report) {
  if (report->namespaces) {
    reportMissing(report, "Landlock is not available on this system; a filesystem of the plugin's own stands in for it.");
    return;
  }
  reportMissing(report, "Landlock is not available on this system, so the kernel does not restrict which files the plugin reads.");
  reportMissing(report, "Mount namespaces are not available on this system either; the plugin sees the real filesystem.");
  if (report->uid < 0) reportMissing(report, "The plugin can read every file that the user who started Diskwright can read.");
}

static void reportTools(const struct options* options, struct report* report) {
  if (options->tools.count == 0) return;
  if (report->landlockUsed == 0) {
    reportMissing(report, "Without Landlock the plugin may execute every program it can see, not only the tools granted.");
  }
  if (report->landlockUsed < LANDLOCK_ABI_SCOPES) {
    reportMissing(report, "Without Landlock ABI 6 the plugin cannot stop the tools it starts.");
  }
}

/** The program's arguments, with the permission model's after its name where that is needed. */
static char** programArguments(const struct options* options, bool permissionModel) {
  size_t count = 0;
  while (options->command[count] != NULL) count++;
  const size_t added = permissionModel ? options->permissionArguments.count : 0;
  char** arguments = calloc(count + added + 1, sizeof *arguments);
  if (arguments == NULL) refuse("out of memory");
  arguments[0] = options->command[0];
  memcpy(arguments + 1, options->permissionArguments.items, added * sizeof *arguments);
  memcpy(arguments + 1 + added, options->command + 1, (count - 1) * sizeof *arguments);
  return arguments;
}

/** Out of the host's terminal and its process group: its Ctrl-C is for the host, which then ends its plugins in order. */
static void leaveSession(const char* folder) {
  setsid();
  umask(077);
  // While it may still go there: the way to the folder can be closed to the plugin's own user.
  if (chdir(folder) != 0) refuseWithErrno("%s", folder);
}

int main(int argumentCount, char** arguments) {
  struct options options;
  struct report report = {0};
  parseOptions(argumentCount, arguments, &options);
  closeInherited();
  openBundle(&options);
  cleanEnvironment();

  report.landlockAbi = landlockSystemAbi();
  report.landlockUsed = lesser(options.landlockAbi, lesser(LANDLOCK_ABI_KNOWN, report.landlockAbi));
  report.uid = options.uid;
  report.memoryLimitBytes = options.memoryBytes;
  report.permissionModel = report.landlockUsed == 0 && options.permissionArguments.count > 0;

  int rules = -1;
  if (report.landlockUsed > 0) rules = landlockPrepare(report.landlockUsed, &options);
  else if (!options.withoutNamespaces) report.namespaces = enterFilesystemView(&options);
  const int program = openProgram(options.command[0]);

  leaveSession(options.folder == NULL ? "/" : options.folder);
  dropPrivileges(options.uid, options.gid);
  setLimits(options.memoryBytes);
  if (rules >= 0) landlockEnforce(rules);
  dieWithParent(options.parent);

  report.seccomp = systemCallFilterAvailable();
  const struct filterSettings settings = {
      .programDescriptor = program,
      .toolsGranted = options.tools.count > 0,
      .filesConfined = report.landlockUsed > 0 || report.namespaces,
      .signalsConfined = report.landlockUsed >= LANDLOCK_ABI_SCOPES,
  };
  if (report.seccomp) installSystemCallFilter(&settings);
  else reportMissing(&report, "The kernel cannot filter system calls: sockets and processes are not refused.");

  if (report.landlockUsed > 0) landlockReport(report.landlockUsed, &report);
  else reportUnprotectedFiles(&report);
  reportTools(&options, &report);
  sendReport(&report, REPORT_DESCRIPTOR);

  char** programs = programArguments(&options, report.permissionModel);
  syscall(SYS_execveat, program, "", programs, environ, AT_EMPTY_PATH);
  refuseWithErrno("%s cannot be executed (it has to be executable by the plugin's user)", options.command[0]);
}
