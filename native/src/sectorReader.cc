#include "sectorReader.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "device.h"
#include "ioError.h"

namespace {

/** No single request is longer, so that a slow device can be stopped in time. */
constexpr size_t kLargestRequest = 1 << 20;

/** A failing range is halved down to this, then taken sector by sector. */
constexpr size_t kTrimBytes = 64 << 10;

}  // namespace

SectorReader::SectorReader(int fd, ReadPolicy policy, std::function<void()> checkpoint, OnHole onHole, RequestWatch* watch,
                           Side side)
    : channel_(fd),
      policy_(policy),
      checkpoint_(std::move(checkpoint)),
      onHole_(std::move(onHole)),
      watch_(watch),
      side_(side) {}

void SectorReader::read(uint64_t offset, uint8_t* buffer, size_t length) {
  for (size_t done = 0; done < length;) {
    const size_t step = std::min(kLargestRequest, length - done);
    if (!readLarge(offset + done, buffer + done, step)) scrape(offset + done, buffer + done, step);
    done += step;
  }
}

bool SectorReader::readLarge(uint64_t offset, uint8_t* buffer, size_t length) {
  for (size_t done = 0; done < length;) {
    const size_t step = std::min(kLargestRequest, length - done);
    checkpoint_();
    try {
      request(offset + done, buffer + done, step);
    } catch (const IoError& error) {
      if (!device::isMediumError(error.errorNumber)) throw;
      return false;
    }
    done += step;
  }
  return true;
}

void SectorReader::scrape(uint64_t offset, uint8_t* buffer, size_t length) {
  if (length <= trimBytes()) return trim(offset, buffer, length);
  const uint64_t middle = offset + length / 2;
  const size_t half = static_cast<size_t>(middle - middle % policy_.sectorSize - offset);
  if (!readLarge(offset, buffer, half)) scrape(offset, buffer, half);
  if (!readLarge(offset + half, buffer + half, length - half)) scrape(offset + half, buffer + half, length - half);
}

/** From both ends towards the middle of the bad area: what lies around it is had before the medium is strained any further. */
void SectorReader::trim(uint64_t offset, uint8_t* buffer, size_t length) {
  const size_t unit = policy_.sectorSize;
  size_t start = 0;
  size_t end = length;
  const auto readNext = [&] {
    const size_t step = std::min(unit - static_cast<size_t>((offset + start) % unit), end - start);
    start += step;
    return readSector(offset + start - step, buffer + start - step, step);
  };
  const auto readLast = [&] {
    const size_t step = std::min((static_cast<size_t>((offset + end) % unit) + unit - 1) % unit + 1, end - start);
    end -= step;
    return readSector(offset + end, buffer + end, step);
  };
  while (start < end && readNext()) {
  }
  while (start < end && readLast()) {
  }
  while (start < end) readNext();
}

/** False when it is a hole. */
bool SectorReader::readSector(uint64_t offset, uint8_t* buffer, size_t length) {
  for (unsigned attempt = 0;; ++attempt) {
    checkpoint_();
    try {
      request(offset, buffer, length);
      return true;
    } catch (const IoError& error) {
      if (!device::isMediumError(error.errorNumber)) throw;
      if (attempt < policy_.retries) continue;
      if (!policy_.skipsUnreadable) throw IoError(error.errorNumber, "read", static_cast<int64_t>(offset));
    }
    std::memset(buffer, 0, length);
    onHole_(offset, length);
    return false;
  }
}

void SectorReader::request(uint64_t offset, uint8_t* buffer, size_t length) {
  const auto answer = [&] { return positionalIo::read(channel_, offset, buffer, length); };
  const size_t count = watch_ == nullptr ? answer() : watch_->time(side_, offset, length, answer);
  if (count < length) throw IoError(IoError::kEndOfDevice, "read", static_cast<int64_t>(offset + count));
}

size_t SectorReader::trimBytes() const { return std::max(kTrimBytes, 4 * policy_.sectorSize); }
