#include "systemCallFilter.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "deniedCalls.h"
#include "newerCalls.h"
#include "refuse.h"

#if defined(__x86_64__)
#define NATIVE_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE_ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "the system call filter is written for x86-64 and aarch64"
#endif

/** A call of the x32 interface carries this bit, and would pass tests for the numbers of x86-64. */
#define X32_BIT 0x40000000u
/** SECCOMP_RET_KILL_PROCESS: kernels before 4.14 take it for the killing of the thread. */
#define KILL_PROCESS 0x80000000u
#define REFUSE_WITH(error) (SECCOMP_RET_ERRNO | (error))

enum { MAXIMUM_INSTRUCTIONS = 1024 };

/** A program of the classic Berkeley packet filter, which the kernel runs over `struct seccomp_data` at every call. */
struct program {
  struct sock_filter instructions[MAXIMUM_INSTRUCTIONS];
  unsigned short length;
};

static void emit(struct program* program, uint16_t code, uint32_t value, uint8_t whenTrue, uint8_t whenFalse) {
  if (program->length == MAXIMUM_INSTRUCTIONS) refuse("the system call filter is too long");
  program->instructions[program->length++] = (struct sock_filter)BPF_JUMP(code, value, whenTrue, whenFalse);
}

static void answer(struct program* program, uint32_t action) { emit(program, BPF_RET | BPF_K, action, 0, 0); }

static void load(struct program* program, size_t offset) { emit(program, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0); }

static void loadNumber(struct program* program) { load(program, offsetof(struct seccomp_data, nr)); }

/** The low half of an argument (both architectures are little endian); `loadHigh` the other. */
static void loadLow(struct program* program, int index) {
  load(program, offsetof(struct seccomp_data, args) + (size_t)index * sizeof(uint64_t));
}
static void loadHigh(struct program* program, int index) {
  load(program, offsetof(struct seccomp_data, args) + (size_t)index * sizeof(uint64_t) + sizeof(uint32_t));
}

/** What is loaded equals `value`: `action`. */
static void whenEqual(struct program* program, uint32_t value, uint32_t action) {
  emit(program, BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1);
  answer(program, action);
}

/** What is loaded is anything else than `value`: `action`. */
static void unlessEqual(struct program* program, uint32_t value, uint32_t action) {
  emit(program, BPF_JMP | BPF_JEQ | BPF_K, value, 1, 0);
  answer(program, action);
}

/** What is loaded has one of the bits: `action`. */
static void whenAnyBit(struct program* program, uint32_t bits, uint32_t action) {
  emit(program, BPF_JMP | BPF_JSET | BPF_K, bits, 0, 1);
  answer(program, action);
}

/** Starts the rules of one system call; `endCall` closes them. Returns what `endCall` needs. */
static unsigned short beginCall(struct program* program, int number) {
  emit(program, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)number, 0, 0);
  return program->length;
}

/** What no rule in between has answered gets `action`. */
static void endCall(struct program* program, unsigned short start, uint32_t action) {
  answer(program, action);
  const unsigned short distance = (unsigned short)(program->length - start);
  if (distance > UINT8_MAX) refuse("the rules of one system call are too long");
  program->instructions[start - 1].jf = (uint8_t)distance;
}

static void denyCall(struct program* program, int number, int error) { whenEqual(program, (uint32_t)number, REFUSE_WITH(error)); }

/** Other architectures' and later kernels' calls have other numbers: nothing here would fit them. */
static void checkInterface(struct program* program) {
  load(program, offsetof(struct seccomp_data, arch));
  unlessEqual(program, NATIVE_ARCHITECTURE, KILL_PROCESS);
  loadNumber(program);
#ifdef __x86_64__
  whenAnyBit(program, X32_BIT, REFUSE_WITH(ENOSYS));
#endif
  emit(program, BPF_JMP | BPF_JGT | BPF_K, LAST_CALL_CONSIDERED, 0, 1);
  answer(program, REFUSE_WITH(ENOSYS));
}

/** Threads are allowed, processes are not. clone3 has its flags in memory, out of reach: the C library then takes clone. */
static void restrictProcesses(struct program* program, const struct filterSettings* settings) {
  const uint32_t namespaces = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWCGROUP;
  denyCall(program, CALL_CLONE3, ENOSYS);
  unsigned short start = beginCall(program, SYS_clone);
  loadLow(program, 0);
  whenAnyBit(program, namespaces, REFUSE_WITH(EPERM));
  whenAnyBit(program, CLONE_THREAD, SECCOMP_RET_ALLOW);
  endCall(program, start, settings->toolsGranted ? SECCOMP_RET_ALLOW : REFUSE_WITH(EPERM));
  if (settings->toolsGranted) return;
#ifdef __x86_64__
  denyCall(program, SYS_fork, EPERM);
  denyCall(program, SYS_vfork, EPERM);
#endif
  denyCall(program, SYS_execve, EPERM);
  start = beginCall(program, SYS_execveat);
  loadLow(program, 0);
  unlessEqual(program, (uint32_t)settings->programDescriptor, REFUSE_WITH(EPERM));
  loadLow(program, 4);
  unlessEqual(program, AT_EMPTY_PATH, REFUSE_WITH(EPERM));
  endCall(program, start, SECCOMP_RET_ALLOW);
}

/** Its first argument has to be this process (or 0, where that means the caller). */
static void ownProcessOnly(struct program* program, int number, bool zeroIsSelf) {
  const unsigned short start = beginCall(program, number);
  loadLow(program, 0);
  whenEqual(program, (uint32_t)getpid(), SECCOMP_RET_ALLOW);
  if (zeroIsSelf) whenEqual(program, 0, SECCOMP_RET_ALLOW);
  endCall(program, start, REFUSE_WITH(EPERM));
}

static void restrictSignals(struct program* program, const struct filterSettings* settings) {
  ownProcessOnly(program, SYS_prlimit64, true);
  if (settings->toolsGranted && settings->signalsConfined) return;
  ownProcessOnly(program, SYS_kill, false);
  ownProcessOnly(program, SYS_tgkill, false);
}

/** A descriptor's owner is sent signals of the owner's choice: a way around `kill`. Typing into a terminal, likewise. */
static void restrictControls(struct program* program) {
  enum { FCNTL_SET_SIGNAL = 10, FCNTL_SET_OWNER_EXTENDED = 15, IOCTL_SET_OWNER = 0x8901, IOCTL_SET_GROUP = 0x8902 };
  enum { PRCTL_SET_PTRACER = 0x59616d61 };
  unsigned short start = beginCall(program, SYS_fcntl);
  loadLow(program, 1);
  whenEqual(program, F_SETOWN, REFUSE_WITH(EPERM));
  whenEqual(program, FCNTL_SET_OWNER_EXTENDED, REFUSE_WITH(EPERM));
  whenEqual(program, FCNTL_SET_SIGNAL, REFUSE_WITH(EPERM));
  endCall(program, start, SECCOMP_RET_ALLOW);

  start = beginCall(program, SYS_ioctl);
  loadLow(program, 1);
  whenEqual(program, IOCTL_SET_OWNER, REFUSE_WITH(EPERM));
  whenEqual(program, IOCTL_SET_GROUP, REFUSE_WITH(EPERM));
  whenEqual(program, TIOCSTI, REFUSE_WITH(EPERM));
  whenEqual(program, TIOCLINUX, REFUSE_WITH(EPERM));
  endCall(program, start, SECCOMP_RET_ALLOW);

  start = beginCall(program, SYS_prctl);
  loadLow(program, 0);
  whenEqual(program, PR_SET_PDEATHSIG, REFUSE_WITH(EPERM));
  whenEqual(program, PRCTL_SET_PTRACER, REFUSE_WITH(EPERM));
  whenEqual(program, PR_SET_MM, REFUSE_WITH(EPERM));
  endCall(program, start, SECCOMP_RET_ALLOW);
}

/** Only to where a socket is connected already. */
static void restrictSending(struct program* program, const struct filterSettings* settings) {
  unsigned short start = beginCall(program, SYS_sendto);
  loadLow(program, 4);
  unlessEqual(program, 0, REFUSE_WITH(EPERM));
  loadHigh(program, 4);
  unlessEqual(program, 0, REFUSE_WITH(EPERM));
  loadLow(program, 3);
  whenAnyBit(program, MSG_FASTOPEN, REFUSE_WITH(EPERM));
  endCall(program, start, SECCOMP_RET_ALLOW);

  start = beginCall(program, SYS_sendmsg);
  loadLow(program, 2);
  whenAnyBit(program, MSG_FASTOPEN, REFUSE_WITH(EPERM));
  endCall(program, start, SECCOMP_RET_ALLOW);

  // Node makes socket pairs for the standard streams of its children. Datagrams could be sent to any socket in the filesystem.
  if (!settings->toolsGranted) return denyCall(program, SYS_socketpair, EPERM);
  start = beginCall(program, SYS_socketpair);
  loadLow(program, 0);
  unlessEqual(program, AF_UNIX, REFUSE_WITH(EPERM));
  loadLow(program, 1);
  whenEqual(program, SOCK_STREAM, SECCOMP_RET_ALLOW);
  whenEqual(program, SOCK_STREAM | SOCK_CLOEXEC, SECCOMP_RET_ALLOW);
  whenEqual(program, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, SECCOMP_RET_ALLOW);
  endCall(program, start, REFUSE_WITH(EPERM));
}

/** Files are opened for reading only. openat2 has its flags in memory: as on a kernel that lacks it, openat is taken. */
static void restrictOpening(struct program* program, const struct filterSettings* settings) {
  const uint32_t changing = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY);
  denyCall(program, CALL_OPENAT2, ENOSYS);
  // Tools write to /dev/null at least.
  if (settings->toolsGranted && settings->filesConfined) return;
  unsigned short start = beginCall(program, SYS_openat);
  loadLow(program, 2);
  whenAnyBit(program, changing, REFUSE_WITH(EACCES));
  endCall(program, start, SECCOMP_RET_ALLOW);
#ifdef __x86_64__
  start = beginCall(program, SYS_open);
  loadLow(program, 1);
  whenAnyBit(program, changing, REFUSE_WITH(EACCES));
  endCall(program, start, SECCOMP_RET_ALLOW);
#endif
}

bool systemCallFilterAvailable(void) { return prctl(PR_GET_SECCOMP, 0, 0, 0, 0) >= 0; }

void installSystemCallFilter(const struct filterSettings* settings) {
  static struct program program;
  checkInterface(&program);
  for (size_t i = 0; i < deniedCallCount; i++) denyCall(&program, deniedCalls[i], EPERM);
  restrictProcesses(&program, settings);
  restrictSignals(&program, settings);
  restrictControls(&program);
  restrictSending(&program, settings);
  restrictOpening(&program, settings);
  answer(&program, SECCOMP_RET_ALLOW);
  const struct sock_fprog filter = {.len = program.length, .filter = program.instructions};
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) != 0) refuseWithErrno("the system call filter cannot be set");
}
