#include "sockets.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "device.h"
#include "ioError.h"

namespace sockets {

namespace {

constexpr size_t kHeaderSize = 4;

/** Enough for more descriptors than one, so that a sender of several is noticed and all are closed. */
constexpr size_t kMostDescriptors = 16;

void waitFor(int socketFd, short events) {
  struct pollfd entry {socketFd, events, 0};
  while (poll(&entry, 1, -1) < 0) {
    if (errno != EINTR) throw IoError(errno, "wait for socket");
  }
}

/** Sends a part of the message, `fd` with it unless negative; answers how many bytes went. */
size_t sendSome(int socketFd, const uint8_t* data, size_t length, int fd) {
  struct iovec part {const_cast<uint8_t*>(data), length};
  struct msghdr message {};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  if (fd >= 0) {
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    struct cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(header), &fd, sizeof(int));
  }
  for (;;) {
    const ssize_t count = sendmsg(socketFd, &message, MSG_NOSIGNAL);
    if (count >= 0) return static_cast<size_t>(count);
    if (errno == EAGAIN) {
      waitFor(socketFd, POLLOUT);
    } else if (errno != EINTR) {
      throw IoError(errno, "send a descriptor");
    }
  }
}

/** Takes the descriptors out of a message. */
void collect(struct msghdr& message, std::vector<device::Descriptor>& descriptors) {
  for (struct cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    const size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t index = 0; index < count; ++index) {
      int fd;
      std::memcpy(&fd, CMSG_DATA(header) + index * sizeof(int), sizeof(int));
      descriptors.emplace_back(fd);
    }
  }
}

/** Receives exactly `length` bytes; what descriptors come along are added. */
void receiveExactly(int socketFd, uint8_t* data, size_t length, std::vector<device::Descriptor>& descriptors) {
  size_t done = 0;
  while (done < length) {
    struct iovec part {data + done, length - done};
    alignas(struct cmsghdr) char control[CMSG_SPACE(kMostDescriptors * sizeof(int))];
    struct msghdr message {};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    const ssize_t count = recvmsg(socketFd, &message, MSG_CMSG_CLOEXEC);
    if (count < 0 && errno == EAGAIN) {
      waitFor(socketFd, POLLIN);
      continue;
    }
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw IoError(errno, "receive a descriptor");
    collect(message, descriptors);
    if (count == 0) throw IoError(EPIPE, "receive a descriptor");
    if ((message.msg_flags & MSG_CTRUNC) != 0) throw IoError(EBADMSG, "receive a descriptor");
    done += static_cast<size_t>(count);
  }
}

}  // namespace

Peer peerCredentials(int socketFd) {
  struct ucred credentials {};
  socklen_t length = sizeof credentials;
  if (getsockopt(socketFd, SOL_SOCKET, SO_PEERCRED, &credentials, &length) != 0) {
    throw IoError(errno, "ask for the peer's credentials");
  }
  return {credentials.pid, credentials.uid, credentials.gid};
}

void sendDescriptor(int socketFd, int fd, const uint8_t* payload, size_t length) {
  if (length == 0 || length > kLargestPayload) throw IoError(EMSGSIZE, "send a descriptor");
  std::vector<uint8_t> message(kHeaderSize + length);
  for (size_t index = 0; index < kHeaderSize; ++index) message[index] = static_cast<uint8_t>(length >> (8 * index));
  std::memcpy(message.data() + kHeaderSize, payload, length);
  size_t done = sendSome(socketFd, message.data(), message.size(), fd);
  while (done < message.size()) done += sendSome(socketFd, message.data() + done, message.size() - done, -1);
}

Received receiveDescriptor(int socketFd) {
  std::vector<device::Descriptor> descriptors;
  uint8_t header[kHeaderSize];
  receiveExactly(socketFd, header, sizeof header, descriptors);
  size_t length = 0;
  for (size_t index = 0; index < kHeaderSize; ++index) length |= static_cast<size_t>(header[index]) << (8 * index);
  if (length == 0 || length > kLargestPayload) throw IoError(EBADMSG, "receive a descriptor");
  Received result;
  result.payload.resize(length);
  receiveExactly(socketFd, result.payload.data(), length, descriptors);
  if (descriptors.size() > 1) throw IoError(EBADMSG, "receive a descriptor");
  if (!descriptors.empty()) result.fd = descriptors.front().release();
  return result;
}

void setBlocking(int socketFd) {
  const int flags = fcntl(socketFd, F_GETFL);
  if (flags < 0 || fcntl(socketFd, F_SETFL, flags & ~O_NONBLOCK) != 0) throw IoError(errno, "make a socket wait");
}

size_t receiveSome(int socketFd, uint8_t* data, size_t length) {
  for (;;) {
    const ssize_t count = recv(socketFd, data, length, 0);
    if (count >= 0) return static_cast<size_t>(count);
    if (errno != EINTR) return 0;
  }
}

bool sendAll(int socketFd, const std::vector<Part>& parts) {
  std::array<struct iovec, 64> vector;
  size_t part = 0;
  size_t sent = 0;
  while (part < parts.size()) {
    size_t count = 0;
    for (size_t next = part; next < parts.size() && count < vector.size(); ++next, ++count) {
      const size_t skipped = count == 0 ? sent : 0;
      vector[count] = {const_cast<uint8_t*>(parts[next].data) + skipped, parts[next].length - skipped};
    }
    struct msghdr message {};
    message.msg_iov = vector.data();
    message.msg_iovlen = count;
    const ssize_t done = sendmsg(socketFd, &message, MSG_NOSIGNAL);
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return false;
    sent += static_cast<size_t>(done);
    while (part < parts.size() && sent >= parts[part].length) sent -= parts[part++].length;
  }
  return true;
}

bool isHungUp(int socketFd, int milliseconds) {
  struct pollfd entry {socketFd, 0, 0};
  return poll(&entry, 1, milliseconds) > 0 && (entry.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
}

void endBoth(int socketFd) noexcept { shutdown(socketFd, SHUT_RDWR); }

}  // namespace sockets
