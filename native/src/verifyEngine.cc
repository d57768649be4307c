#include "verifyEngine.h"

#include <cstring>
#include <iterator>
#include <optional>
#include <utility>

#include "chunkHashes.h"
#include "hash.h"
#include "requestMemory.h"
#include "sectorReader.h"

namespace {

constexpr size_t kMostMismatches = 1024;

/** A verify job stops at what it cannot read, and says exactly where. */
constexpr ReadPolicy kReadPolicy{512, 0, false};

}  // namespace

VerifyEngine::VerifyEngine(device::Descriptor target, Options options)
    : target_(std::move(target)), options_(std::move(options)), cursor_(options_.extents, options_.chunkBytes) {}

void VerifyEngine::work(PhaseClock& clock) {
  clock.enter(Phase::kRead);
  std::call_once(opened_, [this] { openForReading(); });
  const requestMemory::Memory buffer = requestMemory::allocate(options_.chunkBytes);
  SectorReader reader(
      reading_.fd(), kReadPolicy, [this] { throwIfCancelled(); }, [](uint64_t, uint64_t) {}, &requests(), Side::kTarget);

  while (!isStopping()) {
    waitWhilePaused(clock);
    const std::optional<Chunk> chunk = cursor_.next();
    if (!chunk) break;
    clock.enter(Phase::kRead);
    reader.read(options_.targetOffset + chunk->offset, buffer.get(), chunk->length);
    clock.enter(Phase::kHash);
    const hash::Digest digest = hash::blake3(buffer.get(), chunk->length);
    const uint8_t* expected = options_.chunkHashes.data() + chunk->index * ChunkHashes::kKeptBytes;
    if (std::memcmp(digest.data(), expected, ChunkHashes::kKeptBytes) != 0) addMismatch(*chunk);
    readBytes_ += chunk->length;
  }
}

void VerifyEngine::openForReading() {
  device::flush(target_.fd());
  try {
    reading_ = device::reopen(target_.fd(), device::Access::kRead, true);
    isDirect_ = true;
  } catch (const IoError&) {
    // No direct I/O on this filesystem, or the device may not be opened by this process.
    device::dropCaches(target_.fd());
    reading_ = device::duplicate(target_.fd());
  }
}

void VerifyEngine::release() noexcept {
  target_.close();
  reading_.close();
}

void VerifyEngine::addMismatch(const Chunk& chunk) {
  ++mismatchCount_;
  std::lock_guard<std::mutex> lock(mutex());
  mismatches_.emplace(options_.targetOffset + chunk.offset, chunk.length);
  if (mismatches_.size() > kMostMismatches) mismatches_.erase(std::prev(mismatches_.end()));
}

VerifyEngine::Result VerifyEngine::result() const {
  std::lock_guard<std::mutex> lock(mutex());
  Result result;
  for (const auto& [offset, length] : mismatches_) result.mismatches.push_back({offset, length});
  result.mismatchCount = mismatchCount_;
  result.isDirect = isDirect_;
  return result;
}
