#include "positionalIo.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <string>

#include "device.h"
#include "ioError.h"
#include "requestMemory.h"

namespace positionalIo {

namespace {

constexpr size_t kBounceSize = 1 << 20;

uint64_t roundDown(uint64_t value, size_t alignment) { return value - value % alignment; }
uint64_t roundUp(uint64_t value, size_t alignment) { return roundDown(value + alignment - 1, alignment); }

bool isAligned(const void* memory, size_t alignment) { return reinterpret_cast<uintptr_t>(memory) % alignment == 0; }

[[noreturn]] void failed(const char* operation, size_t length, uint64_t offset) {
  throw IoError(errno, std::string(operation) + " of " + std::to_string(length) + " bytes", static_cast<int64_t>(offset));
}

/** Offset, length and memory already suit the descriptor. */
size_t readAligned(int fd, uint64_t offset, uint8_t* buffer, size_t length, size_t alignment) {
  size_t done = 0;
  while (done < length) {
    const int64_t count = device::readOnce(fd, buffer + done, length - done, offset + done);
    if (count < 0) failed("read", length - done, offset + done);
    done += static_cast<size_t>(count);
    // A direct read that ends within a sector has met the end of a file; going on from there would be refused.
    if (count == 0 || done % alignment != 0) break;
  }
  return done;
}

void writeAligned(int fd, uint64_t offset, const uint8_t* buffer, size_t length) {
  size_t done = 0;
  while (done < length) {
    const int64_t count = device::writeOnce(fd, buffer + done, length - done, offset + done);
    if (count == 0) errno = EIO;
    if (count <= 0) failed("write", length - done, offset + done);
    done += static_cast<size_t>(count);
  }
}

/** Two writers of one partial sector would undo each other's part: they take turns, by descriptor. */
std::mutex& partialSectorLock(int fd) {
  static std::mutex* locks = new std::mutex[16];
  return locks[fd % 16];
}

/** Changes part of one sector. `scratch` holds a sector, aligned. */
void writePartialSector(int fd, uint64_t offset, const uint8_t* buffer, size_t length, size_t alignment, uint8_t* scratch) {
  std::lock_guard<std::mutex> lock(partialSectorLock(fd));
  const uint64_t start = roundDown(offset, alignment);
  const size_t within = static_cast<size_t>(offset - start);
  const size_t present = readAligned(fd, start, scratch, alignment, alignment);
  if (present < alignment) {
    // At the end of a file a whole sector would lengthen it.
    const device::Descriptor buffered = device::reopen(fd, device::Access::kWrite, false);
    writeAligned(buffered.fd(), offset, buffer, length);
    return;
  }
  std::memcpy(scratch + within, buffer, length);
  writeAligned(fd, start, scratch, alignment);
}

}  // namespace

Channel::Channel(int fd) : fd(fd), alignment(device::requestAlignment(fd)) {}

size_t read(const Channel& channel, uint64_t offset, uint8_t* buffer, size_t length) {
  const auto [fd, alignment] = channel;
  if (offset % alignment == 0 && length % alignment == 0 && isAligned(buffer, alignment)) {
    return readAligned(fd, offset, buffer, length, alignment);
  }
  const uint64_t end = offset + length;
  const requestMemory::Memory bounce = requestMemory::allocate(std::min<uint64_t>(kBounceSize, roundUp(end, alignment) - roundDown(offset, alignment)));
  size_t done = 0;
  while (done < length) {
    const uint64_t start = roundDown(offset + done, alignment);
    const size_t skipped = static_cast<size_t>(offset + done - start);
    const size_t wanted = static_cast<size_t>(std::min<uint64_t>(kBounceSize, roundUp(end, alignment) - start));
    const size_t present = readAligned(fd, start, bounce.get(), wanted, alignment);
    if (present <= skipped) break;
    const size_t useful = std::min(present - skipped, length - done);
    std::memcpy(buffer + done, bounce.get() + skipped, useful);
    done += useful;
    if (present < wanted) break;
  }
  return done;
}

void write(const Channel& channel, uint64_t offset, const uint8_t* buffer, size_t length) {
  const auto [fd, alignment] = channel;
  if (offset % alignment == 0 && length % alignment == 0 && isAligned(buffer, alignment)) {
    return writeAligned(fd, offset, buffer, length);
  }
  const requestMemory::Memory bounce = requestMemory::allocate(std::max<size_t>(alignment, std::min<size_t>(kBounceSize, length)));
  size_t done = 0;
  while (done < length) {
    const uint64_t position = offset + done;
    const size_t remaining = length - done;
    size_t step;
    if (position % alignment != 0 || remaining < alignment) {
      step = std::min<size_t>(remaining, static_cast<size_t>(roundDown(position, alignment) + alignment - position));
      writePartialSector(fd, position, buffer + done, step, alignment, bounce.get());
    } else {
      step = std::min<size_t>(kBounceSize, static_cast<size_t>(roundDown(remaining, alignment)));
      std::memcpy(bounce.get(), buffer + done, step);
      writeAligned(fd, position, bounce.get(), step);
    }
    done += step;
  }
}

void writeZeros(const Channel& channel, uint64_t offset, uint64_t length) {
  const size_t step = static_cast<size_t>(std::min<uint64_t>(kBounceSize, length));
  const requestMemory::Memory zeros = requestMemory::allocate(step);
  std::memset(zeros.get(), 0, step);
  for (uint64_t done = 0; done < length;) {
    const size_t count = static_cast<size_t>(std::min<uint64_t>(step, length - done));
    write(channel, offset + done, zeros.get(), count);
    done += count;
  }
}

}  // namespace positionalIo
