#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <vector>

#include "chunkCursor.h"
#include "device.h"
#include "extentList.h"
#include "job.h"

/** Reads extents back past the page cache and compares the hash of each chunk. */
class VerifyEngine final : public Job {
 public:
  struct Options {
    std::vector<extentList::Extent> extents;
    uint64_t targetOffset;
    size_t chunkBytes;
    /** `ChunkHashes::kKeptBytes` of each chunk. */
    std::vector<uint8_t> chunkHashes;
  };

  struct Result {
    std::vector<device::Range> mismatches;
    uint64_t mismatchCount;
    bool isDirect;
  };

  /** The job owns the descriptor. */
  VerifyEngine(device::Descriptor target, Options options);

  uint64_t readBytes() const { return readBytes_; }
  uint64_t mismatchCount() const { return mismatchCount_; }
  /** After the job was settled. */
  Result result() const;

 protected:
  void work(PhaseClock& clock) override;
  void release() noexcept override;

 private:
  void openForReading();
  void addMismatch(const Chunk& chunk);

  device::Descriptor target_;
  const Options options_;
  ChunkCursor cursor_;

  std::once_flag opened_;
  device::Descriptor reading_;
  std::atomic<bool> isDirect_{false};

  std::atomic<uint64_t> readBytes_{0};
  std::atomic<uint64_t> mismatchCount_{0};
  /** Length by offset, the lowest offsets. Under the job's mutex. */
  std::map<uint64_t, uint64_t> mismatches_;
};
