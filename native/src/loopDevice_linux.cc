#include "loopDevice.h"

#include <linux/loop.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>

#include <cerrno>

#include "ioError.h"

namespace loopDevice {

std::optional<Backing> backing(int fd) {
  struct loop_info64 info {};
  while (ioctl(fd, LOOP_GET_STATUS64, &info) != 0) {
    if (errno == ENXIO || errno == ENOTTY || errno == EINVAL) return std::nullopt;
    if (errno != EINTR) throw IoError(errno, "ask for the file of the loop device");
  }
  // The kernel's encoding (huge_encode_dev) is the one of st_dev.
  return Backing{major(info.lo_device), minor(info.lo_device), info.lo_inode, info.lo_offset};
}

}  // namespace loopDevice
