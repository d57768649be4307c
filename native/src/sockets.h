#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

/**
 * Unix sockets: who is at the other end, descriptors passed to it, and plain bytes. `sockets_<platform>.cc`; failures are
 * `IoError` where nothing else is said.
 */
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

/** Bytes to be sent, from where they are. */
struct Part {
  const uint8_t* data;
  size_t length;
};

/** Makes calls on the socket wait. */
void setBlocking(int socketFd);

/** Waits for bytes; answers how many came: 0 at the end of the stream, however it ended. */
size_t receiveSome(int socketFd, uint8_t* data, size_t length);

/** Sends all parts in order; false when the other end is gone. */
bool sendAll(int socketFd, const std::vector<Part>& parts);

/** Whether the other end neither sends nor receives any more; waits so long for that. */
bool isHungUp(int socketFd, int milliseconds);

/** Ends both ways: calls that wait on this end return, the other end gets what was sent. Without effect on a socket that is gone. */
void endBoth(int socketFd) noexcept;

}  // namespace sockets
