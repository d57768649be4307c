#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include <napi.h>

#include "arguments.h"
#include "asyncWork.h"
#include "bindings.h"
#include "device.h"
#include "extentList.h"
#include "job.h"

/** What the JavaScript classes of the jobs have in common. */
namespace jobBindings {

constexpr uint64_t kDefaultChunkBytes = 1 << 20;
constexpr uint64_t kDefaultInFlight = 4;

/** After so long without an answer a request is told of. */
constexpr std::chrono::milliseconds kStuckAfter{2000};

/** Reads the fields of an options object, with defaults and limits; all errors are `TypeError`. */
class OptionReader {
 public:
  OptionReader(Napi::Env env, Napi::Value options) : env_(env), options_(arguments::object(env, options, "options")) {}

  Napi::Value get(const char* name) const { return options_.Get(name); }
  uint64_t integer(const char* name, uint64_t least, uint64_t most) const;
  uint64_t integerOr(const char* name, uint64_t absent, uint64_t least, uint64_t most) const;
  /** The index of the option's text in `choices`. */
  size_t choice(const char* name, const std::vector<const char*>& choices) const;
  device::Descriptor descriptor(const char* name) const;
  size_t chunkBytes() const;
  unsigned inFlight() const { return static_cast<unsigned>(integerOr("inFlight", kDefaultInFlight, 1, 64)); }
  /** The extent list, none of which ends after 2^53 − 1 when it is shifted by one of `shifts`. */
  std::vector<extentList::Extent> extents(const std::vector<uint64_t>& shifts) const;
  /** A list that may be absent. */
  std::vector<extentList::Extent> extentsOrNone(const char* name) const;
  /** How many chunks there are; refused when they are too many to keep a hash of each. */
  uint64_t countChunks(const std::vector<extentList::Extent>& extents, uint64_t chunkBytes) const;

 private:
  std::vector<extentList::Extent> extentList(const char* name) const;

  Napi::Env env_;
  Napi::Object options_;
};

Napi::Value limitOf(Napi::Env env, Job& job);
Napi::Array toJavaScript(Napi::Env env, const std::vector<device::Range>& ranges);

/** `[{side, offset, seconds}]`, of requests that were not answered for so long. */
Napi::Array waitingOf(Napi::Env env, const Job& job, std::chrono::milliseconds atLeast);

/** `{state, error?, requestsLeft, stuck, slow}` of a settled job, to which each kind of job adds its own. */
Napi::Object resultOf(Napi::Env env, const Job& job);

/**
 * Starts the job and gives its JavaScript object the property `done`, a promise of `finish(env)`; calls `onEnd` with the
 * same. The job is cancelled when the environment ends before.
 */
template <typename Finish>
void start(const Napi::CallbackInfo& info, const std::shared_ptr<Job>& job, unsigned threadCount, Finish finish) {
  Napi::Env env = info.Env();
  if (!info[1].IsUndefined() && !info[1].IsFunction()) throw Napi::TypeError::New(env, "onEnd must be a function");
  auto cleanup = env.AddCleanupHook([job] { job->cancel(); });
  auto [done, settle] = asyncWork::expectedPromise(
      env, [] { return bindings::Nothing{}; },
      [cleanup, finish](Napi::Env env, const bindings::Nothing&) mutable {
        cleanup.Remove(env);
        return finish(env);
      });
  job->start(threadCount, settle);
  info.This().template As<Napi::Object>().DefineProperty(Napi::PropertyDescriptor::Value("done", done, napi_enumerable));
  if (info[1].IsFunction()) done.Get("then").template As<Napi::Function>().Call(done, {info[1]});
}

}  // namespace jobBindings
