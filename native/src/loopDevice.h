#pragma once

#include <cstdint>
#include <optional>

/** Files behind block devices. `loopDevice_<platform>.cc`. Failures are thrown as `IoError`. */
namespace loopDevice {

struct Backing {
  /** Of the filesystem that holds the file, and its inode, as `stat` gives them. */
  uint32_t major;
  uint32_t minor;
  uint64_t inode;
  /** Where in the file the device begins, in bytes. */
  uint64_t offset;
};

/** What a loop device lies in; nothing for another device, or for one that is not attached. */
std::optional<Backing> backing(int fd);

}  // namespace loopDevice
