#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

extern "C" {
#include "blake3.h"
}

/** BLAKE3 with its default output of 32 bytes. */
namespace hash {

using Digest = std::array<uint8_t, BLAKE3_OUT_LEN>;

class Blake3 {
 public:
  Blake3() { blake3_hasher_init(&hasher_); }

  void update(const uint8_t* data, size_t length) { blake3_hasher_update(&hasher_, data, length); }

  /** The hash of what was added so far; more may follow. */
  Digest digest() const {
    Digest result;
    blake3_hasher_finalize(&hasher_, result.data(), result.size());
    return result;
  }

 private:
  blake3_hasher hasher_;
};

inline Digest blake3(const uint8_t* data, size_t length) {
  Blake3 hasher;
  hasher.update(data, length);
  return hasher.digest();
}

}  // namespace hash
