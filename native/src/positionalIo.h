#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>

/** Reading and writing at a position, with any offset, length and memory, on direct descriptors too. */
namespace positionalIo {

/** Memory that suits every direct request; 4096 is a multiple of every sector size that is supported. */
constexpr size_t kMemoryAlignment = 4096;

struct FreeMemory {
  void operator()(uint8_t* memory) const { std::free(memory); }
};
using AlignedMemory = std::unique_ptr<uint8_t, FreeMemory>;

/** `size` bytes, rounded up to the alignment; throws std::bad_alloc. */
inline AlignedMemory allocateAligned(size_t size) {
  const size_t rounded = (size + kMemoryAlignment - 1) / kMemoryAlignment * kMemoryAlignment;
  auto* memory = static_cast<uint8_t*>(std::aligned_alloc(kMemoryAlignment, rounded == 0 ? kMemoryAlignment : rounded));
  if (memory == nullptr) throw std::bad_alloc();
  return AlignedMemory(memory);
}

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
