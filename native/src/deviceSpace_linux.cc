#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "device.h"
#include "ioError.h"
#include "positionalIo.h"

namespace device {

namespace {

/** Long ranges go to the kernel in pieces, so that no single call takes minutes. */
constexpr uint64_t kPiece = 1ull << 30;

/** The whole sectors within a range; empty when `end <= start`. */
struct WholeSectors {
  WholeSectors(uint64_t offset, uint64_t length, uint64_t sectorSize)
      : start((offset + sectorSize - 1) / sectorSize * sectorSize), end((offset + length) / sectorSize * sectorSize) {}

  bool empty() const { return end <= start; }

  uint64_t start;
  uint64_t end;
};

bool isUnsupported(int errorNumber) {
  return errorNumber == EOPNOTSUPP || errorNumber == ENOTTY || errorNumber == ENOSYS || errorNumber == EINVAL;
}

/** Calls `request(start, length)` for each piece; it answers 0 or −1 with errno. Answers 0 or the first error number. */
template <typename Request>
int inPieces(uint64_t start, uint64_t end, uint64_t& done, Request request) {
  for (done = start; done < end;) {
    const uint64_t length = std::min(kPiece, end - done);
    if (request(done, length) == 0) {
      done += length;
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

int ioctlRange(int fd, unsigned long request, uint64_t start, uint64_t length) {
  uint64_t range[2] = {start, length};
  return ioctl(fd, request, range);
}

/** Answers the position found, or −1 with errno. Moves the descriptor's file position, which nothing here uses. */
off_t seek(int fd, uint64_t offset, int whence) { return lseek(fd, static_cast<off_t>(offset), whence); }

}  // namespace

DataRanges dataRanges(int fd, uint64_t offset, uint64_t length, size_t maxCount) {
  DataRanges result;
  const Description description = describe(fd);
  const uint64_t end = std::min(offset + length, description.size);
  if (offset >= end) return result;
  if (description.isBlock) {
    result.ranges.push_back({offset, end - offset});
    return result;
  }
  uint64_t position = offset;
  while (position < end) {
    const off_t dataStart = seek(fd, position, SEEK_DATA);
    if (dataStart < 0 && errno == ENXIO) break;  // nothing but a hole up to the end of the file
    if (dataStart < 0 && isUnsupported(errno)) {
      result.ranges.push_back({position, end - position});
      break;
    }
    if (dataStart < 0) throw IoError(errno, "look for data", static_cast<int64_t>(position));
    const uint64_t start = static_cast<uint64_t>(dataStart);
    if (start >= end) break;
    if (result.ranges.size() == maxCount) {
      result.next = start;
      break;
    }
    const off_t dataEnd = seek(fd, start, SEEK_HOLE);
    if (dataEnd < 0 && errno != ENXIO) throw IoError(errno, "look for a hole", static_cast<int64_t>(start));
    // The file may have been cut short or filled meanwhile: always go forward.
    const uint64_t found = dataEnd < 0 ? end : std::min(static_cast<uint64_t>(dataEnd), end);
    if (found <= start) break;
    result.ranges.push_back({start, found - start});
    position = found;
  }
  return result;
}

void zero(int fd, uint64_t offset, uint64_t length, bool unmap) {
  if (length == 0) return;
  const Description description = describe(fd);
  if (description.isBlock && offset + length > description.size) {
    // Punching would end at the end of the device and call that a success.
    throw IoError(ENOSPC, "zero", static_cast<int64_t>(std::max(offset, description.size)));
  }
  const positionalIo::Channel channel(fd);
  // Of a file that is written past the page cache, other writers change a part of a page by reading and writing all of it, one at a time:
  // a hole that is punched into a part meanwhile would be undone.
  const WholeSectors whole(offset, length, description.isBlock ? description.logicalSectorSize : channel.alignment);
  if (whole.empty()) return positionalIo::writeZeros(channel, offset, length);

  positionalIo::writeZeros(channel, offset, whole.start - offset);
  positionalIo::writeZeros(channel, whole.end, offset + length - whole.end);

  uint64_t done = whole.start;
  const int mode = unmap ? FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE : FALLOC_FL_ZERO_RANGE;
  int error = inPieces(whole.start, whole.end, done, [&](uint64_t start, uint64_t count) {
    return fallocate(fd, mode, static_cast<off_t>(start), static_cast<off_t>(count));
  });
  if (error != 0 && description.isBlock) {
    error = inPieces(done, whole.end, done, [&](uint64_t start, uint64_t count) {
      return ioctlRange(fd, BLKZEROOUT, start, count);
    });
  }
  // Where the device failed, writing finds out exactly where; and it may well succeed.
  if (error != 0 && !isUnsupported(error) && !isMediumError(error)) throw IoError(error, "zero", static_cast<int64_t>(done));
  if (error != 0) return positionalIo::writeZeros(channel, done, whole.end - done);

  // Punching never lengthens a file; one zero at its new end does.
  if (!description.isBlock && unmap && whole.end > describe(fd).size) positionalIo::writeZeros(channel, whole.end - 1, 1);
}

bool discard(int fd, uint64_t offset, uint64_t length) {
  const Description description = describe(fd);
  const WholeSectors whole(offset, length, description.logicalSectorSize);
  if (whole.empty()) return true;
  uint64_t done = whole.start;
  const int error = inPieces(whole.start, whole.end, done, [&](uint64_t start, uint64_t count) {
    if (description.isBlock) return ioctlRange(fd, BLKDISCARD, start, count);
    return fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(start), static_cast<off_t>(count));
  });
  if (error == 0) return true;
  if (isUnsupported(error)) return false;
  throw IoError(error, "discard", static_cast<int64_t>(done));
}

bool cloneRange(int sourceFd, uint64_t sourceOffset, int targetFd, uint64_t targetOffset, uint64_t length) {
  // Of length 0 it would be the rest of the file.
  if (length == 0) return true;
  uint64_t done = 0;
  const int error = inPieces(targetOffset, targetOffset + length, done, [&](uint64_t start, uint64_t count) {
    file_clone_range range{};
    range.src_fd = sourceFd;
    range.src_offset = sourceOffset + (start - targetOffset);
    range.src_length = count;
    range.dest_offset = start;
    return ioctl(targetFd, FICLONERANGE, &range);
  });
  if (error == 0) return true;
  // Another filesystem, a file for swapping, a device.
  if (isUnsupported(error) || error == EXDEV || error == ETXTBSY || error == EISDIR || error == EBADF) return false;
  throw IoError(error, "clone", static_cast<int64_t>(done));
}

}  // namespace device
