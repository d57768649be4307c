#include "asyncWork.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>

#include "threads.h"

namespace asyncWork {

namespace {

constexpr size_t kMostThreads = 32;
constexpr auto kIdleTime = std::chrono::seconds(10);
constexpr auto kTeardownPatience = std::chrono::seconds(1);

/**
 * Threads started on demand and ended when idle. Never destroyed and never joined: a thread may hang in a request to a
 * dead device for ever, and the process must be able to end all the same.
 */
class ThreadPool {
 public:
  void run(std::function<void()> function) {
    std::lock_guard<std::mutex> lock(mutex_);
    queue_.push_back(std::move(function));
    if (idle_ >= queue_.size()) {
      wake_.notify_one();
    } else if (threads_ < kMostThreads) {
      ++threads_;
      try {
        threads::startDetached([this] { serve(); });
      } catch (...) {
        --threads_;
        // With at least one thread the work is only late; with none it would never be done.
        if (threads_ == 0) {
          queue_.pop_back();
          throw;
        }
      }
    }
  }

 private:
  void serve() {
    std::unique_lock<std::mutex> lock(mutex_);
    for (;;) {
      ++idle_;
      const bool hasWork = wake_.wait_for(lock, kIdleTime, [this] { return !queue_.empty(); });
      --idle_;
      if (!hasWork) break;
      std::function<void()> function = std::move(queue_.front());
      queue_.pop_front();
      lock.unlock();
      function();
      function = nullptr;
      lock.lock();
    }
    --threads_;
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> queue_;
  size_t threads_ = 0;
  size_t idle_ = 0;
};

ThreadPool& threadPool() {
  static ThreadPool* pool = new ThreadPool;
  return *pool;
}

class Hub;

void settleTask(Napi::Env env, Napi::Function callback, std::nullptr_t* context, Task* task);

using Completion = Napi::TypedThreadSafeFunction<std::nullptr_t, Task, settleTask>;

/**
 * The way of finished tasks back to one environment. Threads share it, so it outlives the environment; `alive_` says
 * whether there still is a JavaScript thread to answer to.
 */
class Hub : public std::enable_shared_from_this<Hub> {
 public:
  explicit Hub(Napi::Env env) : completion_(Completion::New(env, "diskwright", 0, 1)) { completion_.Unref(env); }

  /** On the JavaScript thread. */
  std::function<void()> expect(Napi::Env env, std::unique_ptr<Task> task) {
    if (task->usesJavaScriptMemory()) {
      std::lock_guard<std::mutex> lock(mutex_);
      ++usersOfMemory_;
    }
    if (pending_++ == 0) completion_.Ref(env);
    return [self = shared_from_this(), raw = task.release()] {
      raw->run();
      self->complete(raw);
    };
  }

  /** On the JavaScript thread: the task will never run. */
  void abandon(Napi::Env env, Task* task) {
    if (task->usesJavaScriptMemory()) {
      std::lock_guard<std::mutex> lock(mutex_);
      --usersOfMemory_;
    }
    settled(env);
    delete task;
  }

  /** On the JavaScript thread, after a task was settled. */
  void settled(Napi::Env env) {
    if (--pending_ == 0) completion_.Unref(env);
  }

  /**
   * On the JavaScript thread, at the end of the environment. Waits a moment for requests that write into JavaScript
   * buffers, as Node does for its own, but never for a device that hangs.
   */
  void close() {
    std::unique_lock<std::mutex> lock(mutex_);
    idle_.wait_for(lock, kTeardownPatience, [this] { return usersOfMemory_ == 0; });
    alive_ = false;
  }

 private:
  void complete(Task* task) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (task->usesJavaScriptMemory() && --usersOfMemory_ == 0) idle_.notify_all();
    // Without an environment the task's references cannot be released: they went with it.
    if (alive_) completion_.NonBlockingCall(task);
  }

  std::mutex mutex_;
  std::condition_variable idle_;
  Completion completion_;
  bool alive_ = true;
  size_t usersOfMemory_ = 0;
  size_t pending_ = 0;
};

struct EnvironmentData {
  std::shared_ptr<Hub> hub;
};

void settleTask(Napi::Env env, Napi::Function, std::nullptr_t*, Task* task) {
  std::unique_ptr<Task> owned(task);
  if (static_cast<napi_env>(env) == nullptr) {
    owned.release();
    return;
  }
  try {
    owned->settle(env);
  } catch (const Napi::Error&) {
    // The environment is being torn down: there is nobody left to tell.
  }
  env.GetInstanceData<EnvironmentData>()->hub->settled(env);
}

}  // namespace

void initialize(Napi::Env env) {
  auto* data = new EnvironmentData{std::make_shared<Hub>(env)};
  env.SetInstanceData(data);
  // Added after the thread-safe function, so it runs before that one is torn down.
  env.AddCleanupHook([hub = data->hub] { hub->close(); });
}

std::function<void()> expect(Napi::Env env, std::unique_ptr<Task> task) {
  return env.GetInstanceData<EnvironmentData>()->hub->expect(env, std::move(task));
}

void submit(Napi::Env env, std::unique_ptr<Task> task) {
  Hub& hub = *env.GetInstanceData<EnvironmentData>()->hub;
  Task* raw = task.get();
  std::function<void()> complete = hub.expect(env, std::move(task));
  try {
    threadPool().run(std::move(complete));
  } catch (const std::exception&) {
    hub.abandon(env, raw);
    throw Napi::Error::New(env, "no thread could be started for input and output");
  }
}

}  // namespace asyncWork
