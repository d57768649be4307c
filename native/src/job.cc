#include "job.h"

#include <algorithm>
#include <cerrno>
#include <new>
#include <system_error>
#include <utility>

#include "threads.h"

namespace {

/** How long a job waits for its threads once it is cancelled; with what JavaScript adds it stays under 100 ms. */
constexpr auto kCancelGrace = std::chrono::milliseconds(30);
/** And when one of them has failed. */
constexpr auto kFailureGrace = std::chrono::milliseconds(2000);

Job::Failure noThreads() { return {EAGAIN, IoError::kNoOffset, Job::Side::kTarget, "no thread could be started"}; }

int64_t now() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

void Job::PhaseClock::enter(Phase phase) {
  const int64_t time = now();
  const Phase before = phase_.load(std::memory_order_relaxed);
  if (before != Phase::kIdle) spent_[static_cast<size_t>(before)] += time - since_.load(std::memory_order_relaxed);
  since_.store(time, std::memory_order_relaxed);
  phase_.store(phase, std::memory_order_relaxed);
}

void Job::start(unsigned threadCount, std::function<void()> onSettled) {
  onSettled_ = std::move(onSettled);
  for (unsigned index = 0; index < threadCount; ++index) clocks_.push_back(std::make_unique<PhaseClock>());
  try {
    threads::startDetached([self = shared_from_this(), threadCount] { self->supervise(threadCount); });
  } catch (const std::system_error&) {
    fail(noThreads());
    release();
    settle();
  }
}

void Job::settle() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    threadsLeft_ = running_;
    state_ = failure_ ? State::kFailed : isCancelled_ ? State::kCancelled : State::kDone;
  }
  const std::function<void()> onSettled = std::move(onSettled_);
  onSettled();
}

void Job::cancel() {
  std::lock_guard<std::mutex> lock(mutex_);
  if (state_ != State::kRunning || isCancelled_) return;
  isCancelled_ = true;
  stopping_ = true;
  deadline_ = std::chrono::steady_clock::now() + kCancelGrace;
  changed_.notify_all();
}

void Job::pause(bool isPaused) {
  std::lock_guard<std::mutex> lock(mutex_);
  isPaused_ = isPaused;
  changed_.notify_all();
}

void Job::waitWhilePaused(PhaseClock& clock) {
  if (!isPaused_.load(std::memory_order_relaxed)) return;
  clock.enter(Phase::kIdle);
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [this] { return !isPaused_ || isStopping(); });
  lock.unlock();
  clock.enter(Phase::kRead);
}

void Job::fail(Failure failure) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (isCancelled_) return;
  if (failure_) {
    // Several threads may fail: the first place is told.
    const bool isBefore = state_ == State::kRunning && failure.side == failure_->side && failure.offset < failure_->offset;
    if (isBefore && failure.offset != IoError::kNoOffset) failure_ = std::move(failure);
    return;
  }
  failure_ = std::move(failure);
  stopping_ = true;
  deadline_ = std::chrono::steady_clock::now() + kFailureGrace;
  changed_.notify_all();
}

std::optional<Job::Phase> Job::limit() {
  const int64_t time = now();
  std::array<int64_t, 3> spent{};
  for (const auto& clock : clocks_) {
    for (size_t phase = 0; phase < spent.size(); ++phase) spent[phase] += clock->spent_[phase];
    const Phase current = clock->phase_.load(std::memory_order_relaxed);
    if (current != Phase::kIdle) spent[static_cast<size_t>(current)] += time - clock->since_.load(std::memory_order_relaxed);
  }
  size_t most = 0;
  std::array<int64_t, 3> since{};
  for (size_t phase = 0; phase < spent.size(); ++phase) {
    since[phase] = spent[phase] - lastSpent_[phase];
    if (since[phase] > since[most]) most = phase;
  }
  lastSpent_ = spent;
  if (since[most] <= 0) return std::nullopt;
  return static_cast<Phase>(most);
}

Job::State Job::state() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return state_;
}

std::optional<Job::Failure> Job::failure() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return state_ == State::kFailed ? failure_ : std::nullopt;
}

unsigned Job::threadsLeft() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return threadsLeft_;
}

unsigned Job::threadsRunning() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return running_;
}

void Job::runThread(size_t index) noexcept {
  PhaseClock& clock = *clocks_[index];
  try {
    work(clock);
  } catch (const JobStopped&) {
    // That it was cancelled is known.
  } catch (const SidedError& error) {
    fail({error.errorNumber, error.offset, error.side, error.what()});
  } catch (const IoError& error) {
    fail({error.errorNumber, error.offset, Side::kTarget, error.what()});
  } catch (const std::bad_alloc&) {
    fail({ENOMEM, IoError::kNoOffset, Side::kTarget, "out of memory"});
  } catch (const std::exception& error) {
    fail({EIO, IoError::kNoOffset, Side::kTarget, error.what()});
  }
  clock.enter(Phase::kIdle);
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (running_ > 1) {
      --running_;
      return;
    }
  }
  // The last one: when the job is settled, its claims on the devices have ended. Closing may take its time, without the lock.
  release();
  std::lock_guard<std::mutex> lock(mutex_);
  --running_;
  changed_.notify_all();
}

void Job::supervise(unsigned threadCount) {
  unsigned started = 0;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    running_ = threadCount;
  }
  try {
    for (; started < threadCount; ++started) {
      threads::startDetached([self = shared_from_this(), index = started] { self->runThread(index); });
    }
  } catch (const std::system_error&) {
    // Fewer threads do the same work; none does nothing.
    if (started == 0) fail(noThreads());
    std::lock_guard<std::mutex> lock(mutex_);
    running_ -= threadCount - started;
    if (running_ == 0) release();
  }
  {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return running_ == 0 || isStopping(); });
    // A cancel may shorten the time that a failure is given.
    while (running_ != 0 && changed_.wait_until(lock, deadline_) != std::cv_status::timeout) {
    }
  }
  settle();
}
