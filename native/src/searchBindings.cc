#include <memory>
#include <utility>

#include "arguments.h"
#include "asyncWork.h"
#include "bindings.h"
#include "device.h"
#include "search/searcher.h"

namespace {

using search::ByteSet;
using search::Found;
using search::Program;

constexpr uint64_t kMostHits = 1 << 20;
constexpr size_t kMostPatternBytes = 1 << 16;
constexpr size_t kMostInstructions = 1 << 16;

std::vector<ByteSet> byteSets(Napi::Env env, Napi::Value value, const char* name) {
  const arguments::Bytes bytes = arguments::bytes(env, value, name);
  if (bytes.length % ByteSet::kBytes != 0 || bytes.length / ByteSet::kBytes > kMostPatternBytes)
    throw Napi::TypeError::New(env, std::string(name) + " must be sets of 32 bytes each, at most 65536");
  std::vector<ByteSet> sets;
  for (size_t at = 0; at < bytes.length; at += ByteSet::kBytes) sets.push_back(ByteSet::from(bytes.data + at));
  return sets;
}

/** The instructions as triples of numbers; every place that they name is checked. */
Program program(Napi::Env env, Napi::Value value) {
  Napi::Object object = arguments::object(env, value, "program");
  Program result;
  result.sets = byteSets(env, object.Get("sets"), "program.sets");
  result.longest = arguments::integer(env, object.Get("longest"), "program.longest", 1, kMostPatternBytes);
  Napi::Value triples = object.Get("instructions");
  if (!triples.IsTypedArray() || triples.As<Napi::TypedArray>().TypedArrayType() != napi_uint32_array)
    throw Napi::TypeError::New(env, "program.instructions must be a Uint32Array");
  Napi::Uint32Array numbers = triples.As<Napi::Uint32Array>();
  const size_t count = numbers.ElementLength() / 3;
  if (count == 0 || count > kMostInstructions || numbers.ElementLength() % 3 != 0)
    throw Napi::TypeError::New(env, "program.instructions must be 1 to 65536 triples");
  for (size_t index = 0; index < count; ++index) {
    const uint32_t kind = numbers[index * 3];
    const uint32_t a = numbers[index * 3 + 1];
    const uint32_t b = numbers[index * 3 + 2];
    const bool isSet = kind == 0 && a < result.sets.size() && b < count;
    const bool isSplit = kind == 1 && a < count && b < count;
    if (!isSet && !isSplit && kind != 2) throw Napi::TypeError::New(env, "program.instructions names a place that it has not");
    result.instructions.push_back({static_cast<Program::Kind>(kind), a, b});
  }
  return result;
}

Napi::Value toJavaScript(Napi::Env env, const Found& found) {
  // Offsets and lengths in turn: a hundred thousand objects would take longer than the search.
  Napi::Float64Array hits = Napi::Float64Array::New(env, found.hits.size() * 2);
  for (size_t index = 0; index < found.hits.size(); ++index) {
    hits[index * 2] = static_cast<double>(found.hits[index].offset);
    hits[index * 2 + 1] = static_cast<double>(found.hits[index].length);
  }
  Napi::Array unreadable = Napi::Array::New(env);
  for (const device::Range& range : found.unreadable) {
    Napi::Object object = Napi::Object::New(env);
    object.Set("offset", static_cast<double>(range.offset));
    object.Set("length", static_cast<double>(range.length));
    unreadable.Set(unreadable.Length(), object);
  }
  Napi::Object result = Napi::Object::New(env);
  result.Set("hits", hits);
  result.Set("unreadable", unreadable);
  result.Set("isFull", found.isFull);
  return result;
}

/** The class `Searcher`. */
class Searcher final : public Napi::ObjectWrap<Searcher> {
 public:
  static Napi::Function define(Napi::Env env) {
    return DefineClass(env, "Searcher",
                       {InstanceMethod<&Searcher::inDevice>("inDevice"), InstanceMethod<&Searcher::inBytes>("inBytes"),
                        InstanceMethod<&Searcher::stop>("stop"),
                        InstanceAccessor<&Searcher::longest>("longest")});
  }

  explicit Searcher(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Searcher>(info) {
    Napi::Env env = info.Env();
    Napi::Object pattern = arguments::object(env, info[0], "pattern");
    std::vector<std::vector<ByteSet>> sequences;
    if (!pattern.Get("sequences").IsUndefined()) {
      Napi::Array list = pattern.Get("sequences").As<Napi::Array>();
      for (uint32_t index = 0; index < list.Length(); ++index)
        sequences.push_back(byteSets(env, list.Get(index), "pattern.sequences"));
    }
    for (const std::vector<ByteSet>& sequence : sequences) {
      if (sequence.empty()) throw Napi::TypeError::New(env, "pattern.sequences must have no empty one");
      for (const ByteSet& set : sequence)
        if (set.values().empty()) throw Napi::TypeError::New(env, "pattern.sequences must have no empty set");
    }
    std::optional<Program> expression;
    if (!pattern.Get("program").IsUndefined()) expression = program(env, pattern.Get("program"));
    if (sequences.empty() && !expression) throw Napi::TypeError::New(env, "pattern must have sequences or a program");
    searcher_ = std::make_shared<search::Searcher>(std::move(sequences), std::move(expression));
  }

 private:
  Napi::Value longest(const Napi::CallbackInfo& info) {
    return Napi::Number::New(info.Env(), static_cast<double>(searcher_->longest()));
  }

  Napi::Value inDevice(const Napi::CallbackInfo& info) {
    Napi::Env env = info.Env();
    const int fd = arguments::descriptor(env, info[0]);
    Napi::Object range = arguments::object(env, info[1], "range");
    const uint64_t offset = arguments::offset(env, range.Get("offset"), "range.offset");
    const uint64_t length = arguments::integer(env, range.Get("length"), "range.length", 0, arguments::kLargestInteger);
    arguments::checkRange(env, offset, length);
    const uint64_t end = arguments::integer(env, range.Get("end"), "range.end", offset + length, arguments::kLargestInteger);
    const size_t sectorSize = arguments::integer(env, info[2], "sectorSize", 512, 65536);
    const size_t mostHits = arguments::integer(env, info[3], "mostHits", 0, kMostHits);
    // Of its own: the caller may close the descriptor while a device hangs.
    auto own = std::make_shared<device::Descriptor>(bindings::orThrow(env, [&] { return device::duplicate(fd); }));
    return asyncWork::promise(
        env,
        [searcher = searcher_, own, offset, length, end, sectorSize, mostHits] {
          return searcher->inDevice(own->fd(), offset, length, end, sectorSize, mostHits);
        },
        toJavaScript);
  }

  Napi::Value inBytes(const Napi::CallbackInfo& info) {
    Napi::Env env = info.Env();
    const arguments::Bytes bytes = arguments::bytes(env, info[0], "bytes");
    const size_t startsEnd = arguments::integer(env, info[1], "startsEnd", 0, bytes.length);
    const size_t mostHits = arguments::integer(env, info[2], "mostHits", 0, kMostHits);
    return asyncWork::promise(
        env,
        [searcher = searcher_, data = bytes.data, startsEnd, end = bytes.length, mostHits] {
          return searcher->inBytes(data, startsEnd, end, mostHits);
        },
        toJavaScript, {info[0].As<Napi::Object>()});
  }

  void stop(const Napi::CallbackInfo&) { searcher_->stop(); }

  std::shared_ptr<search::Searcher> searcher_;
};

}  // namespace

namespace bindings {

void addSearch(Napi::Env env, Napi::Object exports) { exports.Set("Searcher", Searcher::define(env)); }

}  // namespace bindings
