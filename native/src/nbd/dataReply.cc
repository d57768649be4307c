#include "dataReply.h"

#include <algorithm>

#include "../zeros.h"

namespace nbd {

namespace {

/** Runs of zeros are looked for in blocks of so many bytes; smaller ones are not worth a chunk of their own. */
constexpr uint32_t kZeroBlock = 65536;
constexpr size_t kSimpleHeader = 16;
constexpr size_t kChunkHeader = 20;
constexpr size_t kLongestHeader = 32;
constexpr uint16_t kDone = 1;
constexpr uint16_t kOffsetData = 1;
constexpr uint16_t kOffsetHole = 2;

}  // namespace

void DataReply::make(const Request& request, bool isStructured, const uint8_t* data) {
  headers_.clear();
  parts_.clear();
  headers_.reserve(kLongestHeader * (request.length / kZeroBlock + 1));
  if (!isStructured) {
    constexpr uint32_t kMagic = 0x67446698;
    uint8_t* at = addHeader(kSimpleHeader);
    at = store(at, kMagic);
    at = store<uint32_t>(at, 0);
    store(at, request.cookie);
    parts_.push_back({data, request.length});
  } else if (request.length < kZeroBlock || (request.flags & kFlagDontFragment) != 0) {
    addDataChunk(request, data, 0, request.length);
  } else {
    makeFragments(request, data);
  }
}

void DataReply::makeFragments(const Request& request, const uint8_t* data) {
  const auto isZeroBlock = [&](uint32_t at) { return isZero(data + at, std::min(kZeroBlock, request.length - at)); };
  uint32_t start = 0;
  bool isHole = isZeroBlock(0);
  for (uint32_t at = 0; at < request.length;) {
    at += std::min(kZeroBlock, request.length - at);
    const bool isNextHole = at < request.length && isZeroBlock(at);
    if (at < request.length && isNextHole == isHole) continue;
    if (isHole) addHoleChunk(request, start, at);
    else addDataChunk(request, data, start, at);
    start = at;
    isHole = isNextHole;
  }
}

uint8_t* DataReply::addHeader(size_t length) {
  headers_.resize(headers_.size() + length);
  uint8_t* header = headers_.data() + headers_.size() - length;
  parts_.push_back({header, length});
  return header;
}

void DataReply::addDataChunk(const Request& request, const uint8_t* data, uint32_t from, uint32_t to) {
  uint8_t* at = addChunk(request, kOffsetData, 8 + (to - from), 8, to == request.length);
  store(at, request.offset + from);
  parts_.push_back({data + from, to - from});
}

void DataReply::addHoleChunk(const Request& request, uint32_t from, uint32_t to) {
  uint8_t* at = addChunk(request, kOffsetHole, 12, 12, to == request.length);
  at = store(at, request.offset + from);
  store(at, to - from);
}

uint8_t* DataReply::addChunk(const Request& request, uint16_t type, uint32_t length, size_t ownLength, bool isLast) {
  constexpr uint32_t kMagic = 0x668e33ef;
  uint8_t* at = addHeader(kChunkHeader + ownLength);
  at = store(at, kMagic);
  at = store<uint16_t>(at, isLast ? kDone : 0);
  at = store(at, type);
  at = store(at, request.cookie);
  return store(at, length);
}

}  // namespace nbd
