#include "locks.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>

#include "ioError.h"

namespace locks {

namespace {

/** A lock over every byte there is or will be. `l_pid` must be 0 for open-file-description locks: fcntl(2). */
struct flock wholeFile(short type) {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  return lock;
}

}  // namespace

bool lockFile(int fd, Type type) {
  struct flock lock = wholeFile(type == Type::kRead ? F_RDLCK : F_WRLCK);
  while (fcntl(fd, F_OFD_SETLK, &lock) != 0) {
    if (errno == EAGAIN || errno == EACCES) return false;
    if (errno != EINTR) throw IoError(errno, "lock file");
  }
  return true;
}

std::optional<Held> probeFileLock(int fd, Type type, uint64_t start, uint64_t length) {
  struct flock lock = wholeFile(type == Type::kRead ? F_RDLCK : F_WRLCK);
  lock.l_start = static_cast<off_t>(start);
  lock.l_len = static_cast<off_t>(length);
  if (fcntl(fd, F_OFD_GETLK, &lock) != 0) throw IoError(errno, "look for locks");
  if (lock.l_type == F_UNLCK) return std::nullopt;
  return Held{lock.l_type == F_RDLCK ? Type::kRead : Type::kWrite, static_cast<uint64_t>(lock.l_start),
              static_cast<uint64_t>(lock.l_len)};
}

bool lockDevice(int fd, bool shared) {
  while (flock(fd, (shared ? LOCK_SH : LOCK_EX) | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return false;
    if (errno != EINTR) throw IoError(errno, "lock device");
  }
  return true;
}

}  // namespace locks
