#include "arguments.h"
#include "bindings.h"
#include "locks.h"

namespace {

using bindings::orThrow;

Napi::Value lockFile(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const int fd = arguments::descriptor(env, info[0]);
  const std::string type = arguments::text(env, info[1], "type");
  if (type != "read" && type != "write") throw Napi::TypeError::New(env, "type must be 'read' or 'write'");
  const bool isLocked =
      orThrow(env, [&] { return locks::lockFile(fd, type == "read" ? locks::Type::kRead : locks::Type::kWrite); });
  return Napi::Boolean::New(env, isLocked);
}

Napi::Value probeFileLock(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const int fd = arguments::descriptor(env, info[0]);
  const std::optional<locks::Held> held = orThrow(env, [&] { return locks::probeFileLock(fd); });
  if (!held) return env.Null();
  Napi::Object result = Napi::Object::New(env);
  result.Set("type", held->type == locks::Type::kRead ? "read" : "write");
  result.Set("start", static_cast<double>(held->start));
  result.Set("length", static_cast<double>(held->length));
  return result;
}

Napi::Value lockDevice(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const int fd = arguments::descriptor(env, info[0]);
  const bool shared = arguments::boolean(env, info[1], "shared");
  return Napi::Boolean::New(env, orThrow(env, [&] { return locks::lockDevice(fd, shared); }));
}

}  // namespace

namespace bindings {

void addLocks(Napi::Env env, Napi::Object exports) {
  exports.Set("lockFile", Napi::Function::New(env, lockFile, "lockFile"));
  exports.Set("probeFileLock", Napi::Function::New(env, probeFileLock, "probeFileLock"));
  exports.Set("lockDevice", Napi::Function::New(env, lockDevice, "lockDevice"));
}

}  // namespace bindings
