#include "extentList.h"

#include <cstring>

#include "arguments.h"

namespace extentList {

namespace {

constexpr char kMagic[] = "DWEXTS01";
constexpr size_t kMagicSize = 8;
constexpr size_t kHeaderSize = 16;
constexpr size_t kRecordSize = 16;

uint64_t littleEndian64(const uint8_t* bytes) {
  uint64_t value = 0;
  for (int index = 7; index >= 0; --index) value = value << 8 | bytes[index];
  return value;
}

[[noreturn]] void refuse(uint64_t index, const char* reason) {
  throw MalformedList("extent " + std::to_string(index) + " " + reason);
}

}  // namespace

std::vector<Extent> parse(const uint8_t* blob, size_t size) {
  if (size < kHeaderSize) throw MalformedList("an extent list has a header of 16 bytes");
  if (std::memcmp(blob, kMagic, kMagicSize) != 0) throw MalformedList("an extent list starts with DWEXTS01");
  const uint64_t count = littleEndian64(blob + kMagicSize);
  const size_t recordBytes = size - kHeaderSize;
  if (recordBytes % kRecordSize != 0 || count != recordBytes / kRecordSize) {
    throw MalformedList("the count of the extent list does not fit its size");
  }
  std::vector<Extent> extents;
  extents.reserve(count);
  uint64_t least = 0;
  for (uint64_t index = 0; index < count; ++index) {
    const uint8_t* record = blob + kHeaderSize + index * kRecordSize;
    const Extent extent{littleEndian64(record), littleEndian64(record + 8)};
    if (extent.length == 0) refuse(index, "is empty");
    if (extent.length > arguments::kLargestInteger) refuse(index, "is longer than 2^53 - 1 bytes");
    if (extent.offset > arguments::kLargestInteger - extent.length) refuse(index, "ends after 2^53 - 1");
    if (extent.offset < least) refuse(index, "does not lie behind the one before it, with a gap");
    least = extent.offset + extent.length + 1;
    extents.push_back(extent);
  }
  return extents;
}

uint64_t countChunks(const std::vector<Extent>& extents, uint64_t chunkBytes, uint64_t most) {
  uint64_t count = 0;
  for (const Extent& extent : extents) {
    count += (extent.length - 1) / chunkBytes + 1;
    if (count > most) throw MalformedList("the extents have more than " + std::to_string(most) + " chunks: choose larger ones");
  }
  return count;
}

}  // namespace extentList
