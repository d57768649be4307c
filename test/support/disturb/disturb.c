/*
 * Preloaded into a process, stands between it and the system's calls that change watched files: it counts them, records them, and
 * at one of them kills the process or lets the call fail. What the program under test does is so seen as the kernel sees it, the
 * native engine's threads included.
 *
 * DISTURB_PATHS   watched files and folders, each ended by ':'; a folder means all in it
 * DISTURB_CALLS   letters of the calls that count: w write, s sync, n rename, t truncate, z zero or discard, c create, r read,
 *                 a large allocation (counted from the first other watched call on), m one of any size by the native
 *                 engine, counted as those
 * DISTURB_AT      number of the counted call, from 1, at which something happens; 0 never
 * DISTURB_HOW     before, after, torn (half of it is done): the process is killed. A number: the call fails with this errno;
 *                 -number: half of it is done, the rest fails; with a + behind it so do all later ones
 * DISTURB_COUNT   file of 8 bytes that holds the number of counted calls so far
 * DISTURB_RECORD  file to which every call that changes something is appended, see `struct entry`
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define LARGE_ALLOCATION (128 * 1024)
#define DIRECT_UNIT 4096

struct entry {
  uint32_t call;
  uint32_t pathLength;
  /* Ticks of one clock for all calls: of two calls, the one that ended before the other started was there first. */
  uint64_t started;
  uint64_t ended;
  uint64_t offset;
  uint64_t length;
  uint64_t dataLength;
  /* Then the path (of a rename: old, NUL, new) and the data. */
};

extern void *__libc_malloc(size_t);
extern void *__libc_memalign(size_t, size_t);

static const char *paths, *calls, *how;
static uint64_t at;
static _Atomic uint64_t localCount;
static _Atomic uint64_t *count = &localCount;
static _Atomic uint64_t clockTicks;
static _Atomic int armed, ready;
static int recordFd = -1;
static pthread_mutex_t recordLock = PTHREAD_MUTEX_INITIALIZER;

__attribute__((constructor)) static void prepare(void) {
  paths = getenv("DISTURB_PATHS");
  calls = getenv("DISTURB_CALLS");
  how = getenv("DISTURB_HOW");
  if (!paths) return;
  if (!calls) calls = "wsntzc";
  if (!how) how = "before";
  at = getenv("DISTURB_AT") ? strtoull(getenv("DISTURB_AT"), NULL, 10) : 0;
  const char *name = getenv("DISTURB_COUNT");
  if (name) {
    int fd = (int)syscall(SYS_open, name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || syscall(SYS_ftruncate, fd, 8) < 0) abort();
    void *memory = mmap(NULL, 8, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED) abort();
    count = memory;
    syscall(SYS_close, fd);
  }
  name = getenv("DISTURB_RECORD");
  if (name) recordFd = (int)syscall(SYS_open, name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  ready = 1;
}

static int isWatched(const char *path) {
  for (const char *from = paths; *from;) {
    const char *end = strchr(from, ':');
    size_t length = end ? (size_t)(end - from) : strlen(from);
    if (strncmp(path, from, length) == 0 && (path[length] == 0 || path[length] == '/')) {
      const char *name = strrchr(path, '/');
      return strcmp(name, "/log") != 0 && strcmp(name, "/lock") != 0;
    }
    from += length + (end != NULL);
  }
  return 0;
}

/* Whether the descriptor is a watched file's; its path then. */
static int watchedFd(int fd, char *path) {
  if (!ready) return 0;
  int saved = errno;
  char link[40];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, 4095);
  errno = saved;
  if (length <= 0) return 0;
  path[length] = 0;
  return isWatched(path);
}

static void die(void) {
  syscall(SYS_kill, syscall(SYS_getpid), SIGKILL);
  for (;;) pause();
}

enum fate { GOES_ON, DIES_AFTER, DIES_TORN, FAILS, FAILS_TORN };

/* Counts a call of a kind; what is to become of it. */
static enum fate fateOf(char kind) {
  if (!ready || !strchr(calls, kind)) return GOES_ON;
  uint64_t number = atomic_fetch_add(count, 1) + 1;
  int lasting = how[strlen(how) - 1] == '+';
  if (at == 0 || number < at || (number > at && !lasting)) return GOES_ON;
  if (strcmp(how, "before") == 0) die();
  if (strcmp(how, "after") == 0) return DIES_AFTER;
  if (strcmp(how, "torn") == 0) return DIES_TORN;
  errno = abs(atoi(how));
  return *how == '-' && number == at ? FAILS_TORN : FAILS;
}

static uint64_t tick(void) { return atomic_fetch_add(&clockTicks, 1) + 1; }

static void record(char kind, const char *path, size_t pathLength, uint64_t started, uint64_t offset, uint64_t length,
                   const void *data, uint64_t dataLength) {
  if (recordFd < 0) return;
  int saved = errno;
  struct entry entry = {(uint32_t)kind, (uint32_t)pathLength, started, tick(), offset, length, dataLength};
  struct iovec parts[3] = {{&entry, sizeof entry}, {(void *)path, pathLength}, {(void *)data, dataLength}};
  pthread_mutex_lock(&recordLock);
  if (syscall(SYS_writev, recordFd, parts, data ? 3 : 2) < 0) abort();
  pthread_mutex_unlock(&recordLock);
  errno = saved;
}

/* How many bytes of a torn write are written: direct ones in whole units. */
static size_t tornLength(int fd, size_t length) {
  int flags = fcntl(fd, F_GETFL);
  return flags & O_DIRECT ? length / 2 / DIRECT_UNIT * DIRECT_UNIT : length / 2;
}

/* `offset` < 0: where the file stands, or its end. */
static ssize_t change(int fd, const void *bytes, size_t length, off64_t offset) {
  char path[4096];
  if (!watchedFd(fd, path)) {
    return offset < 0 ? syscall(SYS_write, fd, bytes, length) : syscall(SYS_pwrite64, fd, bytes, length, offset);
  }
  armed = 1;
  off64_t place = offset;
  if (offset < 0) place = lseek64(fd, 0, fcntl(fd, F_GETFL) & O_APPEND ? SEEK_END : SEEK_CUR);
  enum fate fate = fateOf('w');
  if (fate == FAILS) return -1;
  if (fate == DIES_TORN || fate == FAILS_TORN) length = tornLength(fd, length);
  if (fate == FAILS_TORN && length == 0) return -1;
  uint64_t started = tick();
  ssize_t done = length == 0 ? 0
                 : offset < 0 ? syscall(SYS_write, fd, bytes, length)
                              : syscall(SYS_pwrite64, fd, bytes, length, offset);
  if (fate == DIES_AFTER || fate == DIES_TORN) die();
  if (done > 0) record('w', path, strlen(path), started, (uint64_t)place, (uint64_t)done, bytes, (uint64_t)done);
  return done;
}

ssize_t write(int fd, const void *bytes, size_t length) { return change(fd, bytes, length, -1); }
ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset) { return change(fd, bytes, length, offset); }
ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) { return change(fd, bytes, length, offset); }

/* Of several pieces the first alone may be written: who calls has to go on anyway. */
ssize_t writev(int fd, const struct iovec *parts, int number) {
  char path[4096];
  if (number < 1 || !watchedFd(fd, path)) return syscall(SYS_writev, fd, parts, number);
  return change(fd, parts[0].iov_base, parts[0].iov_len, -1);
}

ssize_t pwritev64(int fd, const struct iovec *parts, int number, off64_t offset) {
  char path[4096];
  if (number < 1 || !watchedFd(fd, path)) return syscall(SYS_pwritev, fd, parts, number, offset, 0);
  return change(fd, parts[0].iov_base, parts[0].iov_len, offset);
}

static ssize_t look(int fd, void *bytes, size_t length, off64_t offset) {
  char path[4096];
  if (watchedFd(fd, path)) {
    enum fate fate = fateOf('r');
    if (fate == FAILS || fate == FAILS_TORN) return -1;
  }
  return syscall(SYS_pread64, fd, bytes, length, offset);
}

ssize_t pread64(int fd, void *bytes, size_t length, off64_t offset) { return look(fd, bytes, length, offset); }
ssize_t pread(int fd, void *bytes, size_t length, off_t offset) { return look(fd, bytes, length, offset); }

static int simple(char kind, int fd, long number, uint64_t offset, uint64_t length, long mode) {
  char path[4096];
  int watched = watchedFd(fd, path);
  enum fate fate = watched ? fateOf(kind) : GOES_ON;
  if (fate == FAILS || fate == FAILS_TORN) return -1;
  if (fate == DIES_TORN) die();
  uint64_t started = watched ? tick() : 0;
  int result = number == SYS_fallocate   ? (int)syscall(number, fd, mode, offset, length)
               : number == SYS_ftruncate ? (int)syscall(number, fd, length)
                                         : (int)syscall(number, fd);
  if (fate == DIES_AFTER) die();
  if (watched) armed = 1;
  if (watched && result == 0) record(kind, path, strlen(path), started, offset, length, NULL, 0);
  return result;
}

int fsync(int fd) { return simple('s', fd, SYS_fsync, 0, 0, 0); }
int fdatasync(int fd) { return simple('s', fd, SYS_fdatasync, 0, 0, 0); }
int ftruncate64(int fd, off64_t size) { return simple('t', fd, SYS_ftruncate, 0, (uint64_t)size, 0); }
int ftruncate(int fd, off_t size) { return simple('t', fd, SYS_ftruncate, 0, (uint64_t)size, 0); }
int fallocate64(int fd, int mode, off64_t offset, off64_t length) {
  return simple('z', fd, SYS_fallocate, (uint64_t)offset, (uint64_t)length, mode);
}
int fallocate(int fd, int mode, off_t offset, off_t length) { return fallocate64(fd, mode, offset, length); }

int rename(const char *from, const char *to) {
  int watched = ready && isWatched(to);
  enum fate fate = watched ? fateOf('n') : GOES_ON;
  if (fate == FAILS || fate == FAILS_TORN) return -1;
  if (fate == DIES_TORN) die();
  uint64_t started = watched ? tick() : 0;
  int result = (int)syscall(SYS_rename, from, to);
  if (fate == DIES_AFTER) die();
  if (watched && result == 0) {
    char both[8192];
    int length = snprintf(both, sizeof both, "%s%c%s", from, 0, to);
    record('n', both, (size_t)length, started, 0, 0, NULL, 0);
  }
  return result;
}

int open64(const char *path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  int mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, int) : 0;
  va_end(arguments);
  int makes = ready && (flags & O_CREAT) && isWatched(path);
  int isNew = makes && syscall(SYS_access, path, F_OK) != 0;
  enum fate fate = isNew ? fateOf('c') : GOES_ON;
  if (fate == FAILS || fate == FAILS_TORN) return -1;
  if (fate == DIES_TORN) die();
  uint64_t started = makes ? tick() : 0;
  int fd = (int)syscall(SYS_open, path, flags, mode);
  if (fate == DIES_AFTER) die();
  if (makes && fd >= 0 && isNew) record('c', path, strlen(path), started, 0, 0, NULL, 0);
  if (makes && fd >= 0 && !isNew && (flags & O_TRUNC)) record('t', path, strlen(path), started, 0, 0, NULL, 0);
  return fd;
}

static int allocationFails(size_t size) {
  if (!armed || size < LARGE_ALLOCATION) return 0;
  enum fate fate = fateOf('a');
  if (fate != FAILS && fate != FAILS_TORN) return 0;
  errno = ENOMEM;
  return 1;
}

/* Where the native engine's code lies. */
static _Atomic uintptr_t engineStart, engineEnd;

static int findEngine(struct dl_phdr_info *info, size_t size, void *data) {
  (void)size, (void)data;
  const char *name = strrchr(info->dlpi_name, '/');
  if (!name || strcmp(name, "/diskwright.node") != 0) return 0;
  for (int index = 0; index < info->dlpi_phnum; index++) {
    const ElfW(Phdr) *header = &info->dlpi_phdr[index];
    if (header->p_type != PT_LOAD || !(header->p_flags & PF_X)) continue;
    engineStart = info->dlpi_addr + header->p_vaddr;
    engineEnd = engineStart + header->p_memsz;
  }
  return 1;
}

void *dlopen(const char *path, int flags) {
  static void *(*real)(const char *, int);
  if (!real) real = (void *(*)(const char *, int))dlsym(RTLD_NEXT, "dlopen");
  void *library = real(path, flags);
  if (ready && library && !engineEnd) dl_iterate_phdr(findEngine, NULL);
  return library;
}

static int isEngine(const void *caller) { return (uintptr_t)caller >= engineStart && (uintptr_t)caller < engineEnd; }

static int engineAllocationFails(const void *caller) {
  if (!armed || !isEngine(caller) || !strchr(calls, 'm')) return 0;
  enum fate fate = fateOf('m');
  if (fate != FAILS && fate != FAILS_TORN) return 0;
  errno = ENOMEM;
  return 1;
}

/* operator new(size_t), as it is called by C++ */
void *_Znwm(size_t size) {
  void *memory = engineAllocationFails(__builtin_return_address(0)) ? NULL : malloc(size ? size : 1);
  if (memory) return memory;
  void (*throwBadAlloc)(void) = (void (*)(void))dlsym(RTLD_DEFAULT, "_ZSt17__throw_bad_allocv");
  throwBadAlloc();
  abort();
}

/* operator new(size_t, std::nothrow_t const &) */
void *_ZnwmRKSt9nothrow_t(size_t size, const void *nothrow) {
  (void)nothrow;
  return engineAllocationFails(__builtin_return_address(0)) ? NULL : malloc(size ? size : 1);
}

void *malloc(size_t size) { return allocationFails(size) ? NULL : __libc_malloc(size); }
void *aligned_alloc(size_t alignment, size_t size) {
  if (engineAllocationFails(__builtin_return_address(0)) || allocationFails(size)) return NULL;
  return __libc_memalign(alignment, size);
}
int posix_memalign(void **memory, size_t alignment, size_t size) {
  if (allocationFails(size)) return ENOMEM;
  *memory = __libc_memalign(alignment, size);
  return *memory ? 0 : ENOMEM;
}
