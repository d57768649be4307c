#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "ioError.h"
#include "requestWatch.h"

/** Thrown within a job's thread when the job was cancelled: no failure. */
class JobStopped : public std::runtime_error {
 public:
  JobStopped() : std::runtime_error("cancelled") {}
};

/**
 * A long piece of work on threads of its own, which ends as done, cancelled or failed.
 *
 * The threads share ownership of the job, with its descriptors and buffers. When one of them hangs in a request the job is
 * settled without it after a moment of grace; what it needs stays alive until it comes back, if ever.
 */
class Job : public std::enable_shared_from_this<Job> {
 public:
  enum class State { kRunning, kDone, kCancelled, kFailed };
  using Side = ::Side;
  enum class Phase { kRead, kWrite, kHash, kIdle };

  struct Failure {
    int errorNumber;
    int64_t offset;
    Side side;
    std::string message;
  };

  virtual ~Job() = default;

  /** Starts `threadCount` threads; `onSettled` is called once, from any thread. Without threads it fails. */
  void start(unsigned threadCount, std::function<void()> onSettled);

  void cancel();

  /** While a job is paused its threads finish what they have and take nothing new. */
  void pause(bool isPaused);

  /** What most of the threads' time since the last call went to; null when none was busy. For one caller. */
  std::optional<Phase> limit();

  State state() const;
  /** When failed. */
  std::optional<Failure> failure() const;
  /** How many threads were still in a request when the job was settled. */
  unsigned threadsLeft() const;
  /** How many threads there are now: of a settled job, those that still have not come back. */
  unsigned threadsRunning() const;
  /** What its threads ask of the devices. */
  const RequestWatch& requests() const { return requests_; }

 protected:
  /** Keeps account of what one thread does. */
  class PhaseClock {
   public:
    void enter(Phase phase);

   private:
    friend class Job;
    std::atomic<Phase> phase_{Phase::kIdle};
    std::atomic<int64_t> since_{0};
    std::array<std::atomic<int64_t>, 3> spent_{};
  };

  /**
   * All that one thread does. What it throws fails the job. It takes nothing new once `isStopping`, but finishes what it
   * has unless `throwIfCancelled` throws: so of several failures the one at the first place is found, whichever came first.
   */
  virtual void work(PhaseClock& clock) = 0;
  /** Called on the last thread that ends: frees descriptors. */
  virtual void release() noexcept = 0;

  bool isStopping() const { return stopping_.load(std::memory_order_relaxed); }
  void throwIfCancelled() const {
    if (isCancelled_.load(std::memory_order_relaxed)) throw JobStopped();
  }
  /** To be called before a thread takes something new: waits while the job is paused, unless it is stopping. */
  void waitWhilePaused(PhaseClock& clock);
  RequestWatch& requests() { return requests_; }
  /** Guards what results are made of. */
  std::mutex& mutex() const { return mutex_; }

 private:
  void runThread(size_t index) noexcept;
  void supervise(unsigned threadCount);
  void settle();
  void fail(Failure failure);

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<bool> stopping_{false};
  State state_ = State::kRunning;
  std::atomic<bool> isCancelled_{false};
  std::atomic<bool> isPaused_{false};
  std::optional<Failure> failure_;
  unsigned running_ = 0;
  unsigned threadsLeft_ = 0;
  RequestWatch requests_;
  std::chrono::steady_clock::time_point deadline_;
  std::vector<std::unique_ptr<PhaseClock>> clocks_;
  std::array<int64_t, 3> lastSpent_{};
  std::function<void()> onSettled_;
};

/** An `IoError` and the device that it happened on. */
class SidedError : public IoError {
 public:
  SidedError(const IoError& error, Job::Side side) : IoError(error), side(side) {}

  Job::Side side;
};
