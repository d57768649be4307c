#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include <napi.h>

/**
 * Readers of JavaScript values. Each throws a `TypeError` that names the argument and says what was expected;
 * none lets a value through that the native code would have to round, cut or guess.
 */
namespace arguments {

/** The largest offset or length, 2^53 − 1. */
constexpr uint64_t kLargestInteger = 9007199254740991ull;

/** The most that one read or write call moves, 1 GiB: what is larger belongs to a copy job. */
constexpr uint64_t kLargestTransfer = 1ull << 30;

/** Bytes of a Uint8Array or Buffer; valid as long as the JavaScript object is. */
struct Bytes {
  uint8_t* data;
  size_t length;
};

uint64_t integer(Napi::Env env, Napi::Value value, const char* name, uint64_t least, uint64_t most);
int descriptor(Napi::Env env, Napi::Value value, const char* name = "fd");
uint64_t offset(Napi::Env env, Napi::Value value, const char* name = "offset");
bool boolean(Napi::Env env, Napi::Value value, const char* name);
std::string text(Napi::Env env, Napi::Value value, const char* name);
Bytes bytes(Napi::Env env, Napi::Value value, const char* name = "buffer");
Napi::Object object(Napi::Env env, Napi::Value value, const char* name);

/** Throws a `TypeError` unless offset + length ≤ 2^53 − 1. */
void checkRange(Napi::Env env, uint64_t offset, uint64_t length);

}  // namespace arguments
