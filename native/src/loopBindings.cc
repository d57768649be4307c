#include "arguments.h"
#include "bindings.h"
#include "loopDevice.h"

namespace {

Napi::Value loopBacking(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const int fd = arguments::descriptor(env, info[0]);
  const std::optional<loopDevice::Backing> backing = bindings::orThrow(env, [&] { return loopDevice::backing(fd); });
  if (!backing) return env.Null();
  Napi::Object result = Napi::Object::New(env);
  result.Set("major", backing->major);
  result.Set("minor", backing->minor);
  result.Set("inode", static_cast<double>(backing->inode));
  result.Set("offset", static_cast<double>(backing->offset));
  return result;
}

}  // namespace

namespace bindings {

void addLoop(Napi::Env env, Napi::Object exports) {
  exports.Set("loopBacking", Napi::Function::New(env, loopBacking, "loopBacking"));
}

}  // namespace bindings
