#pragma once

#include <napi.h>

/** Each adds the functions or classes of one area to the addon's exports. */
namespace bindings {

void addDevice(Napi::Env env, Napi::Object exports);

}  // namespace bindings
