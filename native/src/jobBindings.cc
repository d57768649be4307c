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
  std::vector<extentList::Extent> extents = extentList("extents");
  const uint64_t end = extents.empty() ? 0 : extents.back().offset + extents.back().length;
  for (const uint64_t shift : shifts) arguments::checkRange(env_, end, shift);
  return extents;
}

std::vector<extentList::Extent> OptionReader::extentsOrNone(const char* name) const {
  return get(name).IsUndefined() ? std::vector<extentList::Extent>() : extentList(name);
}

std::vector<extentList::Extent> OptionReader::extentList(const char* name) const {
  const std::string field = std::string("options.") + name;
  const arguments::Bytes blob = arguments::bytes(env_, get(name), field.c_str());
  try {
    return extentList::parse(blob.data, blob.length);
  } catch (const extentList::MalformedList& error) {
    throw Napi::TypeError::New(env_, field + ": " + error.what());
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

namespace {

Napi::String sideOf(Napi::Env env, Side side) { return Napi::String::New(env, side == Side::kSource ? "source" : "target"); }

Napi::Array slowOf(Napi::Env env, const Job& job) {
  const std::vector<RequestWatch::SlowRange> ranges = job.requests().slow();
  Napi::Array result = Napi::Array::New(env, ranges.size());
  for (uint32_t index = 0; index < ranges.size(); ++index) {
    Napi::Object range = Napi::Object::New(env);
    range.Set("side", sideOf(env, ranges[index].side));
    range.Set("offset", static_cast<double>(ranges[index].offset));
    range.Set("length", static_cast<double>(ranges[index].length));
    range.Set("requests", static_cast<double>(ranges[index].requests));
    range.Set("longestSeconds", ranges[index].longestSeconds);
    result.Set(index, range);
  }
  return result;
}

}  // namespace

Napi::Array waitingOf(Napi::Env env, const Job& job, std::chrono::milliseconds atLeast) {
  const std::vector<RequestWatch::Waiting> requests = job.requests().waiting(atLeast);
  Napi::Array result = Napi::Array::New(env, requests.size());
  for (uint32_t index = 0; index < requests.size(); ++index) {
    Napi::Object request = Napi::Object::New(env);
    request.Set("side", sideOf(env, requests[index].side));
    request.Set("offset", static_cast<double>(requests[index].offset));
    request.Set("seconds", requests[index].seconds);
    result.Set(index, request);
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
  result.Set("stuck", waitingOf(env, job, std::chrono::milliseconds(0)));
  result.Set("slow", slowOf(env, job));
  return result;
}

}  // namespace jobBindings
