#include "arguments.h"
#include "asyncWork.h"
#include "bindings.h"
#include "device.h"

namespace {

using bindings::Nothing;
using bindings::orThrow;
using bindings::toUndefined;

Napi::Value openDevice(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const std::string path = arguments::text(env, info[0], "path");
  Napi::Object options = arguments::object(env, info[1], "options");
  const std::string access = arguments::text(env, options.Get("access"), "options.access");
  if (access != "read" && access != "write") throw Napi::TypeError::New(env, "options.access must be 'read' or 'write'");
  Napi::Value direct = options.Get("direct");
  const bool isDirect = !direct.IsUndefined() && arguments::boolean(env, direct, "options.direct");
  const int fd = orThrow(env, [&] {
    return device::open(path, access == "read" ? device::Access::kRead : device::Access::kWrite, isDirect);
  });
  return Napi::Number::New(env, fd);
}

Napi::Value describe(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const int fd = arguments::descriptor(env, info[0]);
  const device::Description description = orThrow(env, [&] { return device::describe(fd); });
  if (description.size > arguments::kLargestInteger) {
    throw toJavaScript(env, IoError(EFBIG, "describe a device larger than 2^53 - 1 bytes"));
  }
  Napi::Object number = Napi::Object::New(env);
  number.Set("major", description.major);
  number.Set("minor", description.minor);
  Napi::Object result = Napi::Object::New(env);
  result.Set("kind", description.isBlock ? "block" : "file");
  result.Set("size", static_cast<double>(description.size));
  result.Set("logicalSectorSize", description.logicalSectorSize);
  result.Set("physicalSectorSize", description.physicalSectorSize);
  result.Set("readOnly", description.readOnly);
  result.Set("deviceNumber", number);
  result.Set("inode", static_cast<double>(description.inode));
  const std::optional<bool> rotational = device::isRotational(description);
  if (rotational) result.Set("rotational", *rotational);
  return result;
}

Napi::Value flush(const Napi::CallbackInfo& info) {
  const int fd = arguments::descriptor(info.Env(), info[0]);
  return asyncWork::promise(
      info.Env(),
      [fd] {
        device::flush(fd);
        return Nothing{};
      },
      toUndefined);
}

Napi::Value dropCaches(const Napi::CallbackInfo& info) {
  const int fd = arguments::descriptor(info.Env(), info[0]);
  return asyncWork::promise(
      info.Env(),
      [fd] {
        device::dropCaches(fd);
        return Nothing{};
      },
      toUndefined);
}

Napi::Value rereadPartitions(const Napi::CallbackInfo& info) {
  const int fd = arguments::descriptor(info.Env(), info[0]);
  return asyncWork::promise(
      info.Env(), [fd] { return device::rereadPartitions(fd); },
      [](Napi::Env env, int error) -> Napi::Value {
        if (error == 0) return env.Null();
        return Napi::String::New(env, errorName(error));
      });
}

}  // namespace

namespace bindings {

void addDevice(Napi::Env env, Napi::Object exports) {
  exports.Set("open", Napi::Function::New(env, openDevice, "open"));
  exports.Set("describe", Napi::Function::New(env, describe, "describe"));
  exports.Set("flush", Napi::Function::New(env, flush, "flush"));
  exports.Set("dropCaches", Napi::Function::New(env, dropCaches, "dropCaches"));
  exports.Set("rereadPartitions", Napi::Function::New(env, rereadPartitions, "rereadPartitions"));
}

}  // namespace bindings
