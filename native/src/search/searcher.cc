#include "searcher.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "../requestMemory.h"
#include "../sectorReader.h"
#include "sequence.h"

namespace search {

namespace {

/** Small enough to stay in a core's own cache between reading and searching. */
constexpr size_t kPieceBytes = 256 * 1024;

/** Collects the matches of all patterns in pieces of one stretch of bytes. */
class Collector {
 public:
  Collector(const std::vector<std::unique_ptr<Matcher>>& matchers, size_t mostHits)
      : matchers_(matchers), mostHits_(mostHits), free_(matchers.size(), 0) {}

  /** `base` is the offset of the first byte. Answers false when there are enough hits. */
  bool search(const uint8_t* bytes, size_t startsEnd, size_t end, uint64_t base, Found& found) {
    const size_t before = found.hits.size();
    for (size_t index = 0; index < matchers_.size(); ++index) {
      size_t from = free_[index] > base ? static_cast<size_t>(free_[index] - base) : 0;
      size_t count = before;
      while (from < startsEnd) {
        const std::optional<Match> match = matchers_[index]->find(bytes, from, startsEnd, end);
        if (!match) break;
        found.hits.push_back({base + match->start, match->end - match->start});
        from = match->end;
        // One more than wanted tells that there are more.
        if (++count > mostHits_) break;
      }
      free_[index] = base + from;
    }
    if (matchers_.size() > 1) {
      const auto first = found.hits.begin() + static_cast<ptrdiff_t>(before);
      std::sort(first, found.hits.end(), [](const Hit& a, const Hit& b) {
        return a.offset < b.offset || (a.offset == b.offset && a.length > b.length);
      });
    }
    found.isFull = found.hits.size() > mostHits_;
    if (found.isFull) found.hits.resize(mostHits_);
    return !found.isFull;
  }

 private:
  const std::vector<std::unique_ptr<Matcher>>& matchers_;
  const size_t mostHits_;
  /** For each pattern, where its last match ended. */
  std::vector<uint64_t> free_;
};

void addUnreadable(std::vector<device::Range>& ranges, uint64_t offset, uint64_t length) {
  if (!ranges.empty() && ranges.back().offset + ranges.back().length == offset) ranges.back().length += length;
  else ranges.push_back({offset, length});
}

}  // namespace

Searcher::Searcher(std::vector<std::vector<ByteSet>> sequences, std::optional<Program> program)
    : sequences_(std::move(sequences)), program_(std::move(program)) {
  if (program_) longest_ = program_->longest;
  for (const std::vector<ByteSet>& sequence : sequences_) longest_ = std::max(longest_, sequence.size());
}

Found Searcher::inDevice(int fd, uint64_t offset, uint64_t length, uint64_t end, size_t sectorSize, size_t mostHits) {
  Found found;
  SectorReader reader(fd, {sectorSize, 1, true}, [] {},
                      [&](uint64_t at, uint64_t count) { addUnreadable(found.unreadable, at, count); });
  Matchers matchers = borrow();
  Collector collector(matchers, mostHits);
  const uint64_t startsEnd = offset + length;
  const uint64_t readEnd = std::min(end, startsEnd + longest_ - 1);
  const requestMemory::Memory memory = requestMemory::allocate(kPieceBytes + longest_);
  uint8_t* bytes = memory.get();
  uint64_t base = offset;
  size_t carried = 0;
  for (uint64_t at = offset; at < readEnd;) {
    if (stopped_) throw Stopped();
    const size_t count = static_cast<size_t>(std::min<uint64_t>(kPieceBytes, readEnd - at));
    reader.read(at, bytes + carried, count);
    at += count;
    const size_t total = carried + count;
    // What begins so late that it might go on in the next piece is left for that.
    const size_t whole = total < longest_ ? 0 : total - longest_ + 1;
    const size_t searched = at == readEnd ? static_cast<size_t>(std::min<uint64_t>(total, startsEnd - base)) : whole;
    if (!collector.search(bytes, searched, total, base, found)) break;
    carried = total - searched;
    std::memmove(bytes, bytes + searched, carried);
    base += searched;
  }
  giveBack(std::move(matchers));
  return found;
}

Found Searcher::inBytes(const uint8_t* bytes, size_t startsEnd, size_t end, size_t mostHits) {
  Found found;
  Matchers matchers = borrow();
  Collector(matchers, mostHits).search(bytes, startsEnd, end, 0, found);
  giveBack(std::move(matchers));
  return found;
}

Searcher::Matchers Searcher::borrow() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!idle_.empty()) {
      Matchers matchers = std::move(idle_.back());
      idle_.pop_back();
      return matchers;
    }
  }
  Matchers matchers;
  for (const std::vector<ByteSet>& sequence : sequences_) matchers.push_back(std::make_unique<Sequence>(sequence));
  if (program_) matchers.push_back(std::make_unique<Automaton>(*program_, stopped_));
  return matchers;
}

void Searcher::giveBack(Matchers matchers) {
  std::lock_guard<std::mutex> lock(mutex_);
  idle_.push_back(std::move(matchers));
}

}  // namespace search
