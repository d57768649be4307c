#pragma once

#include <cstdint>
#include <optional>

/** Locks by which programs keep out of each other's way. `locks_<platform>.cc`. Failures are thrown as `IoError`. */
namespace locks {

enum class Type { kRead, kWrite };

struct Held {
  Type type;
  uint64_t start;
  /** 0 means to the end of the file. */
  uint64_t length;
};

/** Locks a whole file for this opening without waiting; false when another one is in the way. */
bool lockFile(int fd, Type type);

/** The first lock of others that conflicts with a lock of this type on `[start, start + length)`; length 0: to the end of the file. */
std::optional<Held> probeFileLock(int fd, Type type, uint64_t start, uint64_t length);

/** Locks a device node for this opening, as udev respects it, without waiting; false when another one is in the way. */
bool lockDevice(int fd, bool shared);

}  // namespace locks
