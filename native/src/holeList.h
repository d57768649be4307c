#pragma once

#include <cstddef>
#include <cstdint>
#include <map>

/** Unreadable ranges in ascending order, touching ones joined; bounded. Not for several threads at once. */
class HoleList {
 public:
  static constexpr size_t kMostRanges = 65536;

  /** Adds a range that overlaps none before. Beyond `kMostRanges` it is only counted. */
  void add(uint64_t offset, uint64_t length) {
    bytes_ += length;
    auto after = ranges_.lower_bound(offset);
    if (after != ranges_.begin()) {
      auto before = std::prev(after);
      if (before->first + before->second == offset) {
        before->second += length;
        if (after != ranges_.end() && before->first + before->second == after->first) {
          before->second += after->second;
          ranges_.erase(after);
        }
        return;
      }
    }
    if (after != ranges_.end() && offset + length == after->first) {
      const uint64_t joined = length + after->second;
      ranges_.erase(after);
      ranges_.emplace(offset, joined);
    } else if (ranges_.size() < kMostRanges) {
      ranges_.emplace(offset, length);
    }
  }

  /** Length by offset. */
  const std::map<uint64_t, uint64_t>& ranges() const { return ranges_; }
  uint64_t bytes() const { return bytes_; }

 private:
  std::map<uint64_t, uint64_t> ranges_;
  uint64_t bytes_ = 0;
};
