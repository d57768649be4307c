#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

/** What of the NBD protocol (github.com/NetworkBlockDevice/nbd, doc/proto.md) is spoken here; integers are big endian. */
namespace nbd {

constexpr size_t kRequestBytes = 28;
constexpr uint16_t kRead = 0;
constexpr uint16_t kWrite = 1;
constexpr uint16_t kDisconnect = 2;
constexpr uint16_t kFlagFua = 1;
constexpr uint16_t kFlagDontFragment = 4;

/** The largest read or write. */
constexpr uint32_t kMostBytes = 32u << 20;

template <typename Integer>
Integer load(const uint8_t* from) {
  Integer value = 0;
  for (size_t index = 0; index < sizeof(Integer); ++index) value = static_cast<Integer>(value << 8 | from[index]);
  return value;
}

template <typename Integer>
uint8_t* store(uint8_t* to, Integer value) {
  for (size_t index = sizeof(Integer); index-- > 0; value = static_cast<Integer>(value >> 8)) to[index] = static_cast<uint8_t>(value);
  return to + sizeof(Integer);
}

struct Request {
  /** As it came. */
  std::array<uint8_t, kRequestBytes> header;
  uint16_t flags;
  uint16_t command;
  uint64_t cookie;
  uint64_t offset;
  uint32_t length;
};

/** Nothing without the magic number. */
inline std::optional<Request> parseRequest(const uint8_t* bytes) {
  constexpr uint32_t kMagic = 0x25609513;
  if (load<uint32_t>(bytes) != kMagic) return std::nullopt;
  Request request{};
  for (size_t index = 0; index < kRequestBytes; ++index) request.header[index] = bytes[index];
  request.flags = load<uint16_t>(bytes + 4);
  request.command = load<uint16_t>(bytes + 6);
  request.cookie = load<uint64_t>(bytes + 8);
  request.offset = load<uint64_t>(bytes + 16);
  request.length = load<uint32_t>(bytes + 24);
  return request;
}

}  // namespace nbd
