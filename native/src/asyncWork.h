#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#include <napi.h>

#include "ioError.h"

/**
 * Work off the JavaScript thread, answered by a Promise.
 *
 * It runs on threads of the addon's own, not on libuv's four: a device that hangs must not stop every file and hash
 * operation of the process, nor keep the process from ending.
 */
namespace asyncWork {

/** One piece of work with its promise. Made and destroyed on the JavaScript thread; only `run` is called elsewhere. */
class Task {
 public:
  virtual ~Task() = default;
  virtual void run() noexcept = 0;
  virtual void settle(Napi::Env env) = 0;
  /** Whether `run` uses memory of JavaScript objects, which is gone when the environment is. */
  virtual bool usesJavaScriptMemory() const { return false; }
};

/** Called once when the addon is loaded into an environment. */
void initialize(Napi::Env env);

/** Hands the task to a thread; `settle` is called on the JavaScript thread after `run`. */
void submit(Napi::Env env, std::unique_ptr<Task> task);

/**
 * For work that has threads of its own: the environment stays alive until the function that is answered was called, once
 * and from any thread; that calls `run`, and `settle` follows on the JavaScript thread.
 */
std::function<void()> expect(Napi::Env env, std::unique_ptr<Task> task);

template <typename Result, typename Work, typename Finish>
class FunctionTask final : public Task {
 public:
  FunctionTask(Napi::Env env, Work work, Finish finish, std::vector<Napi::ObjectReference> kept)
      : deferred_(Napi::Promise::Deferred::New(env)),
        work_(std::move(work)),
        finish_(std::move(finish)),
        kept_(std::move(kept)) {}

  Napi::Promise promise() const { return deferred_.Promise(); }

  void run() noexcept override {
    try {
      result_ = work_();
    } catch (...) {
      failure_ = std::current_exception();
    }
  }

  bool usesJavaScriptMemory() const override { return !kept_.empty(); }

  void settle(Napi::Env env) override {
    try {
      if (failure_) std::rethrow_exception(failure_);
      deferred_.Resolve(finish_(env, result_));
    } catch (const IoError& error) {
      deferred_.Reject(toJavaScript(env, error).Value());
    } catch (const Napi::Error& error) {
      deferred_.Reject(error.Value());
    } catch (const std::bad_alloc&) {
      deferred_.Reject(Napi::Error::New(env, "out of memory").Value());
    } catch (const std::exception& error) {
      deferred_.Reject(Napi::Error::New(env, error.what()).Value());
    }
  }

 private:
  Napi::Promise::Deferred deferred_;
  Work work_;
  Finish finish_;
  std::vector<Napi::ObjectReference> kept_;
  Result result_{};
  std::exception_ptr failure_;
};

/**
 * Runs `work()` on another thread and resolves the promise with `finish(env, result)` on this one. An exception of
 * either rejects it. The objects of `keptValues` (buffers that `work` uses) live until then.
 */
template <typename Work, typename Finish>
Napi::Promise promise(Napi::Env env, Work work, Finish finish, std::vector<Napi::Object> keptValues = {}) {
  using Result = decltype(work());
  try {
    std::vector<Napi::ObjectReference> kept;
    for (Napi::Object& value : keptValues) kept.push_back(Napi::Persistent(value));
    auto task = std::make_unique<FunctionTask<Result, Work, Finish>>(env, std::move(work), std::move(finish), std::move(kept));
    Napi::Promise result = task->promise();
    submit(env, std::move(task));
    return result;
  } catch (const std::bad_alloc&) {
    throw Napi::Error::New(env, "out of memory");
  }
}

/** A promise, and the function that makes it settle with `finish(env, work())`: see `expect`. */
template <typename Work, typename Finish>
std::pair<Napi::Promise, std::function<void()>> expectedPromise(Napi::Env env, Work work, Finish finish) {
  using Result = decltype(work());
  auto task = std::make_unique<FunctionTask<Result, Work, Finish>>(env, std::move(work), std::move(finish),
                                                                   std::vector<Napi::ObjectReference>());
  Napi::Promise result = task->promise();
  return {result, expect(env, std::move(task))};
}

}  // namespace asyncWork
