#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

/** Which of a job's devices. */
enum class Side { kSource, kTarget };

/**
 * Times the requests that a job's threads make: which of them are out, and which took far longer than most. For all threads.
 */
class RequestWatch {
 public:
  /** A request that was not answered yet. */
  struct Waiting {
    Side side;
    uint64_t offset;
    double seconds;
  };

  /** Where requests were slow; ones that lie near each other are told together. */
  struct SlowRange {
    Side side;
    uint64_t offset;
    uint64_t length;
    uint64_t requests;
    double longestSeconds;
  };

  /** Carries out a request. One that fails is not judged: it is told as what it failed by. */
  template <typename Action>
  auto time(Side side, uint64_t offset, uint64_t length, Action action) {
    const Out out(*this, side, offset);
    auto answer = action();
    answered(side, offset, length, out.age());
    return answer;
  }

  /** Requests that are out for so long, the longest first. */
  std::vector<Waiting> waiting(std::chrono::milliseconds atLeast) const;
  /** In the order of sides and offsets; bounded. */
  std::vector<SlowRange> slow() const;

 private:
  using Clock = std::chrono::steady_clock;
  struct Entry {
    Side side;
    uint64_t offset;
    Clock::time_point since;
  };

  /** Notes a request as long as it lives. */
  class Out {
   public:
    Out(RequestWatch& watch, Side side, uint64_t offset);
    ~Out();
    Clock::duration age() const { return Clock::now() - entry_->since; }

   private:
    RequestWatch& watch_;
    std::list<Entry>::iterator entry_;
  };

  void answered(Side side, uint64_t offset, uint64_t length, Clock::duration time);
  Clock::duration median() const;

  mutable std::mutex mutex_;
  std::list<Entry> out_;
  /** How many answers took less than 2^n microseconds and not less than half of that. */
  std::array<uint64_t, 48> answers_{};
  uint64_t answerCount_ = 0;
  std::map<std::pair<Side, uint64_t>, SlowRange> slow_;
};
