#include "requestWatch.h"

#include <algorithm>
#include <iterator>

namespace {

using namespace std::chrono_literals;

/** A request is slow when it took longer than this, and than so many times the median. */
constexpr auto kSlow = 1s;
constexpr int kTimesMedian = 10;

/** Slow requests no further apart are told as one range. */
constexpr uint64_t kNear = 16ull << 20;
constexpr size_t kMostRanges = 1024;

double seconds(std::chrono::steady_clock::duration time) { return std::chrono::duration<double>(time).count(); }

}  // namespace

RequestWatch::Out::Out(RequestWatch& watch, Side side, uint64_t offset) : watch_(watch) {
  std::lock_guard<std::mutex> lock(watch_.mutex_);
  entry_ = watch_.out_.insert(watch_.out_.end(), {side, offset, Clock::now()});
}

RequestWatch::Out::~Out() {
  std::lock_guard<std::mutex> lock(watch_.mutex_);
  watch_.out_.erase(entry_);
}

std::vector<RequestWatch::Waiting> RequestWatch::waiting(std::chrono::milliseconds atLeast) const {
  std::lock_guard<std::mutex> lock(mutex_);
  std::vector<Waiting> result;
  const auto now = Clock::now();
  // They stand in the order in which they were made.
  for (const Entry& entry : out_) {
    if (now - entry.since < atLeast) break;
    result.push_back({entry.side, entry.offset, seconds(now - entry.since)});
  }
  return result;
}

std::vector<RequestWatch::SlowRange> RequestWatch::slow() const {
  std::lock_guard<std::mutex> lock(mutex_);
  std::vector<SlowRange> result;
  for (const auto& [place, range] : slow_) result.push_back(range);
  return result;
}

void RequestWatch::answered(Side side, uint64_t offset, uint64_t length, Clock::duration time) {
  std::lock_guard<std::mutex> lock(mutex_);
  const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(time).count();
  size_t power = 0;
  while (power + 1 < answers_.size() && (int64_t{1} << power) <= microseconds) ++power;
  const bool isSlow = time > kSlow && (answerCount_ == 0 || time > kTimesMedian * median());
  ++answers_[power];
  ++answerCount_;
  if (!isSlow) return;

  auto after = slow_.upper_bound({side, offset});
  if (after != slow_.begin()) {
    SlowRange& before = std::prev(after)->second;
    if (before.side == side && offset <= before.offset + before.length + kNear) {
      before.length = std::max(before.length, offset + length - before.offset);
      ++before.requests;
      before.longestSeconds = std::max(before.longestSeconds, seconds(time));
      return;
    }
  }
  if (slow_.size() < kMostRanges) slow_.emplace(std::pair(side, offset), SlowRange{side, offset, length, 1, seconds(time)});
}

RequestWatch::Clock::duration RequestWatch::median() const {
  uint64_t count = 0;
  size_t power = 0;
  while (power + 1 < answers_.size() && (count += answers_[power]) * 2 < answerCount_) ++power;
  return std::chrono::microseconds(int64_t{1} << power);
}
