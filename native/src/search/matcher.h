#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <vector>

/** Finding patterns in bytes. */
namespace search {

/** A set of byte values. */
class ByteSet {
 public:
  static constexpr size_t kBytes = 32;

  /** Bit n of byte n / 8 is the value n, as in the 32 bytes that JavaScript gives. */
  static ByteSet from(const uint8_t* bits) {
    ByteSet set;
    for (size_t index = 0; index < kBytes; ++index) set.bits_[index] = bits[index];
    return set;
  }

  bool has(uint8_t value) const { return (bits_[value >> 3] >> (value & 7)) & 1; }
  std::vector<uint8_t> values() const {
    std::vector<uint8_t> values;
    for (unsigned value = 0; value < 256; ++value)
      if (has(static_cast<uint8_t>(value))) values.push_back(static_cast<uint8_t>(value));
    return values;
  }

 private:
  std::array<uint8_t, kBytes> bits_{};
};

/** Where a match begins and ends in the bytes that were searched. */
struct Match {
  size_t start;
  size_t end;
};

/** Nobody wants to know any more. */
struct Stopped : std::runtime_error {
  Stopped() : std::runtime_error("the search was stopped") {}
};

/** One pattern. Not for several threads at once. */
class Matcher {
 public:
  virtual ~Matcher() = default;
  /** No match has more bytes. */
  virtual size_t longest() const = 0;
  /** The first match that begins in [from, startsEnd) and ends at `end` or before; `startsEnd` ≤ `end`. */
  virtual std::optional<Match> find(const uint8_t* bytes, size_t from, size_t startsEnd, size_t end) = 0;
};

}  // namespace search
