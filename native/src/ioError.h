#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

#include <napi.h>

/** A failed request to the operating system: thrown in native code, becomes a JavaScript `Error` with code and offset. */
class IoError : public std::runtime_error {
 public:
  static constexpr int64_t kNoOffset = -1;
  /** As an error number: the device ends before the range does. Its name is `EEND`. */
  static constexpr int kEndOfDevice = -1;

  /** `operation` says what was tried, in words a person can read; `offset` is where, in bytes. */
  IoError(int errorNumber, std::string operation, int64_t offset = kNoOffset);

  int errorNumber;
  std::string operation;
  int64_t offset;
};

/** The symbolic name of an error number, such as `EIO`; `E<number>` for one that is not known. */
std::string errorName(int errorNumber);

/** An `Error` with `code`, `errno` (negative, as in Node) and, where there is one, `offset`. */
Napi::Error toJavaScript(Napi::Env env, const IoError& error);
