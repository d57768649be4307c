#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "positionalIo.h"

/** What to do about sectors that cannot be read. */
struct ReadPolicy {
  /** Unit into which an unreadable range is narrowed down. */
  size_t sectorSize;
  /** Attempts after the first. */
  unsigned retries;
  /** Unreadable sectors become holes; otherwise they are thrown. */
  bool skipsUnreadable;
};

/** Reads ranges of a device that may have unreadable sectors in it. For one thread. */
class SectorReader {
 public:
  using OnHole = std::function<void(uint64_t offset, uint64_t length)>;

  /** `checkpoint` is called between requests and throws to stop; `onHole` is told of each unreadable sector. */
  SectorReader(int fd, ReadPolicy policy, std::function<void()> checkpoint, OnHole onHole);

  /**
   * Fills the buffer, holes with zeros. Throws `IoError` with the exact offset: of the first unreadable sector unless these
   * are skipped, of the device's end (`IoError::kEndOfDevice`), or of what is wrong with the device as a whole.
   */
  void read(uint64_t offset, uint8_t* buffer, size_t length);

 private:
  void readWhole(uint64_t offset, uint8_t* buffer, size_t length);
  void readBySectors(uint64_t offset, uint8_t* buffer, size_t length);
  void readSector(uint64_t offset, uint8_t* buffer, size_t length);

  const positionalIo::Channel channel_;
  const ReadPolicy policy_;
  const std::function<void()> checkpoint_;
  const OnHole onHole_;
};
