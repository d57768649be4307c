#include "sectorReader.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "device.h"
#include "ioError.h"

namespace {

/** No single request is longer, so that a slow device can be stopped in time. */
constexpr size_t kLargestRequest = 1 << 20;

}  // namespace

SectorReader::SectorReader(int fd, ReadPolicy policy, std::function<void()> checkpoint, OnHole onHole)
    : channel_(fd), policy_(policy), checkpoint_(std::move(checkpoint)), onHole_(std::move(onHole)) {}

void SectorReader::read(uint64_t offset, uint8_t* buffer, size_t length) {
  for (size_t done = 0; done < length;) {
    const size_t step = std::min(kLargestRequest, length - done);
    checkpoint_();
    try {
      readWhole(offset + done, buffer + done, step);
    } catch (const IoError& error) {
      if (!device::isMediumError(error.errorNumber)) throw;
      readBySectors(offset + done, buffer + done, step);
    }
    done += step;
  }
}

void SectorReader::readWhole(uint64_t offset, uint8_t* buffer, size_t length) {
  const size_t count = positionalIo::read(channel_, offset, buffer, length);
  if (count < length) throw IoError(IoError::kEndOfDevice, "read", static_cast<int64_t>(offset + count));
}

void SectorReader::readBySectors(uint64_t offset, uint8_t* buffer, size_t length) {
  for (size_t done = 0; done < length;) {
    const uint64_t position = offset + done;
    const size_t toSectorEnd = policy_.sectorSize - static_cast<size_t>(position % policy_.sectorSize);
    const size_t step = std::min(toSectorEnd, length - done);
    checkpoint_();
    readSector(position, buffer + done, step);
    done += step;
  }
}

void SectorReader::readSector(uint64_t offset, uint8_t* buffer, size_t length) {
  for (unsigned attempt = 0;; ++attempt) {
    try {
      return readWhole(offset, buffer, length);
    } catch (const IoError& error) {
      if (!device::isMediumError(error.errorNumber)) throw;
      if (attempt < policy_.retries) {
        checkpoint_();
        continue;
      }
      if (!policy_.skipsUnreadable) throw IoError(error.errorNumber, "read", static_cast<int64_t>(offset));
      std::memset(buffer, 0, length);
      return onHole_(offset, length);
    }
  }
}
