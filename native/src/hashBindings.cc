#include <array>

#include "arguments.h"
#include "bindings.h"
#include "hash.h"
#include "zeros.h"

namespace {

Napi::Value toBuffer(Napi::Env env, const hash::Digest& digest) {
  return Napi::Buffer<uint8_t>::Copy(env, digest.data(), digest.size());
}

Napi::Value blake3(const Napi::CallbackInfo& info) {
  const arguments::Bytes bytes = arguments::bytes(info.Env(), info[0], "bytes");
  return toBuffer(info.Env(), hash::blake3(bytes.data, bytes.length));
}

Napi::Value isZeroBinding(const Napi::CallbackInfo& info) {
  const arguments::Bytes bytes = arguments::bytes(info.Env(), info[0], "bytes");
  return Napi::Boolean::New(info.Env(), isZero(bytes.data, bytes.length));
}

/** The class `Blake3`. */
class Blake3 final : public Napi::ObjectWrap<Blake3> {
 public:
  static Napi::Function define(Napi::Env env) {
    return DefineClass(env, "Blake3",
                       {InstanceMethod<&Blake3::update>("update"), InstanceMethod<&Blake3::digest>("digest")});
  }

  explicit Blake3(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Blake3>(info) {}

 private:
  Napi::Value update(const Napi::CallbackInfo& info) {
    const arguments::Bytes bytes = arguments::bytes(info.Env(), info[0], "bytes");
    hasher_.update(bytes.data, bytes.length);
    return info.This();
  }

  Napi::Value digest(const Napi::CallbackInfo& info) { return toBuffer(info.Env(), hasher_.digest()); }

  hash::Blake3 hasher_;
};

}  // namespace

namespace bindings {

void addHash(Napi::Env env, Napi::Object exports) {
  exports.Set("blake3", Napi::Function::New(env, blake3, "blake3"));
  exports.Set("isZero", Napi::Function::New(env, isZeroBinding, "isZero"));
  exports.Set("Blake3", Blake3::define(env));
}

}  // namespace bindings
