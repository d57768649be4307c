#include "arguments.h"
#include "bindings.h"
#include "locks.h"

namespace {

using bindings::orThrow;

locks::Type lockType(Napi::Env env, Napi::Value value) {
  const std::string type = arguments::text(env, value, "type");
  if (type != "read" && type != "write") throw Napi::TypeError::New(env, "type must be 'read' or 'write'");
  return type == "read" ? locks::Type::kRead : locks::Type::kWrite;
}

Napi::Value lockFile(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const int fd = arguments::descriptor(env, info[0]);
  const locks::Type type = lockType(env, info[1]);
  return Napi::Boolean::New(env, orThrow(env, [&] { return locks::lockFile(fd, type); }));
}

Napi::Value probeFileLock(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const int fd = arguments::descriptor(env, info[0]);
  const locks::Type type = info[1].IsUndefined() ? locks::Type::kWrite : lockType(env, info[1]);
  const uint64_t start = info[2].IsUndefined() ? 0 : arguments::offset(env, info[2], "start");
  const uint64_t length = info[3].IsUndefined() ? 0 : arguments::offset(env, info[3], "length");
  arguments::checkRange(env, start, length);
  const std::optional<locks::Held> held = orThrow(env, [&] { return locks::probeFileLock(fd, type, start, length); });
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
