#include <memory>

#include "arguments.h"
#include "asyncWork.h"
#include "bindings.h"
#include "folderWriter.h"

namespace {

using Entry = FolderWriter::Entry;
using Kind = FolderWriter::Kind;

constexpr const char* kKinds[] = {"file",   "directory", "symlink",         "fifo",  "blockDevice", "characterDevice",
                                  "hardLink", "finishDirectory", "begin", "commit",      "discard"};

template <size_t N>
size_t choice(Napi::Env env, Napi::Value value, const char* name, const char* const (&choices)[N]) {
  const std::string text = arguments::text(env, value, name);
  for (size_t index = 0; index < N; index++) {
    if (text == choices[index]) return index;
  }
  throw Napi::TypeError::New(env, std::string(name) + " must not be " + text);
}

/** Bytes that the system takes for a name or a path: none of them is NUL. */
std::string name(Napi::Env env, Napi::Value value, const char* what) {
  const arguments::Bytes bytes = arguments::bytes(env, value, what);
  std::string result(reinterpret_cast<const char*>(bytes.data), bytes.length);
  if (result.find('\0') != std::string::npos) throw Napi::TypeError::New(env, std::string(what) + " must not hold NUL bytes");
  return result;
}

/** Refuses what would not stay below the folder, whoever checked it before. */
std::string path(Napi::Env env, Napi::Value value, const char* what) {
  std::string result = name(env, value, what);
  for (size_t start = 0; start <= result.size();) {
    const size_t slash = result.find('/', start);
    const size_t end = slash == std::string::npos ? result.size() : slash;
    const std::string component = result.substr(start, end - start);
    if (component.empty() || component == "." || component == "..") {
      throw Napi::TypeError::New(env, std::string(what) + " must be a path below the folder");
    }
    start = end + 1;
  }
  return result;
}

std::optional<uint32_t> numberOrNone(Napi::Env env, const Napi::Object& object, const char* name, uint64_t most) {
  const Napi::Value value = object.Get(name);
  if (value.IsUndefined()) return std::nullopt;
  return static_cast<uint32_t>(arguments::integer(env, value, name, 0, most));
}

std::optional<timespec> timeOrNone(Napi::Env env, const Napi::Object& object, const char* name) {
  const Napi::Value value = object.Get(name);
  if (value.IsUndefined()) return std::nullopt;
  const Napi::Object time = arguments::object(env, value, name);
  const uint64_t nanoseconds = arguments::integer(env, time.Get("nanoseconds"), "nanoseconds", 0, 999999999);
  return timespec{static_cast<time_t>(time.Get("seconds").ToNumber().Int64Value()), static_cast<long>(nanoseconds)};
}

void readSegments(Napi::Env env, const Napi::Value& value, Entry& entry) {
  if (value.IsUndefined()) return;
  if (!value.IsTypedArray() || value.As<Napi::TypedArray>().TypedArrayType() != napi_float64_array) {
    throw Napi::TypeError::New(env, "segments must be a Float64Array");
  }
  const Napi::Float64Array numbers = value.As<Napi::Float64Array>();
  const double* data = numbers.Data();
  if (numbers.ElementLength() % 4 != 0) throw Napi::TypeError::New(env, "segments must have four numbers each");
  entry.segments.reserve(numbers.ElementLength() / 4);
  for (size_t at = 0; at < numbers.ElementLength(); at += 4) {
    const auto number = [&](size_t index, double most) {
      const double found = data[at + index];
      if (!(found >= 0 && found <= most)) throw Napi::TypeError::New(env, "segments must hold offsets and lengths");
      return static_cast<uint64_t>(found);
    };
    const double most = static_cast<double>(arguments::kLargestInteger);
    const FolderWriter::Segment segment{data[at] < 0 ? -1 : static_cast<int>(number(0, 2147483647)), number(1, most), number(2, most),
                                        number(3, most)};
    arguments::checkRange(env, segment.position, segment.length);
    arguments::checkRange(env, segment.offset, segment.length);
    const bool inBytes = segment.fd >= 0 || (segment.position <= entry.bytes.size() && segment.length <= entry.bytes.size() - segment.position);
    if (!inBytes || segment.offset + segment.length > entry.size) throw Napi::TypeError::New(env, "segments must lie in their file");
    entry.segments.push_back(segment);
  }
}

Entry readEntry(Napi::Env env, const Napi::Object& object) {
  Entry entry;
  entry.kind = static_cast<Kind>(choice(env, object.Get("kind"), "kind", kKinds));
  const Napi::Value pathValue = object.Get("path");
  const bool isRoot = entry.kind == Kind::kFinishDirectory && arguments::bytes(env, pathValue, "path").length == 0;
  if (!isRoot) entry.path = path(env, pathValue, "path");
  const Napi::Value target = object.Get("target");
  if (!target.IsUndefined()) entry.target = entry.kind == Kind::kHardLink ? path(env, target, "target") : name(env, target, "target");
  if ((entry.kind == Kind::kCommit || entry.kind == Kind::kDiscard) && entry.target.find('/') != std::string::npos) {
    throw Napi::TypeError::New(env, "target must be a name");
  }
  const Napi::Value size = object.Get("size");
  if (!size.IsUndefined()) entry.size = arguments::integer(env, size, "size", 0, arguments::kLargestInteger);
  const Napi::Value bytes = object.Get("bytes");
  if (!bytes.IsUndefined()) {
    const arguments::Bytes found = arguments::bytes(env, bytes, "bytes");
    entry.bytes.assign(reinterpret_cast<const char*>(found.data), found.length);
  }
  readSegments(env, object.Get("segments"), entry);
  entry.metadata = {numberOrNone(env, object, "mode", 07777), numberOrNone(env, object, "userId", 0xfffffffe),
                    numberOrNone(env, object, "groupId", 0xfffffffe), timeOrNone(env, object, "accessed"),
                    timeOrNone(env, object, "modified")};
  const Napi::Value attributes = object.Get("attributes");
  if (attributes.IsArray()) {
    const Napi::Array list = attributes.As<Napi::Array>();
    for (uint32_t index = 0; index < list.Length(); index++) {
      const Napi::Object attribute = arguments::object(env, list.Get(index), "attribute");
      const arguments::Bytes value = arguments::bytes(env, attribute.Get("value"), "value");
      entry.attributes.push_back({arguments::text(env, attribute.Get("name"), "name"),
                                  std::string(reinterpret_cast<const char*>(value.data), value.length)});
    }
  }
  entry.major = numberOrNone(env, object, "major", 0xffffffff).value_or(0);
  entry.minor = numberOrNone(env, object, "minor", 0xffffffff).value_or(0);
  const Napi::Value fd = object.Get("fd");
  if (!fd.IsUndefined()) entry.fd = arguments::descriptor(env, fd);
  return entry;
}

Napi::Object toJavaScript(Napi::Env env, const FolderWriter::Outcome& outcome) {
  Napi::Object result = Napi::Object::New(env);
  if (outcome.error != 0) {
    result.Set("error", errorName(outcome.error));
    result.Set("operation", outcome.operation);
  }
  if (outcome.isOwn) result.Set("isOwn", true);
  if (!outcome.holes.empty()) {
    Napi::Array holes = Napi::Array::New(env, outcome.holes.size());
    for (uint32_t index = 0; index < outcome.holes.size(); index++) {
      Napi::Object hole = Napi::Object::New(env);
      hole.Set("offset", static_cast<double>(outcome.holes[index].offset));
      hole.Set("length", static_cast<double>(outcome.holes[index].length));
      holes.Set(index, hole);
    }
    result.Set("holes", holes);
  }
  if (!outcome.lost.empty()) {
    Napi::Array lost = Napi::Array::New(env, outcome.lost.size());
    for (uint32_t index = 0; index < outcome.lost.size(); index++) lost.Set(index, outcome.lost[index]);
    result.Set("lost", lost);
  }
  if (outcome.fd >= 0) result.Set("fd", outcome.fd);
  if (!outcome.temporary.empty()) result.Set("temporary", outcome.temporary);
  return result;
}

/** The JavaScript class `FolderWriter`. */
class FolderWriterObject final : public Napi::ObjectWrap<FolderWriterObject> {
 public:
  static Napi::Function define(Napi::Env env) {
    return DefineClass(env, "FolderWriter",
                       {InstanceMethod<&FolderWriterObject::write>("write"), InstanceMethod<&FolderWriterObject::cancel>("cancel"),
                        InstanceMethod<&FolderWriterObject::bytesWritten>("bytesWritten")});
  }

  explicit FolderWriterObject(const Napi::CallbackInfo& info) : Napi::ObjectWrap<FolderWriterObject>(info) {
    constexpr const char* kExisting[] = {"refuse", "skip", "overwrite"};
    Napi::Env env = info.Env();
    const std::string folder = arguments::text(env, info[0], "folder");
    const Napi::Object options = arguments::object(env, info[1], "options");
    const auto existing = static_cast<FolderWriter::Existing>(choice(env, options.Get("existing"), "existing", kExisting));
    const bool keepsOwners = arguments::boolean(env, options.Get("keepsOwners"), "keepsOwners");
    writer_ = bindings::orThrow(
        env, [&] { return std::make_shared<FolderWriter>(folder, FolderWriter::Options{existing, keepsOwners}); });
  }

 private:
  Napi::Value write(const Napi::CallbackInfo& info) {
    Napi::Env env = info.Env();
    if (!info[0].IsArray()) throw Napi::TypeError::New(env, "entries must be an array");
    const Napi::Array list = info[0].As<Napi::Array>();
    auto entries = std::make_shared<std::vector<Entry>>();
    entries->reserve(list.Length());
    for (uint32_t index = 0; index < list.Length(); index++) {
      entries->push_back(readEntry(env, arguments::object(env, list.Get(index), "entry")));
    }
    return asyncWork::promise(
        env, [writer = writer_, entries] { return writer->write(*entries); },
        [](Napi::Env env, const std::vector<FolderWriter::Outcome>& outcomes) -> Napi::Value {
          Napi::Array result = Napi::Array::New(env, outcomes.size());
          for (uint32_t index = 0; index < outcomes.size(); index++) result.Set(index, toJavaScript(env, outcomes[index]));
          return result;
        });
  }

  void cancel(const Napi::CallbackInfo&) { writer_->cancel(); }

  Napi::Value bytesWritten(const Napi::CallbackInfo& info) {
    return Napi::Number::New(info.Env(), static_cast<double>(writer_->bytesWritten()));
  }

  std::shared_ptr<FolderWriter> writer_;
};

}  // namespace

namespace bindings {

void addFolderWriter(Napi::Env env, Napi::Object exports) { exports.Set("FolderWriter", FolderWriterObject::define(env)); }

}  // namespace bindings
