/**
 * Tries system calls that JavaScript cannot make, and prints `name: ok` or `name: ERRNO` for each, a line each.
 * Arguments: pid of a process to attack, a file of the plugin's own, a world-readable file elsewhere, a folder elsewhere that
 * everybody may write. With the only argument `foreign` it makes one call of the 32-bit interface instead.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

static pid_t victim;
static const char* ownFile;
static const char* otherFile;
static const char* otherFolder;

static long openClose(const char* path, int flags) {
  const int descriptor = open(path, flags, 0600);
  if (descriptor >= 0) close(descriptor);
  return descriptor;
}

/** Ends a child that should never have come to be. */
static long child(long pid) {
  if (pid == 0) _exit(0);
  if (pid > 0) waitpid((pid_t)pid, NULL, 0);
  return pid;
}

static long tryFork(void) { return child(syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0)); }
static long tryClone3(void) {
  unsigned long long arguments[8] = {0};
  arguments[4] = SIGCHLD;
  return child(syscall(435, arguments, sizeof arguments));
}
static long tryNamespace(void) { return child(syscall(SYS_clone, SIGCHLD | CLONE_NEWUSER, 0, 0, 0, 0)); }
static long tryUnshare(void) { return unshare(CLONE_NEWUSER); }
static long tryExecve(void) {
  char* arguments[] = {"/nonexistent", NULL};
  return execve(arguments[0], arguments, arguments + 1);
}
static long tryExecveat(void) {
  char* arguments[] = {"own", NULL};
  const int own = open("/proc/self/exe", O_PATH);
  return syscall(SYS_execveat, own, "/nonexistent", arguments, arguments + 1, AT_EMPTY_PATH);
}
static long tryProgramDescriptor(void) { return dup2(0, 1023); }
static long tryRaiseLimit(void) {
  const struct rlimit limit = {4096, 4096};
  return setrlimit(RLIMIT_NOFILE, &limit);
}

static long trySocket(int family, int type) {
  const int descriptor = socket(family, type, 0);
  if (descriptor >= 0) close(descriptor);
  return descriptor;
}
static long tryTcp(void) { return trySocket(AF_INET, SOCK_STREAM); }
static long tryUdp(void) { return trySocket(AF_INET6, SOCK_DGRAM); }
static long tryUnix(void) { return trySocket(AF_UNIX, SOCK_STREAM); }
static long tryNetlink(void) { return trySocket(AF_NETLINK, SOCK_RAW); }
static long trySocketpair(void) {
  int pair[2];
  return socketpair(AF_UNIX, SOCK_DGRAM, 0, pair);
}
static long tryAddressedSend(void) {
  const struct sockaddr_un address = {.sun_family = AF_UNIX};
  const long result = sendto(1, "", 0, 0, (const struct sockaddr*)&address, sizeof address);
  // Without the filter the descriptor is what is wrong: no socket, or one that is connected.
  return result < 0 && (errno == ENOTSOCK || errno == EISCONN) ? 0 : result;
}

static long tryPtrace(void) { return ptrace(PTRACE_SEIZE, victim, 0, 0); }
static long tryReadMemory(void) {
  char byte;
  struct iovec local = {&byte, 1}, remote = {(void*)1, 1};
  const long result = process_vm_readv(victim, &local, 1, &remote, 1, 0);
  return result < 0 && errno == EFAULT ? 0 : result;
}
static long tryMemoryFile(void) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/mem", victim);
  return openClose(path, O_RDONLY);
}
static long tryKill(void) { return kill(victim, 0); }
static long tryKillGroup(void) { return kill(-1, 0); }
static long tryThreadKill(void) { return syscall(SYS_tgkill, victim, victim, 0); }
static long tryPidfd(void) { return syscall(434, victim, 0); }
static long tryOwner(void) { return fcntl(0, F_SETOWN, victim); }
static long trySignalOfOwner(void) { return fcntl(0, F_SETSIG, SIGKILL); }
static long tryLimitOther(void) {
  const struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
  return prlimit(victim, RLIMIT_CPU, &limit, NULL);
}
static long tryScheduleOther(void) {
  cpu_set_t all;
  CPU_ZERO(&all);
  CPU_SET(0, &all);
  return sched_setaffinity(victim, sizeof all, &all);
}
static long tryOutlive(void) { return prctl(PR_SET_PDEATHSIG, 0); }

static long tryOpenOther(void) { return openClose(otherFile, O_RDONLY); }
static long tryListOther(void) { return openClose(otherFolder, O_RDONLY | O_DIRECTORY); }
static long tryWriteOther(void) {
  char path[4096];
  snprintf(path, sizeof path, "%s/written-%d", otherFolder, getpid());
  return openClose(path, O_WRONLY | O_CREAT);
}
static long tryDevice(void) { return openClose("/dev/zero", O_RDONLY); }
static long tryReadTruncating(void) { return openClose(ownFile, O_RDONLY | O_TRUNC); }
static long tryTruncate(void) { return truncate(ownFile, 0); }
static long tryChmod(void) { return chmod(ownFile, 0600); }
static long tryTimes(void) { return utimensat(AT_FDCWD, ownFile, NULL, 0); }
static long tryAttribute(void) { return setxattr(ownFile, "user.x", "1", 1, 0); }
static long tryUnlink(void) { return unlink(ownFile); }
static long tryOpenat2(void) {
  const unsigned long long how[3] = {O_RDONLY, 0, 0};
  return syscall(437, AT_FDCWD, ownFile, how, sizeof how);
}
static long tryWatch(void) { return inotify_add_watch(inotify_init(), "/", IN_CREATE); }
static long tryHandle(void) {
  struct file_handle* handle = calloc(1, sizeof *handle + 128);
  int mount;
  handle->handle_bytes = 128;
  return name_to_handle_at(AT_FDCWD, "/", handle, &mount, 0);
}

static long tryMemoryDescriptor(void) { return memfd_create("x", 0); }
static long trySharedMemory(void) {
  const int segment = shmget(IPC_PRIVATE, 4096, 0600);
  if (segment >= 0) shmctl(segment, IPC_RMID, NULL);
  return segment;
}
static long tryRing(void) {
  char parameters[128] = {0};
  return syscall(425, 1, parameters);
}
static long tryKeyring(void) { return syscall(SYS_keyctl, 0, -3, 0); }
static long tryFault(void) { return syscall(SYS_userfaultfd, 1); }
static long tryPersonality(void) { return syscall(SYS_personality, 0xffffffff); }
static long tryBpf(void) { return syscall(SYS_bpf, 0, NULL, 0); }
static long tryMount(void) { return mount("none", "/tmp", "tmpfs", 0, NULL); }
static long tryChroot(void) { return chroot("/"); }
static long tryBecomeRoot(void) { return setuid(0); }
static long tryFutureCall(void) { return syscall(500); }
#ifdef __x86_64__
static long tryX32(void) { return syscall(0x40000000 | SYS_getpid); }
#endif

static const struct {
  const char* name;
  long (*attempt)(void);
} attempts[] = {
    {"fork", tryFork},
    {"clone3", tryClone3},
    {"clone into a user namespace", tryNamespace},
    {"execve", tryExecve},
    {"execveat", tryExecveat},
    {"take the program's descriptor number", tryProgramDescriptor},
    {"raise the limit of descriptors", tryRaiseLimit},
    {"TCP socket", tryTcp},
    {"UDP socket", tryUdp},
    {"unix socket", tryUnix},
    {"netlink socket", tryNetlink},
    {"datagram socket pair", trySocketpair},
    {"send to an address", tryAddressedSend},
    {"ptrace", tryPtrace},
    {"process_vm_readv", tryReadMemory},
    {"open another's memory", tryMemoryFile},
    {"kill", tryKill},
    {"kill everybody", tryKillGroup},
    {"tgkill", tryThreadKill},
    {"pidfd_open", tryPidfd},
    {"F_SETOWN", tryOwner},
    {"F_SETSIG", trySignalOfOwner},
    {"limit another process", tryLimitOther},
    {"move another process to a processor", tryScheduleOther},
    {"outlive the host", tryOutlive},
    {"open a file elsewhere", tryOpenOther},
    {"list a folder elsewhere", tryListOther},
    {"write a file elsewhere", tryWriteOther},
    {"open a device", tryDevice},
    {"openat2", tryOpenat2},
    {"truncate by O_RDONLY|O_TRUNC", tryReadTruncating},
    {"truncate", tryTruncate},
    {"chmod", tryChmod},
    {"change times", tryTimes},
    {"set an attribute", tryAttribute},
    {"unlink", tryUnlink},
    {"inotify", tryWatch},
    {"name_to_handle_at", tryHandle},
    {"memfd_create", tryMemoryDescriptor},
    {"System V shared memory", trySharedMemory},
    {"io_uring", tryRing},
    {"keyctl", tryKeyring},
    {"userfaultfd", tryFault},
    {"personality", tryPersonality},
    {"bpf", tryBpf},
    {"mount", tryMount},
    {"unshare a user namespace", tryUnshare},
    {"chroot", tryChroot},
    {"become root", tryBecomeRoot},
    {"a system call of the future", tryFutureCall},
#ifdef __x86_64__
    {"a system call of x32", tryX32},
#endif
};

/** getpid by the 32-bit interface, whose numbers mean other calls than those of the native one. */
static int callForeignInterface(void) {
  long result = 0;
#ifdef __x86_64__
  __asm__ volatile("int $0x80" : "=a"(result) : "a"(20L) : "memory");
#endif
  return printf("%ld\n", result) < 0;
}

int main(int count, char** arguments) {
  if (count == 2 && strcmp(arguments[1], "foreign") == 0) return callForeignInterface();
  if (count != 5) return 2;
  victim = atoi(arguments[1]);
  ownFile = arguments[2];
  otherFile = arguments[3];
  otherFolder = arguments[4];
  for (size_t i = 0; i < sizeof attempts / sizeof attempts[0]; i++) {
    errno = 0;
    const long result = attempts[i].attempt();
    printf("%s: %s\n", attempts[i].name, result >= 0 ? "ok" : strerrorname_np(errno));
    fflush(stdout);
  }
  return 0;
}
