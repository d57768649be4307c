#include <memory>

#include "arguments.h"
#include "asyncWork.h"
#include "bindings.h"
#include "device.h"
#include "positionalIo.h"

namespace {

using bindings::Nothing;
using bindings::toUndefined;

/** The arguments `offset` and `length` at `info[1]` and `info[2]`. */
device::Range rangeArgument(const Napi::CallbackInfo& info) {
  const uint64_t offset = arguments::offset(info.Env(), info[1]);
  const uint64_t length = arguments::integer(info.Env(), info[2], "length", 0, arguments::kLargestInteger);
  arguments::checkRange(info.Env(), offset, length);
  return {offset, length};
}

Napi::Object toJavaScript(Napi::Env env, const device::Range& range) {
  Napi::Object result = Napi::Object::New(env);
  result.Set("offset", static_cast<double>(range.offset));
  result.Set("length", static_cast<double>(range.length));
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
      env, [fd, offset, data, length] { return positionalIo::read(positionalIo::Channel(fd), offset, data, length); },
      [reference, length](Napi::Env env, size_t count) -> Napi::Value {
        Napi::Object whole = reference->Value();
        if (count == length) return whole;
        Napi::Function subarray = whole.Get("subarray").As<Napi::Function>();
        return subarray.Call(whole, {Napi::Number::New(env, 0), Napi::Number::New(env, static_cast<double>(count))});
      },
      {buffer});
}

Napi::Value readInto(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const int fd = arguments::descriptor(env, info[0]);
  const uint64_t offset = arguments::offset(env, info[1]);
  const arguments::Bytes bytes = arguments::bytes(env, info[2]);
  arguments::checkRange(env, offset, bytes.length);
  return asyncWork::promise(
      env, [fd, offset, bytes] { return positionalIo::read(positionalIo::Channel(fd), offset, bytes.data, bytes.length); },
      [](Napi::Env env, size_t count) { return Napi::Number::New(env, static_cast<double>(count)); },
      {info[2].As<Napi::Object>()});
}

Napi::Value write(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const int fd = arguments::descriptor(env, info[0]);
  const uint64_t offset = arguments::offset(env, info[1]);
  const arguments::Bytes bytes = arguments::bytes(env, info[2]);
  arguments::checkRange(env, offset, bytes.length);
  return asyncWork::promise(
      env,
      [fd, offset, bytes] {
        positionalIo::write(positionalIo::Channel(fd), offset, bytes.data, bytes.length);
        return Nothing{};
      },
      toUndefined, {info[2].As<Napi::Object>()});
}

Napi::Value dataRanges(const Napi::CallbackInfo& info) {
  constexpr uint64_t kMostRanges = 65536;
  Napi::Env env = info.Env();
  const int fd = arguments::descriptor(env, info[0]);
  const device::Range range = rangeArgument(info);
  const size_t maxCount = arguments::integer(env, info[3], "maxCount", 1, kMostRanges);
  return asyncWork::promise(
      env, [fd, range, maxCount] { return device::dataRanges(fd, range.offset, range.length, maxCount); },
      [](Napi::Env env, const device::DataRanges& found) {
        Napi::Array ranges = Napi::Array::New(env, found.ranges.size());
        for (uint32_t index = 0; index < found.ranges.size(); ++index) {
          ranges.Set(index, toJavaScript(env, found.ranges[index]));
        }
        Napi::Object result = Napi::Object::New(env);
        result.Set("ranges", ranges);
        result.Set("next", found.next ? Napi::Value(Napi::Number::New(env, static_cast<double>(*found.next))) : env.Null());
        return result;
      });
}

Napi::Value zero(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const int fd = arguments::descriptor(env, info[0]);
  const device::Range range = rangeArgument(info);
  Napi::Object options = arguments::object(env, info[3], "options");
  const bool unmap = arguments::boolean(env, options.Get("unmap"), "options.unmap");
  return asyncWork::promise(
      env,
      [fd, range, unmap] {
        device::zero(fd, range.offset, range.length, unmap);
        return Nothing{};
      },
      toUndefined);
}

Napi::Value discard(const Napi::CallbackInfo& info) {
  const int fd = arguments::descriptor(info.Env(), info[0]);
  const device::Range range = rangeArgument(info);
  return asyncWork::promise(
      info.Env(), [fd, range] { return device::discard(fd, range.offset, range.length); },
      [](Napi::Env env, bool wasDone) { return Napi::Boolean::New(env, wasDone); });
}

Napi::Value cloneRange(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const int sourceFd = arguments::descriptor(env, info[0]);
  const uint64_t sourceOffset = arguments::offset(env, info[1]);
  const int targetFd = arguments::descriptor(env, info[2]);
  const uint64_t targetOffset = arguments::offset(env, info[3]);
  const uint64_t length = arguments::integer(env, info[4], "length", 0, arguments::kLargestInteger);
  for (const uint64_t offset : {sourceOffset, targetOffset}) arguments::checkRange(env, offset, length);
  return asyncWork::promise(
      env, [=] { return device::cloneRange(sourceFd, sourceOffset, targetFd, targetOffset, length); },
      [](Napi::Env env, bool wasDone) { return Napi::Boolean::New(env, wasDone); });
}

}  // namespace

namespace bindings {

void addRanges(Napi::Env env, Napi::Object exports) {
  exports.Set("read", Napi::Function::New(env, read, "read"));
  exports.Set("readInto", Napi::Function::New(env, readInto, "readInto"));
  exports.Set("write", Napi::Function::New(env, write, "write"));
  exports.Set("dataRanges", Napi::Function::New(env, dataRanges, "dataRanges"));
  exports.Set("zero", Napi::Function::New(env, zero, "zero"));
  exports.Set("discard", Napi::Function::New(env, discard, "discard"));
  exports.Set("cloneRange", Napi::Function::New(env, cloneRange, "cloneRange"));
}

}  // namespace bindings
