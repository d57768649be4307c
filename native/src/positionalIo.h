#pragma once

#include <cstddef>
#include <cstdint>

/** Reading and writing at a position, with any offset, length and memory, on direct descriptors too. */
namespace positionalIo {

/** A descriptor and the multiple that its requests must be aligned to. */
struct Channel {
  /** Throws `IoError` (EBADF). */
  explicit Channel(int fd);

  int fd;
  size_t alignment;
};

/**
 * Reads until `length` bytes are there or the device ends; answers how many there are. Throws `IoError` with the offset
 * of the request that failed. On a direct descriptor the range is widened to whole sectors into memory of its own.
 */
size_t read(const Channel& channel, uint64_t offset, uint8_t* buffer, size_t length);

/**
 * Writes all of it or throws `IoError` with the offset of the request that failed. On a direct descriptor a partial
 * sector at either edge is read, changed and written back.
 */
void write(const Channel& channel, uint64_t offset, const uint8_t* buffer, size_t length);

/** Writes zeros, where a device has no shorter way to them. */
void writeZeros(const Channel& channel, uint64_t offset, uint64_t length);

}  // namespace positionalIo
