#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

/** Unix sockets: who is at the other end, and descriptors passed to it. `sockets_<platform>.cc`; failures are `IoError`. */
namespace sockets {

/** The longest payload that goes with a descriptor. */
constexpr size_t kLargestPayload = 65536;

struct Peer {
  int64_t pid;
  uint32_t uid;
  uint32_t gid;
};

struct Received {
  /** Owned by the caller; −1 when the message had none. */
  int fd = -1;
  std::vector<uint8_t> payload;
};

Peer peerCredentials(int socketFd);

/**
 * A message on the wire: u32 little-endian length of the payload, then the payload; the descriptor travels with the first
 * byte. Both calls wait for the other end, also on a non-blocking socket. One call of each kind at a time a socket.
 */
void sendDescriptor(int socketFd, int fd, const uint8_t* payload, size_t length);
Received receiveDescriptor(int socketFd);

}  // namespace sockets
