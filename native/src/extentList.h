#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

/** The extent list blob: 8 bytes `DWEXTS01`, u64 count, `count` records of u64 offset and u64 length; little endian. */
namespace extentList {

struct Extent {
  uint64_t offset;
  uint64_t length;
};

/** A blob that is not a valid list; the text says what is wrong with which record. */
class MalformedList : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/**
 * Reads a list and checks all of it: magic, count against size, lengths over 0, ascending, neither overlapping nor
 * touching, ends at most 2^53 − 1. Throws `MalformedList`.
 */
std::vector<Extent> parse(const uint8_t* blob, size_t size);

/** How many chunks the extents are cut into, each from its start; at most `most`, else throws `MalformedList`. */
uint64_t countChunks(const std::vector<Extent>& extents, uint64_t chunkBytes, uint64_t most);

}  // namespace extentList
