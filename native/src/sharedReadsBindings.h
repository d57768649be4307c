#pragma once

#include <memory>

#include <napi.h>

#include "sharedReads.h"

namespace sharedReadsBindings {

/** The reader behind an object of the class `SharedReader`; null for undefined. Throws a `TypeError` for anything else. */
std::shared_ptr<SharedReads::Reader> readerOrNone(Napi::Env env, Napi::Value value, const char* name);

}  // namespace sharedReadsBindings
