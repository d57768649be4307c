#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

/**
 * Memory for direct requests. Long requests are given memory in huge pages, where the system has them: a request out of small
 * pages that lie anywhere has a segment for each of them, more than a device takes at once, so that the kernel splits it.
 */
namespace requestMemory {

/** A multiple of every sector size that is supported. */
constexpr size_t kAlignment = 4096;

struct Free {
  void operator()(uint8_t* memory) const noexcept;
};
using Memory = std::unique_ptr<uint8_t, Free>;

/** At least `size` bytes, what they hold is undefined; throws std::bad_alloc. For all threads. */
Memory allocate(size_t size);

}  // namespace requestMemory
