#pragma once

#include <algorithm>
#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

#include "extentList.h"

/** A piece of one extent; `index` counts all chunks in extent order. */
struct Chunk {
  uint64_t index;
  /** As in the extent list, without a shift. */
  uint64_t offset;
  size_t length;
};

/** Hands out the chunks of an extent list in order, to many threads. The list must outlive it. */
class ChunkCursor {
 public:
  ChunkCursor(const std::vector<extentList::Extent>& extents, size_t chunkBytes)
      : extents_(extents), chunkBytes_(chunkBytes) {}

  std::optional<Chunk> next() {
    std::lock_guard<std::mutex> lock(mutex_);
    if (extent_ == extents_.size()) return std::nullopt;
    const extentList::Extent& extent = extents_[extent_];
    const uint64_t length = std::min<uint64_t>(chunkBytes_, extent.length - within_);
    const Chunk chunk{index_++, extent.offset + within_, static_cast<size_t>(length)};
    within_ += length;
    if (within_ == extent.length) {
      ++extent_;
      within_ = 0;
    }
    return chunk;
  }

 private:
  const std::vector<extentList::Extent>& extents_;
  const size_t chunkBytes_;
  std::mutex mutex_;
  size_t extent_ = 0;
  uint64_t within_ = 0;
  uint64_t index_ = 0;
};
