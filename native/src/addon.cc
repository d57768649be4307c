#include <napi.h>

#include "asyncWork.h"
#include "bindings.h"

namespace {

Napi::Object initialize(Napi::Env env, Napi::Object exports) {
  asyncWork::initialize(env);
  bindings::addDevice(env, exports);
  bindings::addRanges(env, exports);
  bindings::addLocks(env, exports);
  bindings::addLoop(env, exports);
  bindings::addSockets(env, exports);
  bindings::addHash(env, exports);
  bindings::addSharedReads(env, exports);
  bindings::addCopyJob(env, exports);
  bindings::addVerifyJob(env, exports);
  bindings::addSearch(env, exports);
  bindings::addFolderWriter(env, exports);
  bindings::addNbd(env, exports);
  return exports;
}

}  // namespace

NODE_API_MODULE(diskwright, initialize)
