#include "sharedReadsBindings.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>

#include "arguments.h"
#include "bindings.h"
#include "device.h"

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
    return DefineClass(env, "SharedReader",
                       {InstanceMethod<&SharedReaderObject::turn>("turn"), InstanceMethod<&SharedReaderObject::leave>("leave")});
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
  Napi::Value turn(const Napi::CallbackInfo& info) {
    Napi::Env env = info.Env();
    const SharedReads::Place place = placeOf(env, arguments::object(env, info[0], "place"));
    const auto waited = std::chrono::milliseconds(arguments::integer(env, info[1], "waitedMilliseconds", 0, UINT32_MAX));
    auto turn = std::make_shared<SharedReads::Turn>();
    if (!reader_->tryTurn(place, SharedReads::Clock::now() - waited, *turn)) return env.Null();
    Napi::Object answer = Napi::Object::New(env);
    if (const SharedReads::Chunk* chunk = turn->taken()) {
      answer.Set("digest", Napi::Buffer<uint8_t>::Copy(env, chunk->digest.data(), chunk->digest.size()));
      const bool isZero = chunk->isAllZeros;
      answer.Set("bytes", isZero ? env.Null() : Napi::Buffer<uint8_t>::Copy(env, chunk->bytes.get(), place.length).As<Napi::Value>());
    } else if (turn->memory() != nullptr) {
      answer.Set("publish", Napi::Function::New(env, [turn, length = place.length](const Napi::CallbackInfo& info) {
        publish(info.Env(), *turn, length, info[0], info[1]);
      }));
    }
    return answer;
  }

  /** Without bytes the chunk is given up; null bytes are zeros. */
  static void publish(Napi::Env env, SharedReads::Turn& turn, size_t length, Napi::Value bytes, Napi::Value digest) {
    if (turn.memory() == nullptr) return;
    if (bytes.IsUndefined()) {
      turn.abandon();
      return;
    }
    const arguments::Bytes hashed = arguments::bytes(env, digest, "digest");
    hash::Digest result;
    if (hashed.length != result.size()) refuse(env, "digest", "32 bytes");
    std::copy_n(hashed.data, result.size(), result.begin());
    if (bytes.IsNull()) {
      std::fill_n(turn.memory(), length, uint8_t{0});
    } else {
      const arguments::Bytes content = arguments::bytes(env, bytes, "bytes");
      if (content.length != length) refuse(env, "bytes", "as long as the chunk");
      std::copy_n(content.data, length, turn.memory());
    }
    turn.publish(bytes.IsNull(), result);
  }

  static SharedReads::Place placeOf(Napi::Env env, const Napi::Object& place) {
    const uint64_t offset = arguments::integer(env, place.Get("offset"), "place.offset", 0, arguments::kLargestInteger);
    const uint64_t length = arguments::integer(env, place.Get("length"), "place.length", 1, arguments::kLargestTransfer);
    const Napi::Value fd = place.Get("fd");
    if (fd.IsUndefined()) return SharedReads::namedPlace(arguments::text(env, place.Get("name"), "place.name"), offset, length);
    const int descriptor = arguments::descriptor(env, fd, "place.fd");
    return SharedReads::place(bindings::orThrow(env, [&] { return device::describe(descriptor); }), offset, length);
  }

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
