#pragma once

#include <functional>

/** Threads of the addon's own. They are never joined: one that hangs in a dead device must not keep the process. */
namespace threads {

/** Starts a thread on which no signal is delivered. Throws std::system_error when the system has no more. */
void startDetached(std::function<void()> function);

}  // namespace threads
