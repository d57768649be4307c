#include "copyEngine.h"
#include "jobBindings.h"
#include "sharedReadsBindings.h"

namespace {

/** The JavaScript class `CopyJob`. */
class CopyJob final : public Napi::ObjectWrap<CopyJob> {
 public:
  static Napi::Function define(Napi::Env env) {
    return DefineClass(env, "CopyJob",
                       {InstanceMethod<&CopyJob::progress>("progress"), InstanceMethod<&CopyJob::cancel>("cancel"),
                        InstanceMethod<&CopyJob::pause>("pause"),
                        InstanceMethod<&CopyJob::requestsLeft>("requestsLeft")});
  }

  explicit CopyJob(const Napi::CallbackInfo& info) : Napi::ObjectWrap<CopyJob>(info) {
    bindings::orThrow(info.Env(), [&] { start(info); });
  }

 private:
  void start(const Napi::CallbackInfo& info) {
    const jobBindings::OptionReader reader(info.Env(), info[0]);
    CopyEngine::Options options = readOptions(info.Env(), reader);
    const unsigned inFlight = reader.inFlight();
    const uint64_t chunkCount = reader.countChunks(options.extents, options.chunkBytes);
    device::Descriptor source = reader.descriptor("sourceFd");
    device::Descriptor target = reader.descriptor("targetFd");
    engine_ = std::make_shared<CopyEngine>(std::move(source), std::move(target), std::move(options));
    const unsigned threadCount = static_cast<unsigned>(std::min<uint64_t>(inFlight, std::max<uint64_t>(chunkCount, 1)));
    jobBindings::start(info, engine_, threadCount, [engine = engine_](Napi::Env env) { return finish(env, *engine); });
  }

  static CopyEngine::Options readOptions(Napi::Env env, const jobBindings::OptionReader& reader) {
    CopyEngine::Options options{};
    options.sourceOffset = reader.integer("sourceOffset", 0, arguments::kLargestInteger);
    options.targetOffset = reader.integer("targetOffset", 0, arguments::kLargestInteger);
    options.extents = reader.extents({options.sourceOffset, options.targetOffset});
    options.suspects = reader.extentsOrNone("suspects");
    options.givenUp = reader.extentsOrNone("givenUp");
    options.chunkBytes = reader.chunkBytes();
    options.zeroDetection = static_cast<CopyEngine::ZeroDetection>(reader.choice("zeroDetection", {"write", "skip", "zero"}));
    options.keepsEqual = reader.get("keepsEqual").ToBoolean();
    options.hashes = reader.get("hashes").IsUndefined() || reader.get("hashes").ToBoolean();
    options.readPolicy.sectorSize = static_cast<size_t>(reader.integer("sectorSize", 512, 65536));
    if ((options.readPolicy.sectorSize & (options.readPolicy.sectorSize - 1)) != 0) {
      throw Napi::TypeError::New(env, "options.sectorSize must be a power of two");
    }
    options.readPolicy.skipsUnreadable = reader.choice("onReadError", {"stop", "skip"}) == 1;
    options.readPolicy.retries = static_cast<unsigned>(reader.integer("retries", 0, 100));
    options.sharedReader = sharedReadsBindings::readerOrNone(env, reader.get("sharedReader"), "options.sharedReader");
    return options;
  }

  static Napi::Value finish(Napi::Env env, const CopyEngine& engine) {
    const CopyEngine::Result result = engine.result();
    Napi::Object object = jobBindings::resultOf(env, engine);
    object.Set("holes", jobBindings::toJavaScript(env, result.holes));
    object.Set("holeBytes", static_cast<double>(result.holeBytes));
    object.Set("unchangedBytes", static_cast<double>(engine.progress().unchangedBytes));
    object.Set("blake3", result.blake3);
    object.Set("chunkHashes", Napi::Buffer<uint8_t>::Copy(env, result.chunkHashes.data(), result.chunkHashes.size()));
    return object;
  }

  Napi::Value progress(const Napi::CallbackInfo& info) {
    Napi::Env env = info.Env();
    const CopyEngine::Progress progress = engine_->progress();
    Napi::Object object = Napi::Object::New(env);
    object.Set("readBytes", static_cast<double>(progress.readBytes));
    object.Set("writtenBytes", static_cast<double>(progress.writtenBytes));
    object.Set("zeroBytes", static_cast<double>(progress.zeroBytes));
    object.Set("holes", static_cast<double>(progress.holes));
    object.Set("limit", jobBindings::limitOf(env, *engine_));
    object.Set("stuck", jobBindings::waitingOf(env, *engine_, jobBindings::kStuckAfter));
    return object;
  }

  void cancel(const Napi::CallbackInfo&) { engine_->cancel(); }

  void pause(const Napi::CallbackInfo& info) { engine_->pause(info[0].ToBoolean()); }

  Napi::Value requestsLeft(const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), engine_->threadsRunning()); }

  std::shared_ptr<CopyEngine> engine_;
};

}  // namespace

namespace bindings {

void addCopyJob(Napi::Env env, Napi::Object exports) { exports.Set("CopyJob", CopyJob::define(env)); }

}  // namespace bindings
