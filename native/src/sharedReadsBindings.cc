#include "sharedReadsBindings.h"

#include <string>

#include "arguments.h"
#include "bindings.h"

namespace {

/** Memory that one clone may take. */
constexpr uint64_t kLargestCapacity = 1ull << 30;

constexpr napi_type_tag kReadsTag = {0x6d1f0c5a9be24b1d, 0x8f3a57c2d0146e9b};
constexpr napi_type_tag kReaderTag = {0x2b90e7d4f1a84c36, 0x91c5d83e7a0bf264};

[[noreturn]] void refuse(Napi::Env env, const char* name, const char* expected) {
  throw Napi::TypeError::New(env, std::string(name) + " must be " + expected);
}

Napi::Object tagged(Napi::Env env, Napi::Value value, const napi_type_tag& tag, const char* name, const char* expected) {
  if (!value.IsObject() || !value.As<Napi::Object>().CheckTypeTag(&tag)) refuse(env, name, expected);
  return value.As<Napi::Object>();
}

/** The JavaScript class `SharedReads`. */
class SharedReadsObject final : public Napi::ObjectWrap<SharedReadsObject> {
 public:
  static Napi::Function define(Napi::Env env) { return DefineClass(env, "SharedReads", {}); }

  explicit SharedReadsObject(const Napi::CallbackInfo& info) : Napi::ObjectWrap<SharedReadsObject>(info) {
    Napi::Env env = info.Env();
    const Napi::Value capacity = arguments::object(env, info[0], "options").Get("capacityBytes");
    reads_ = std::make_shared<SharedReads>(
        static_cast<size_t>(arguments::integer(env, capacity, "options.capacityBytes", 0, kLargestCapacity)));
    info.This().As<Napi::Object>().TypeTag(&kReadsTag);
  }

  const std::shared_ptr<SharedReads>& reads() const { return reads_; }

 private:
  std::shared_ptr<SharedReads> reads_;
};

/** The JavaScript class `SharedReader`. */
class SharedReaderObject final : public Napi::ObjectWrap<SharedReaderObject> {
 public:
  static Napi::Function define(Napi::Env env) {
    return DefineClass(env, "SharedReader", {InstanceMethod<&SharedReaderObject::leave>("leave")});
  }

  explicit SharedReaderObject(const Napi::CallbackInfo& info) : Napi::ObjectWrap<SharedReaderObject>(info) {
    Napi::Env env = info.Env();
    const Napi::Object reads = tagged(env, info[0], kReadsTag, "reads", "a SharedReads");
    reader_ = SharedReadsObject::Unwrap(reads)->reads()->join();
    if (!reader_) throw Napi::RangeError::New(env, "there are too many readers");
    info.This().As<Napi::Object>().TypeTag(&kReaderTag);
  }

  const std::shared_ptr<SharedReads::Reader>& reader() const { return reader_; }

 private:
  void leave(const Napi::CallbackInfo&) { reader_->leave(); }

  std::shared_ptr<SharedReads::Reader> reader_;
};

}  // namespace

namespace sharedReadsBindings {

std::shared_ptr<SharedReads::Reader> readerOrNone(Napi::Env env, Napi::Value value, const char* name) {
  if (value.IsUndefined()) return nullptr;
  return SharedReaderObject::Unwrap(tagged(env, value, kReaderTag, name, "a SharedReader"))->reader();
}

}  // namespace sharedReadsBindings

namespace bindings {

void addSharedReads(Napi::Env env, Napi::Object exports) {
  exports.Set("SharedReads", SharedReadsObject::define(env));
  exports.Set("SharedReader", SharedReaderObject::define(env));
}

}  // namespace bindings
