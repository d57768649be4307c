#include "device.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "ioError.h"

namespace device {

namespace {

/** Direct I/O on files: a multiple of every sector size that a filesystem here can lie on. */
constexpr size_t kFileDirectAlignment = 4096;

struct stat status(int fd) {
  struct stat result;
  if (fstat(fd, &result) != 0) throw IoError(errno, "fstat");
  return result;
}

bool isOpenForReadingOnly(int fd) {
  const int flags = fcntl(fd, F_GETFL);
  if (flags < 0) throw IoError(errno, "fcntl(F_GETFL)");
  return (flags & O_ACCMODE) == O_RDONLY;
}

/**
 * Whether the file is answered for by another process or machine (FUSE, NFS, 9P, Ceph, SMB). A direct request of it that hangs cannot be killed:
 * the process could not end before the answer comes.
 */
bool isServedByOthers(int fd) {
  struct statfs filesystem;
  if (fstatfs(fd, &filesystem) != 0) throw IoError(errno, "fstatfs");
  if (S_ISBLK(status(fd).st_mode)) return false;
  switch (static_cast<uint32_t>(filesystem.f_type)) {
    case 0x65735546:  // FUSE_SUPER_MAGIC
    case 0x6969:      // NFS_SUPER_MAGIC
    case 0x01021997:  // V9FS_MAGIC
    case 0x00c36400:  // CEPH_SUPER_MAGIC
    case 0xff534d42:  // CIFS_SUPER_MAGIC
    case 0xfe534d42:  // SMB2_SUPER_MAGIC
      return true;
    default:
      return false;
  }
}

}  // namespace

int open(const std::string& path, Access access, bool direct) {
  struct stat before;
  if (stat(path.c_str(), &before) != 0) throw IoError(errno, "open " + path);
  // Opening a FIFO would wait for its other end, and a character device may do anything.
  if (!S_ISBLK(before.st_mode) && !S_ISREG(before.st_mode)) throw IoError(EINVAL, "open " + path + ", no block device or file");

  int flags = O_CLOEXEC | O_NOCTTY | O_NONBLOCK | (access == Access::kRead ? O_RDONLY : O_RDWR);
  if (direct) flags |= O_DIRECT;
  if (access == Access::kWrite && S_ISBLK(before.st_mode)) flags |= O_EXCL;
  const int fd = ::open(path.c_str(), flags);
  if (fd < 0) throw IoError(errno, "open " + path);

  struct stat after;
  if (fstat(fd, &after) != 0 || (after.st_mode & S_IFMT) != (before.st_mode & S_IFMT)) {
    // Replaced between the two calls: what was opened is not what was checked.
    ::close(fd);
    throw IoError(EAGAIN, "open " + path);
  }
  // O_NONBLOCK was for the opening alone.
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
  return fd;
}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    close();
    fd_ = other.fd_;
    other.fd_ = -1;
  }
  return *this;
}

void Descriptor::close() noexcept {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

Descriptor duplicate(int fd) {
  const int copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);
  if (copy < 0) throw IoError(errno, "duplicate descriptor " + std::to_string(fd));
  return Descriptor(copy);
}

Descriptor reopen(int fd, Access access, bool direct) {
  const std::string path = "/proc/self/fd/" + std::to_string(fd);
  if (direct && isServedByOthers(fd)) throw IoError(EINVAL, "reopen " + path);
  const int flags = O_CLOEXEC | (access == Access::kRead ? O_RDONLY : O_RDWR) | (direct ? O_DIRECT : 0);
  const int copy = ::open(path.c_str(), flags);
  if (copy < 0) throw IoError(errno, "reopen " + path);
  return Descriptor(copy);
}

Description describe(int fd) {
  const struct stat info = status(fd);
  Description result{};
  result.inode = info.st_ino;
  if (S_ISREG(info.st_mode)) {
    result.isBlock = false;
    result.size = static_cast<uint64_t>(info.st_size);
    result.logicalSectorSize = 512;
    result.physicalSectorSize = 512;
    result.readOnly = isOpenForReadingOnly(fd);
    result.major = major(info.st_dev);
    result.minor = minor(info.st_dev);
    return result;
  }
  if (!S_ISBLK(info.st_mode)) throw IoError(EINVAL, "describe a descriptor that is neither a block device nor a file");

  int logical = 0;
  unsigned physical = 0;
  int readOnly = 0;
  if (ioctl(fd, BLKGETSIZE64, &result.size) != 0) throw IoError(errno, "ioctl(BLKGETSIZE64)");
  if (ioctl(fd, BLKSSZGET, &logical) != 0) throw IoError(errno, "ioctl(BLKSSZGET)");
  if (ioctl(fd, BLKPBSZGET, &physical) != 0) physical = static_cast<unsigned>(logical);
  if (ioctl(fd, BLKROGET, &readOnly) != 0) throw IoError(errno, "ioctl(BLKROGET)");
  result.isBlock = true;
  result.logicalSectorSize = static_cast<uint32_t>(logical);
  result.physicalSectorSize = physical;
  result.readOnly = readOnly != 0 || isOpenForReadingOnly(fd);
  result.major = major(info.st_rdev);
  result.minor = minor(info.st_rdev);
  return result;
}

std::optional<bool> isRotational(const Description& description) {
  if (!description.isBlock) return std::nullopt;
  // The queue is the disk's; a partition's folder lies within the folder of its disk.
  for (const char* place : {"queue/rotational", "../queue/rotational"}) {
    char path[96];
    std::snprintf(path, sizeof path, "/sys/dev/block/%u:%u/%s", description.major, description.minor, place);
    std::FILE* file = std::fopen(path, "re");
    if (file == nullptr) continue;
    const int digit = std::fgetc(file);
    std::fclose(file);
    if (digit == '0' || digit == '1') return digit == '1';
  }
  return std::nullopt;
}

size_t requestAlignment(int fd) {
  const int flags = fcntl(fd, F_GETFL);
  if (flags < 0) throw IoError(errno, "fcntl(F_GETFL)");
  if ((flags & O_DIRECT) == 0) return 1;
  int logical = 0;
  if (S_ISBLK(status(fd).st_mode) && ioctl(fd, BLKSSZGET, &logical) == 0) return static_cast<size_t>(logical);
  return kFileDirectAlignment;
}

int64_t readOnce(int fd, void* buffer, size_t length, uint64_t offset) {
  for (;;) {
    const ssize_t count = pread(fd, buffer, length, static_cast<off_t>(offset));
    if (count >= 0 || errno != EINTR) return count;
  }
}

int64_t readCached(int fd, void* buffer, size_t length, uint64_t offset) {
  const struct iovec part {buffer, length};
  for (;;) {
    const ssize_t count = preadv2(fd, &part, 1, static_cast<off_t>(offset), RWF_NOWAIT);
    if (count >= 0 || errno != EINTR) return count;
  }
}

int64_t writeOnce(int fd, const void* buffer, size_t length, uint64_t offset) {
  for (;;) {
    const ssize_t count = pwrite(fd, buffer, length, static_cast<off_t>(offset));
    if (count >= 0 || errno != EINTR) return count;
  }
}

bool isMediumError(int errorNumber) {
  switch (errorNumber) {
    case EIO:
    case ENODATA:    // BLK_STS_MEDIUM, seen by direct reads
    case EILSEQ:     // BLK_STS_PROTECTION
    case EREMOTEIO:  // BLK_STS_TARGET
    case EBADMSG:    // checksum of a filesystem
    case EUCLEAN:
      return true;
    default:
      return false;
  }
}

void flush(int fd) {
  while (fsync(fd) != 0) {
    if (errno != EINTR) throw IoError(errno, "flush");
  }
}

void dropCaches(int fd) {
  const bool isBlock = S_ISBLK(status(fd).st_mode);
  flush(fd);
  // Only an administrator may use BLKFLSBUF; the advice below forgets at least what is clean and unused.
  if (isBlock && ioctl(fd, BLKFLSBUF, 0) == 0) return;
  const int error = posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
  if (error != 0) throw IoError(error, "posix_fadvise");
}

int rereadPartitions(int fd) { return ioctl(fd, BLKRRPART) == 0 ? 0 : errno; }

}  // namespace device
