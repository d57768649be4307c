#include "arguments.h"
#include "asyncWork.h"
#include "bindings.h"
#include "device.h"
#include "ioError.h"
#include "positionalIo.h"

namespace {

/** Runs a synchronous call and turns its failure into a JavaScript exception. */
template <typename Call>
auto orThrow(Napi::Env env, Call call) {
  try {
    return call();
  } catch (const IoError& error) {
    throw toJavaScript(env, error);
  }
}

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
  if (description.rotational) result.Set("rotational", *description.rotational);
  return result;
}

Napi::Value read(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const int fd = arguments::descriptor(env, info[0]);
  const uint64_t offset = arguments::offset(env, info[1]);
  const size_t length = arguments::integer(env, info[2], "length", 0, arguments::kLargestTransfer);
  arguments::checkRange(env, offset, length);
  Napi::Buffer<uint8_t> buffer = Napi::Buffer<uint8_t>::New(env, length);
  uint8_t* data = buffer.Data();
  auto reference = std::make_shared<Napi::ObjectReference>(Napi::Persistent(buffer.As<Napi::Object>()));
  return asyncWork::promise(
      env, [fd, offset, data, length] { return positionalIo::read(fd, offset, data, length); },
      [reference, length](Napi::Env env, size_t count) -> Napi::Value {
        Napi::Object whole = reference->Value();
        if (count == length) return whole;
        Napi::Function subarray = whole.Get("subarray").As<Napi::Function>();
        return subarray.Call(whole, {Napi::Number::New(env, 0), Napi::Number::New(env, static_cast<double>(count))});
      });
}

Napi::Value readInto(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const int fd = arguments::descriptor(env, info[0]);
  const uint64_t offset = arguments::offset(env, info[1]);
  const arguments::Bytes bytes = arguments::bytes(env, info[2]);
  arguments::checkRange(env, offset, bytes.length);
  return asyncWork::promise(
      env, [fd, offset, bytes] { return positionalIo::read(fd, offset, bytes.data, bytes.length); },
      [](Napi::Env env, size_t count) { return Napi::Number::New(env, static_cast<double>(count)); },
      {info[2].As<Napi::Object>()});
}

}  // namespace

namespace bindings {

void addDevice(Napi::Env env, Napi::Object exports) {
  exports.Set("open", Napi::Function::New(env, openDevice, "open"));
  exports.Set("describe", Napi::Function::New(env, describe, "describe"));
  exports.Set("read", Napi::Function::New(env, read, "read"));
  exports.Set("readInto", Napi::Function::New(env, readInto, "readInto"));
}

}  // namespace bindings
