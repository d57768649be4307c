#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/**
 * What an operating system has of its own about devices. One implementation a platform: `device_<platform>.cc` and
 * `deviceSpace_<platform>.cc`. Descriptors are the platform's; offsets and lengths are bytes. Failures are thrown as `IoError`.
 */
namespace device {

enum class Access { kRead, kWrite };

struct Description {
  bool isBlock;
  uint64_t size;
  uint32_t logicalSectorSize;
  uint32_t physicalSectorSize;
  bool readOnly;
  uint32_t major;
  uint32_t minor;
  uint64_t inode;
};

/** A descriptor that is closed with its owner. */
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() { close(); }
  Descriptor(Descriptor&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  Descriptor& operator=(Descriptor&& other) noexcept;

  int fd() const { return fd_; }
  void close() noexcept;
  /** Gives the descriptor away. */
  int release() noexcept {
    const int fd = fd_;
    fd_ = -1;
    return fd;
  }

 private:
  int fd_ = -1;
};

/**
 * Opens a block device or regular file, never to be inherited by a child. Writing to a block device takes the kernel's
 * exclusive claim (EBUSY while it is mounted or otherwise claimed). Anything else than these two kinds is EINVAL.
 */
int open(const std::string& path, Access access, bool direct);

/** The same opening once more: it shares claim and locks with the first, and keeps them after that one is closed. */
Descriptor duplicate(int fd);

/** Another opening of the same device or file, with or without direct I/O; EINVAL where that is not to be had, or a hanging request could not be killed. */
Descriptor reopen(int fd, Access access, bool direct);

Description describe(int fd);

/** Whether the medium spins, where the system says so. */
std::optional<bool> isRotational(const Description& description);

/** The multiple to which offset, length and memory of a request must be aligned: 1 without direct I/O. */
size_t requestAlignment(int fd);

/** One request; repeated only when a signal interrupts it. Answers the bytes moved (0 = end), or −1 with errno set. */
int64_t readOnce(int fd, void* buffer, size_t length, uint64_t offset);
/**
 * What of a range the page cache holds from its start, without waiting for a device: how many bytes, or −1 with errno set, to
 * EAGAIN when there are none. Only for descriptors without direct I/O.
 */
int64_t readCached(int fd, void* buffer, size_t length, uint64_t offset);
int64_t writeOnce(int fd, const void* buffer, size_t length, uint64_t offset);

/** Whether this error of a read says that the medium is bad at this place, not that the device or the call is. */
bool isMediumError(int errorNumber);

/** Returns when all that was written to the device or file is on its medium. */
void flush(int fd);

/** Writes back and forgets what the page cache holds of the device or file, as far as the process may. */
void dropCaches(int fd);

/** Asks for the partition table to be read again; answers 0 or the error number. */
int rereadPartitions(int fd);

struct Range {
  uint64_t offset;
  uint64_t length;
};

struct DataRanges {
  std::vector<Range> ranges;
  std::optional<uint64_t> next;
};

/** The parts of a range that may hold something else than zeros, `maxCount` at most. */
DataRanges dataRanges(int fd, uint64_t offset, uint64_t length, size_t maxCount);

/** Makes a range read as zeros, lengthening a file where it ends before. */
void zero(int fd, uint64_t offset, uint64_t length, bool unmap);

/** Gives back the storage of the whole sectors of a range; false when the device or filesystem cannot. */
bool discard(int fd, uint64_t offset, uint64_t length);

/**
 * Makes a range of a file consist of the very blocks that a range of another one, or of the same, has; false when the filesystem
 * does not do that, not between these files, or not at these offsets: what stands in the target then is as it was before the call or,
 * in whole pieces from its start, as the source.
 */
bool cloneRange(int sourceFd, uint64_t sourceOffset, int targetFd, uint64_t targetOffset, uint64_t length);

}  // namespace device
