#include "readRanges.h"

#include <algorithm>

namespace nbd {

namespace {

constexpr size_t kMostRanges = 64;

}  // namespace

void ReadRanges::add(uint64_t offset, uint64_t length) {
  bytes_ += length;
  ++requests_;
  ReadRange added{offset, offset + length};
  const auto from = std::lower_bound(ranges_.begin(), ranges_.end(), offset,
                                     [](const ReadRange& range, uint64_t start) { return range.end < start; });
  auto to = from;
  for (; to != ranges_.end() && to->offset <= added.end; ++to) {
    added.offset = std::min(added.offset, to->offset);
    added.end = std::max(added.end, to->end);
  }
  if (from == to) {
    ranges_.insert(from, added);
  } else {
    *from = added;
    ranges_.erase(from + 1, to);
  }
  if (ranges_.size() > kMostRanges) joinNearest();
}

void ReadRanges::joinNearest() {
  const auto gapBefore = [&](size_t index) { return ranges_[index].offset - ranges_[index - 1].end; };
  size_t nearest = 1;
  for (size_t index = 2; index < ranges_.size(); ++index)
    if (gapBefore(index) < gapBefore(nearest)) nearest = index;
  ranges_[nearest - 1].end = ranges_[nearest].end;
  ranges_.erase(ranges_.begin() + static_cast<std::ptrdiff_t>(nearest));
  isRounded_ = true;
}

}  // namespace nbd
