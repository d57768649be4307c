#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

/**
 * What an operating system has of its own about devices. One implementation a platform: `device_<platform>.cc`.
 * Descriptors are the platform's; offsets and lengths are bytes. Failures are thrown as `IoError`.
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
  std::optional<bool> rotational;
};

/**
 * Opens a block device or regular file, never to be inherited by a child. Writing to a block device takes the kernel's
 * exclusive claim (EBUSY while it is mounted or otherwise claimed). Anything else than these two kinds is EINVAL.
 */
int open(const std::string& path, Access access, bool direct);

Description describe(int fd);

/** The multiple to which offset, length and memory of a request must be aligned: 1 without O_DIRECT. */
size_t requestAlignment(int fd);

/** One request; repeated only when a signal interrupts it. Answers the bytes moved (0 = end), or −1 with errno set. */
int64_t readOnce(int fd, void* buffer, size_t length, uint64_t offset);
int64_t writeOnce(int fd, const void* buffer, size_t length, uint64_t offset);

/** The same open file once more, through the page cache, for as long as this object lives. */
class BufferedTwin {
 public:
  explicit BufferedTwin(int fd);
  ~BufferedTwin();
  BufferedTwin(const BufferedTwin&) = delete;
  BufferedTwin& operator=(const BufferedTwin&) = delete;

  int fd() const { return fd_; }

 private:
  int fd_;
};

}  // namespace device
