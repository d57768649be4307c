#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "chunkCursor.h"
#include "chunkHashes.h"
#include "device.h"
#include "extentList.h"
#include "holeList.h"
#include "job.h"
#include "positionalIo.h"
#include "requestMemory.h"
#include "sectorReader.h"
#include "sharedReads.h"

/**
 * Copies extents from one descriptor to another: each thread takes a chunk, reads, hashes and writes it. Chunks that cannot be
 * read as a whole are put aside until all others are done: what is good is had first.
 */
class CopyEngine final : public Job {
 public:
  enum class ZeroDetection { kWrite, kSkip, kZero };

  struct Options {
    std::vector<extentList::Extent> extents;
    /** Ranges that are suspected to be bad: read after all others. Relative as the extents are, as is `givenUp`. */
    std::vector<extentList::Extent> suspects;
    /** Ranges that are not read at all: holes. */
    std::vector<extentList::Extent> givenUp;
    uint64_t sourceOffset;
    uint64_t targetOffset;
    size_t chunkBytes;
    ZeroDetection zeroDetection;
    /** The target is read as well, and what stands there already is not written. */
    bool keepsEqual;
    /** Without, nothing is hashed. */
    bool hashes;
    ReadPolicy readPolicy;
    /** Reads that are shared with copies of the same source; may be null. */
    std::shared_ptr<SharedReads::Reader> sharedReader;
  };

  struct Progress {
    uint64_t readBytes;
    uint64_t writtenBytes;
    uint64_t zeroBytes;
    /** Of the written ones, those that stood there before. */
    uint64_t unchangedBytes;
    uint64_t holes;
  };

  struct Result {
    std::vector<device::Range> holes;
    uint64_t holeBytes;
    /** Hexadecimal; empty unless done with `hashes`, as are the chunk hashes. */
    std::string blake3;
    std::vector<uint8_t> chunkHashes;
  };

  /** The job owns the descriptors. */
  CopyEngine(device::Descriptor source, device::Descriptor target, Options options);

  Progress progress() const;
  /** After the job was settled. */
  Result result() const;

 protected:
  void work(PhaseClock& clock) override;
  void release() noexcept override;

 private:
  /** How a chunk is read: at first, as one that is suspected to be bad, or as one of which large requests have failed. */
  enum class Reading { kFirst, kSuspect, kFailed };
  struct Work {
    Chunk chunk;
    Reading reading;
  };

  void openDirect();
  SharedReads::Turn takeTurn(const Work& next, PhaseClock& clock);
  std::optional<Work> takeWork();
  bool isSuspect(const Chunk& chunk) const;
  bool readChunk(SectorReader& reader, const Work& next, uint8_t* buffer, const SectorReader::OnHole& onHole);
  bool readFirst(SectorReader& reader, const Chunk& chunk, uint8_t* buffer);
  void readAroundGivenUp(SectorReader& reader, const Chunk& chunk, uint8_t* buffer, const SectorReader::OnHole& onHole);
  hash::Digest hashChunk(const uint8_t* buffer, size_t length, bool isAllZeros);
  bool readStanding(SectorReader& reader, const Chunk& chunk, uint8_t* standing);
  void writeChunk(const positionalIo::Channel& target, const Chunk& chunk, const uint8_t* buffer, const uint8_t* standing,
                  bool isAllZeros, bool hasHole);
  void writeZeroRun(const positionalIo::Channel& target, uint64_t offset, size_t length);
  void writeData(const positionalIo::Channel& target, uint64_t offset, const uint8_t* data, size_t length);
  void addHole(uint64_t offset, uint64_t length);

  device::Descriptor source_;
  device::Descriptor target_;
  std::once_flag opened_;
  /** Openings of their own past the page cache, where that is better; the first ones are kept for their claims and locks. */
  device::Descriptor directSource_;
  device::Descriptor directTarget_;
  const Options options_;
  /** The storage of the source, for reads that are shared. */
  const device::Description sourceDescription_;
  ChunkCursor cursor_;

  std::once_flag zeroChunkHashed_;
  hash::Digest zeroChunkHash_;

  std::atomic<uint64_t> readBytes_{0};
  std::atomic<uint64_t> writtenBytes_{0};
  std::atomic<uint64_t> zeroBytes_{0};
  std::atomic<uint64_t> unchangedBytes_{0};
  std::atomic<uint64_t> holeCount_{0};

  // Under the job's mutex.
  std::deque<Work> aside_;
  HoleList holes_;
  ChunkHashes hashes_;
};
