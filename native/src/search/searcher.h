#pragma once

#include <atomic>
#include <mutex>

#include "../device.h"
#include "automaton.h"
#include "matcher.h"

namespace search {

struct Hit {
  uint64_t offset;
  uint64_t length;
};

struct Found {
  /** Ascending; no two of one pattern overlap. */
  std::vector<Hit> hits;
  /** Where nothing could be read; searched as zeros. */
  std::vector<device::Range> unreadable;
  /** There were more hits than were wanted: those from the last one on are missing. */
  bool isFull = false;
};

/** What is looked for, by any number of threads at once. */
class Searcher {
 public:
  /** At least one sequence or a program. */
  Searcher(std::vector<std::vector<ByteSet>> sequences, std::optional<Program> program);

  size_t longest() const { return longest_; }

  /**
   * The matches that begin in [offset, offset + length) and end at `end` or before; `end` ≥ offset + length.
   * Throws `IoError` for what is not a bad sector, `Stopped`.
   */
  Found inDevice(int fd, uint64_t offset, uint64_t length, uint64_t end, size_t sectorSize, size_t mostHits);

  /** The matches that begin in the first `startsEnd` bytes. Offsets from the start of the bytes. Throws `Stopped`. */
  Found inBytes(const uint8_t* bytes, size_t startsEnd, size_t end, size_t mostHits);

  /** For good, from any thread: what searches gives up soon, unless it waits for a device. */
  void stop() { stopped_ = true; }

 private:
  using Matchers = std::vector<std::unique_ptr<Matcher>>;

  /** Matchers are for one thread at a time, and what an automaton has learned is worth keeping. */
  Matchers borrow();
  void giveBack(Matchers matchers);

  const std::vector<std::vector<ByteSet>> sequences_;
  const std::optional<Program> program_;
  size_t longest_ = 0;
  std::atomic<bool> stopped_{false};
  std::mutex mutex_;
  std::vector<Matchers> idle_;
};

}  // namespace search
