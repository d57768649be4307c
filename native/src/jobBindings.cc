#include "jobBindings.h"

#include <string>

namespace jobBindings {

namespace {

/** 16 bytes are kept of each: 1 GiB. */
constexpr uint64_t kMostChunks = 1ull << 26;

constexpr uint64_t kChunkUnit = 4096;
constexpr uint64_t kLargestChunk = 64ull << 20;

}  // namespace

uint64_t OptionReader::integer(const char* name, uint64_t least, uint64_t most) const {
  return arguments::integer(env_, get(name), (std::string("options.") + name).c_str(), least, most);
}

uint64_t OptionReader::integerOr(const char* name, uint64_t absent, uint64_t least, uint64_t most) const {
  return get(name).IsUndefined() ? absent : integer(name, least, most);
}

size_t OptionReader::choice(const char* name, const std::vector<const char*>& choices) const {
  const std::string field = std::string("options.") + name;
  const std::string value = arguments::text(env_, get(name), field.c_str());
  std::string known;
  for (size_t index = 0; index < choices.size(); ++index) {
    if (value == choices[index]) return index;
    known += std::string(index == 0 ? "'" : ", '") + choices[index] + "'";
  }
  throw Napi::TypeError::New(env_, field + " must be one of " + known);
}

device::Descriptor OptionReader::descriptor(const char* name) const {
  const int fd = arguments::descriptor(env_, get(name), (std::string("options.") + name).c_str());
  return bindings::orThrow(env_, [&] { return device::duplicate(fd); });
}

size_t OptionReader::chunkBytes() const {
  const uint64_t value = integerOr("chunkBytes", kDefaultChunkBytes, kChunkUnit, kLargestChunk);
  if (value % kChunkUnit != 0) throw Napi::TypeError::New(env_, "options.chunkBytes must be a multiple of 4096");
  return static_cast<size_t>(value);
}

std::vector<extentList::Extent> OptionReader::extents(const std::vector<uint64_t>& shifts) const {
  const arguments::Bytes blob = arguments::bytes(env_, get("extents"), "options.extents");
  try {
    std::vector<extentList::Extent> extents = extentList::parse(blob.data, blob.length);
    const uint64_t end = extents.empty() ? 0 : extents.back().offset + extents.back().length;
    for (const uint64_t shift : shifts) arguments::checkRange(env_, end, shift);
    return extents;
  } catch (const extentList::MalformedList& error) {
    throw Napi::TypeError::New(env_, std::string("options.extents: ") + error.what());
  }
}

uint64_t OptionReader::countChunks(const std::vector<extentList::Extent>& extents, uint64_t chunkBytes) const {
  try {
    return extentList::countChunks(extents, chunkBytes, kMostChunks);
  } catch (const extentList::MalformedList& error) {
    throw Napi::TypeError::New(env_, std::string("options.chunkBytes: ") + error.what());
  }
}

Napi::Value limitOf(Napi::Env env, Job& job) {
  const std::optional<Job::Phase> limit = job.limit();
  if (!limit) return env.Null();
  switch (*limit) {
    case Job::Phase::kRead:
      return Napi::String::New(env, "read");
    case Job::Phase::kWrite:
      return Napi::String::New(env, "write");
    default:
      return Napi::String::New(env, "hash");
  }
}

Napi::Array toJavaScript(Napi::Env env, const std::vector<device::Range>& ranges) {
  Napi::Array result = Napi::Array::New(env, ranges.size());
  for (uint32_t index = 0; index < ranges.size(); ++index) {
    Napi::HandleScope scope(env);
    Napi::Object range = Napi::Object::New(env);
    range.Set("offset", static_cast<double>(ranges[index].offset));
    range.Set("length", static_cast<double>(ranges[index].length));
    result.Set(index, range);
  }
  return result;
}

Napi::Object resultOf(Napi::Env env, const Job& job) {
  Napi::Object result = Napi::Object::New(env);
  const Job::State state = job.state();
  result.Set("state", state == Job::State::kDone ? "done" : state == Job::State::kFailed ? "failed" : "cancelled");
  if (const std::optional<Job::Failure> failure = job.failure()) {
    Napi::Object error = Napi::Object::New(env);
    error.Set("code", errorName(failure->errorNumber));
    if (failure->offset != IoError::kNoOffset) error.Set("offset", static_cast<double>(failure->offset));
    error.Set("side", failure->side == Job::Side::kSource ? "source" : "target");
    error.Set("message", failure->message);
    result.Set("error", error);
  }
  result.Set("requestsLeft", job.threadsLeft());
  return result;
}

}  // namespace jobBindings
