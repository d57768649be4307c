#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace nbd {

struct ReadRange {
  uint64_t offset;
  uint64_t end;
};

/** Which bytes were read, in at most 64 ranges: those that touch are one, and of too many the two with the least between them become one. */
class ReadRanges {
 public:
  void add(uint64_t offset, uint64_t length);

  /** By offset; apart from each other. */
  const std::vector<ReadRange>& ranges() const { return ranges_; }
  uint64_t bytes() const { return bytes_; }
  uint64_t requests() const { return requests_; }
  /** Whether the ranges hold bytes that nobody asked for. */
  bool isRounded() const { return isRounded_; }

 private:
  void joinNearest();

  std::vector<ReadRange> ranges_;
  uint64_t bytes_ = 0;
  uint64_t requests_ = 0;
  bool isRounded_ = false;
};

}  // namespace nbd
