#pragma once

#include <napi.h>

#include <new>

#include "ioError.h"

/** Each adds the functions or classes of one area to the addon's exports. */
namespace bindings {

void addDevice(Napi::Env env, Napi::Object exports);
void addRanges(Napi::Env env, Napi::Object exports);
void addLocks(Napi::Env env, Napi::Object exports);
void addLoop(Napi::Env env, Napi::Object exports);
void addSockets(Napi::Env env, Napi::Object exports);
void addHash(Napi::Env env, Napi::Object exports);
void addCopyJob(Napi::Env env, Napi::Object exports);
void addSharedReads(Napi::Env env, Napi::Object exports);
void addSearch(Napi::Env env, Napi::Object exports);
void addFolderWriter(Napi::Env env, Napi::Object exports);
void addNbd(Napi::Env env, Napi::Object exports);
void addVerifyJob(Napi::Env env, Napi::Object exports);

/** Runs a synchronous call and turns its failure into a JavaScript exception. */
template <typename Call>
auto orThrow(Napi::Env env, Call call) {
  try {
    return call();
  } catch (const IoError& error) {
    throw toJavaScript(env, error);
  } catch (const std::bad_alloc&) {
    throw Napi::Error::New(env, "out of memory");
  }
}

/** The value of a promise that only says that something is done. */
struct Nothing {};
inline Napi::Value toUndefined(Napi::Env env, const Nothing&) { return env.Undefined(); }

}  // namespace bindings
