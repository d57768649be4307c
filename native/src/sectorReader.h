#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "positionalIo.h"
#include "requestWatch.h"

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

  /**
   * `checkpoint` is called between requests and throws to stop; `onHole` is told of each unreadable sector, in no order.
   * `watch` may be null; its requests are those of `side`.
   */
  SectorReader(int fd, ReadPolicy policy, std::function<void()> checkpoint, OnHole onHole, RequestWatch* watch = nullptr,
               Side side = Side::kSource);

  /**
   * Fills the buffer, holes with zeros. Throws `IoError` with the exact offset: of the first unreadable sector unless these
   * are skipped, of the device's end (`IoError::kEndOfDevice`), or of what is wrong with the device as a whole.
   */
  void read(uint64_t offset, uint8_t* buffer, size_t length);

  /**
   * As `read`, but in large requests only: false, and nothing is told of a hole, when some of it cannot be read. What stands in
   * the buffer then is undefined.
   */
  bool readLarge(uint64_t offset, uint8_t* buffer, size_t length);

  /** As `read`, of a range that `readLarge` could not read: it is not tried as a whole again. */
  void scrape(uint64_t offset, uint8_t* buffer, size_t length);

 private:
  void request(uint64_t offset, uint8_t* buffer, size_t length);
  void trim(uint64_t offset, uint8_t* buffer, size_t length);
  bool readSector(uint64_t offset, uint8_t* buffer, size_t length);
  size_t trimBytes() const;

  const positionalIo::Channel channel_;
  const ReadPolicy policy_;
  const std::function<void()> checkpoint_;
  const OnHole onHole_;
  RequestWatch* const watch_;
  const Side side_;
};
