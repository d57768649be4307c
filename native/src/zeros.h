#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

/** Whether all bytes are zero. Ends at the first sixteen bytes for most data, and runs at memcmp's speed for zeros. */
inline bool isZero(const uint8_t* data, size_t length) {
  constexpr size_t kHead = 16;
  static constexpr uint8_t kZeros[kHead] = {};
  if (length <= kHead) return length == 0 || std::memcmp(data, kZeros, length) == 0;
  // With sixteen zeros at its start, data that equals itself shifted by sixteen is zeros throughout.
  return std::memcmp(data, kZeros, kHead) == 0 && std::memcmp(data, data + kHead, length - kHead) == 0;
}
