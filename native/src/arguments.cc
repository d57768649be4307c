#include "arguments.h"

#include <climits>
#include <cmath>

namespace arguments {

namespace {

[[noreturn]] void refuse(Napi::Env env, const char* name, const std::string& expected) {
  throw Napi::TypeError::New(env, std::string(name) + " must be " + expected);
}

}  // namespace

uint64_t integer(Napi::Env env, Napi::Value value, const char* name, uint64_t least, uint64_t most) {
  const std::string expected = "an integer from " + std::to_string(least) + " to " + std::to_string(most);
  if (!value.IsNumber()) refuse(env, name, expected);
  const double number = value.As<Napi::Number>().DoubleValue();
  // The comparison is also false for NaN.
  if (!(number >= static_cast<double>(least) && number <= static_cast<double>(most))) refuse(env, name, expected);
  if (std::floor(number) != number) refuse(env, name, expected);
  return static_cast<uint64_t>(number);
}

int descriptor(Napi::Env env, Napi::Value value, const char* name) {
  return static_cast<int>(integer(env, value, name, 0, INT_MAX));
}

uint64_t offset(Napi::Env env, Napi::Value value, const char* name) {
  return integer(env, value, name, 0, kLargestInteger);
}

bool boolean(Napi::Env env, Napi::Value value, const char* name) {
  if (!value.IsBoolean()) refuse(env, name, "a boolean");
  return value.As<Napi::Boolean>().Value();
}

std::string text(Napi::Env env, Napi::Value value, const char* name) {
  if (!value.IsString()) refuse(env, name, "a string");
  std::string result = value.As<Napi::String>().Utf8Value();
  if (result.find('\0') != std::string::npos) refuse(env, name, "a string without NUL characters");
  return result;
}

Bytes bytes(Napi::Env env, Napi::Value value, const char* name) {
  if (!value.IsTypedArray() || value.As<Napi::TypedArray>().TypedArrayType() != napi_uint8_array) {
    refuse(env, name, "a Uint8Array or Buffer");
  }
  Napi::Uint8Array array = value.As<Napi::Uint8Array>();
  return {array.Data(), array.ByteLength()};
}

Napi::Object object(Napi::Env env, Napi::Value value, const char* name) {
  if (!value.IsObject()) refuse(env, name, "an object");
  return value.As<Napi::Object>();
}

void checkRange(Napi::Env env, uint64_t offset, uint64_t length) {
  if (length > kLargestInteger || offset > kLargestInteger - length) {
    throw Napi::TypeError::New(env, "offset + length must not be larger than 2^53 - 1");
  }
}

}  // namespace arguments
