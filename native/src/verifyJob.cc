#include "chunkHashes.h"
#include "jobBindings.h"
#include "verifyEngine.h"

namespace {

/** The JavaScript class `VerifyJob`. */
class VerifyJob final : public Napi::ObjectWrap<VerifyJob> {
 public:
  static Napi::Function define(Napi::Env env) {
    return DefineClass(env, "VerifyJob",
                       {InstanceMethod<&VerifyJob::progress>("progress"), InstanceMethod<&VerifyJob::cancel>("cancel"),
                        InstanceMethod<&VerifyJob::pause>("pause"),
                        InstanceMethod<&VerifyJob::requestsLeft>("requestsLeft")});
  }

  explicit VerifyJob(const Napi::CallbackInfo& info) : Napi::ObjectWrap<VerifyJob>(info) {
    bindings::orThrow(info.Env(), [&] { start(info); });
  }

 private:
  void start(const Napi::CallbackInfo& info) {
    Napi::Env env = info.Env();
    const jobBindings::OptionReader reader(env, info[0]);
    VerifyEngine::Options options{};
    options.targetOffset = reader.integer("targetOffset", 0, arguments::kLargestInteger);
    options.extents = reader.extents({options.targetOffset});
    options.chunkBytes = reader.chunkBytes();
    const uint64_t chunkCount = reader.countChunks(options.extents, options.chunkBytes);
    const arguments::Bytes hashes = arguments::bytes(env, reader.get("chunkHashes"), "options.chunkHashes");
    if (hashes.length != chunkCount * ChunkHashes::kKeptBytes) {
      throw Napi::TypeError::New(env, "options.chunkHashes must hold 16 bytes for each of the " + std::to_string(chunkCount) +
                                          " chunks of the extents");
    }
    options.chunkHashes.assign(hashes.data, hashes.data + hashes.length);
    const unsigned inFlight = reader.inFlight();
    engine_ = std::make_shared<VerifyEngine>(reader.descriptor("targetFd"), std::move(options));
    const unsigned threadCount = static_cast<unsigned>(std::min<uint64_t>(inFlight, std::max<uint64_t>(chunkCount, 1)));
    jobBindings::start(info, engine_, threadCount, [engine = engine_](Napi::Env env) { return finish(env, *engine); });
  }

  static Napi::Value finish(Napi::Env env, const VerifyEngine& engine) {
    const VerifyEngine::Result result = engine.result();
    Napi::Object object = jobBindings::resultOf(env, engine);
    object.Set("mismatches", jobBindings::toJavaScript(env, result.mismatches));
    object.Set("mismatchCount", static_cast<double>(result.mismatchCount));
    object.Set("direct", result.isDirect);
    return object;
  }

  Napi::Value progress(const Napi::CallbackInfo& info) {
    Napi::Env env = info.Env();
    Napi::Object object = Napi::Object::New(env);
    object.Set("readBytes", static_cast<double>(engine_->readBytes()));
    object.Set("mismatches", static_cast<double>(engine_->mismatchCount()));
    object.Set("limit", jobBindings::limitOf(env, *engine_));
    object.Set("stuck", jobBindings::waitingOf(env, *engine_, jobBindings::kStuckAfter));
    return object;
  }

  void cancel(const Napi::CallbackInfo&) { engine_->cancel(); }

  void pause(const Napi::CallbackInfo& info) { engine_->pause(info[0].ToBoolean()); }

  Napi::Value requestsLeft(const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), engine_->threadsRunning()); }

  std::shared_ptr<VerifyEngine> engine_;
};

}  // namespace

namespace bindings {

void addVerifyJob(Napi::Env env, Napi::Object exports) { exports.Set("VerifyJob", VerifyJob::define(env)); }

}  // namespace bindings
