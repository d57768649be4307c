#include "copyEngine.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "zeros.h"

namespace {

/** No single request is longer, so that a slow device can be stopped in time. */
constexpr size_t kLargestRequest = 1 << 20;

/** Less than this of a chunk is neither zeroed nor left as it is by itself: a request more costs more than it saves. */
constexpr size_t kUnit = 64 << 10;

/** From this mean length of the extents on, direct requests win; shorter ones are better merged and read ahead by the page cache. */
constexpr uint64_t kDirectFrom = 128 << 10;

/**
 * Direct requests lose where they do not begin at a multiple of this: a filesystem takes them one at a time, a medium with larger
 * sectors reads before it writes.
 */
constexpr uint64_t kDirectUnit = 4096;

/** What is done with a unit of a chunk. */
enum class Treatment { kKeep, kZero, kWrite };

/** The first extent that ends behind `offset`. */
std::vector<extentList::Extent>::const_iterator extentFrom(const std::vector<extentList::Extent>& extents, uint64_t offset) {
  return std::partition_point(extents.begin(), extents.end(),
                              [=](const extentList::Extent& extent) { return extent.offset + extent.length <= offset; });
}

/** Whether extents are so long, and so much of them begins as it should at `shift`, that direct requests win. */
bool suitDirect(const std::vector<extentList::Extent>& extents, uint64_t shift) {
  uint64_t covered = 0;
  uint64_t aligned = 0;
  for (const extentList::Extent& extent : extents) {
    covered += extent.length;
    if ((shift + extent.offset) % kDirectUnit == 0) aligned += extent.length;
  }
  return !extents.empty() && covered / extents.size() >= kDirectFrom && aligned >= covered / 8 * 7;
}

/** Another opening past the page cache; none where there is no such thing. */
device::Descriptor reopenDirect(const device::Descriptor& descriptor, device::Access access) {
  // It is direct already.
  if (device::requestAlignment(descriptor.fd()) > 1) return device::Descriptor();
  try {
    return device::reopen(descriptor.fd(), access, true);
  } catch (const IoError&) {
    // A filesystem without direct I/O, or a device that this process may use but not open.
    return device::Descriptor();
  }
}

const device::Descriptor& either(const device::Descriptor& preferred, const device::Descriptor& other) {
  return preferred.fd() >= 0 ? preferred : other;
}

bool meets(const std::vector<extentList::Extent>& extents, const Chunk& chunk) {
  const auto extent = extentFrom(extents, chunk.offset);
  return extent != extents.end() && extent->offset < chunk.offset + chunk.length;
}

/** Tries a failed range again sector by sector, to learn where the failure is. */
[[noreturn]] void throwExact(const positionalIo::Channel& target, uint64_t offset, const uint8_t* data, size_t length,
                             size_t sectorSize, const IoError& error) {
  if (device::isMediumError(error.errorNumber)) {
    for (size_t done = 0; done < length;) {
      const size_t toSectorEnd = sectorSize - static_cast<size_t>((offset + done) % sectorSize);
      const size_t step = std::min(toSectorEnd, length - done);
      positionalIo::write(target, offset + done, data + done, step);
      done += step;
    }
  }
  throw error;
}

std::string hexadecimal(const hash::Digest& digest) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const uint8_t byte : digest) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

}  // namespace

CopyEngine::CopyEngine(device::Descriptor source, device::Descriptor target, Options options)
    : source_(std::move(source)),
      target_(std::move(target)),
      options_(std::move(options)),
      sourceDescription_(device::describe(source_.fd())),
      cursor_(options_.extents, options_.chunkBytes) {}

void CopyEngine::work(PhaseClock& clock) {
  clock.enter(Phase::kRead);
  std::call_once(opened_, [this] { openDirect(); });
  const int sourceFd = either(directSource_, source_).fd();
  const int targetFd = either(directTarget_, target_).fd();
  const requestMemory::Memory buffer = requestMemory::allocate(options_.chunkBytes);
  const requestMemory::Memory standing = requestMemory::allocate(options_.keepsEqual ? options_.chunkBytes : 0);
  const positionalIo::Channel target(targetFd);
  bool hasHole = false;
  const SectorReader::OnHole onHole = [this, &hasHole](uint64_t offset, uint64_t length) {
    hasHole = true;
    addHole(offset, length);
  };
  SectorReader reader(
      sourceFd, options_.readPolicy, [this] { throwIfCancelled(); }, onHole, &requests(), Side::kSource);
  const ReadPolicy once{options_.readPolicy.sectorSize, 0, false};
  SectorReader targetReader(
      targetFd, once, [this] { throwIfCancelled(); }, [](uint64_t, uint64_t) {}, &requests(), Side::kTarget);

  while (!isStopping()) {
    waitWhilePaused(clock);
    hasHole = false;
    const std::optional<Work> next = takeWork();
    if (!next) break;
    const Chunk& chunk = next->chunk;
    SharedReads::Turn turn = takeTurn(*next, clock);
    const uint8_t* bytes;
    bool isAllZeros;
    hash::Digest digest;
    if (const SharedReads::Chunk* taken = turn.taken()) {
      bytes = taken->bytes.get();
      isAllZeros = taken->isAllZeros;
      digest = taken->digest;
    } else {
      uint8_t* const memory = turn.memory() ? turn.memory() : buffer.get();
      if (!readChunk(reader, *next, memory, onHole)) continue;
      clock.enter(Phase::kHash);
      bytes = memory;
      isAllZeros = isZero(memory, chunk.length);
      // Who shares the read may need it.
      digest = options_.hashes || turn.memory() ? hashChunk(memory, chunk.length, isAllZeros) : hash::Digest{};
      turn.publish(isAllZeros, digest);
    }
    readBytes_ += chunk.length;
    if (isAllZeros) zeroBytes_ += chunk.length;

    try {
      clock.enter(Phase::kRead);
      const bool isComparable = options_.keepsEqual && readStanding(targetReader, chunk, standing.get());
      clock.enter(Phase::kWrite);
      writeChunk(target, chunk, bytes, isComparable ? standing.get() : nullptr, isAllZeros, hasHole);
    } catch (const IoError& error) {
      throw SidedError(error, Side::kTarget);
    }
    writtenBytes_ += chunk.length;

    clock.enter(Phase::kRead);
    if (!options_.hashes) continue;
    std::lock_guard<std::mutex> lock(mutex());
    hashes_.add(chunk.index, digest);
  }
}

void CopyEngine::release() noexcept {
  source_.close();
  target_.close();
  directSource_.close();
  directTarget_.close();
}

void CopyEngine::openDirect() {
  if (suitDirect(options_.extents, options_.sourceOffset)) {
    directSource_ = reopenDirect(source_, device::Access::kRead);
  }
  // Opening once more must not allow what the caller's own opening does not.
  if (device::describe(target_.fd()).readOnly || !suitDirect(options_.extents, options_.targetOffset)) return;
  directTarget_ = reopenDirect(target_, device::Access::kWrite);
}

/** Chunks in order, then those that were put aside; what other threads still put aside is theirs to take. */
std::optional<CopyEngine::Work> CopyEngine::takeWork() {
  if (const std::optional<Chunk> chunk = cursor_.next()) return Work{*chunk, Reading::kFirst};
  std::lock_guard<std::mutex> lock(mutex());
  if (aside_.empty()) return std::nullopt;
  const Work aside = aside_.front();
  aside_.pop_front();
  return aside;
}

/** What is or may be bad is read by each copy for itself. */
SharedReads::Turn CopyEngine::takeTurn(const Work& next, PhaseClock& clock) {
  const auto& [chunk, reading] = next;
  if (!options_.sharedReader || reading != Reading::kFirst || isSuspect(chunk)) return {};
  const SharedReads::Place place = SharedReads::place(sourceDescription_, options_.sourceOffset + chunk.offset, chunk.length);
  // Waiting for slower copies is no reading.
  clock.enter(Phase::kIdle);
  SharedReads::Turn turn = options_.sharedReader->turn(place, [this] {
    if (isStopping()) throw JobStopped();
  });
  clock.enter(Phase::kRead);
  return turn;
}

bool CopyEngine::isSuspect(const Chunk& chunk) const { return meets(options_.suspects, chunk) || meets(options_.givenUp, chunk); }

/** False when the chunk was put aside. */
bool CopyEngine::readChunk(SectorReader& reader, const Work& next, uint8_t* buffer, const SectorReader::OnHole& onHole) {
  const auto& [chunk, reading] = next;
  const uint64_t offset = options_.sourceOffset + chunk.offset;
  try {
    switch (reading) {
      case Reading::kFirst:
        return readFirst(reader, chunk, buffer);
      case Reading::kSuspect:
        readAroundGivenUp(reader, chunk, buffer, onHole);
        return true;
      case Reading::kFailed:
        reader.scrape(offset, buffer, chunk.length);
        return true;
    }
  } catch (const IoError& error) {
    throw SidedError(error, Side::kSource);
  }
  return true;
}

bool CopyEngine::readFirst(SectorReader& reader, const Chunk& chunk, uint8_t* buffer) {
  const uint64_t offset = options_.sourceOffset + chunk.offset;
  const bool suspected = isSuspect(chunk);
  if (!suspected && !options_.readPolicy.skipsUnreadable) {
    // The first unreadable sector ends the job, so it is looked for at once.
    reader.read(offset, buffer, chunk.length);
    return true;
  }
  if (!suspected && reader.readLarge(offset, buffer, chunk.length)) return true;
  std::lock_guard<std::mutex> lock(mutex());
  aside_.push_back({chunk, suspected ? Reading::kSuspect : Reading::kFailed});
  return false;
}

void CopyEngine::readAroundGivenUp(SectorReader& reader, const Chunk& chunk, uint8_t* buffer,
                                   const SectorReader::OnHole& onHole) {
  const uint64_t end = chunk.offset + chunk.length;
  auto lost = extentFrom(options_.givenUp, chunk.offset);
  for (uint64_t at = chunk.offset; at < end;) {
    uint8_t* const place = buffer + (at - chunk.offset);
    const bool isLost = lost != options_.givenUp.end() && lost->offset <= at;
    const uint64_t next = lost == options_.givenUp.end() ? end : isLost ? lost->offset + lost->length : lost->offset;
    const size_t length = static_cast<size_t>(std::min(next, end) - at);
    if (isLost) {
      std::memset(place, 0, length);
      onHole(options_.sourceOffset + at, length);
      ++lost;
    } else {
      reader.read(options_.sourceOffset + at, place, length);
    }
    at += length;
  }
}

hash::Digest CopyEngine::hashChunk(const uint8_t* buffer, size_t length, bool isAllZeros) {
  if (!isAllZeros || length != options_.chunkBytes) return hash::blake3(buffer, length);
  std::call_once(zeroChunkHashed_, [&] { zeroChunkHash_ = hash::blake3(buffer, length); });
  return zeroChunkHash_;
}

/** False when it cannot be read: then all of it is written, which may well repair it. */
bool CopyEngine::readStanding(SectorReader& reader, const Chunk& chunk, uint8_t* standing) {
  return reader.readLarge(options_.targetOffset + chunk.offset, standing, chunk.length);
}

void CopyEngine::writeChunk(const positionalIo::Channel& target, const Chunk& chunk, const uint8_t* buffer,
                            const uint8_t* standing, bool isAllZeros, bool hasHole) {
  const uint64_t offset = options_.targetOffset + chunk.offset;
  // The zeros of a hole are always written: that the target is zero there is the caller's knowledge of the source's content.
  const bool writesZeros =
      options_.zeroDetection == ZeroDetection::kWrite || (options_.zeroDetection == ZeroDetection::kSkip && hasHole);
  if (standing == nullptr && writesZeros) return writeData(target, offset, buffer, chunk.length);
  if (standing == nullptr && isAllZeros) return writeZeroRun(target, offset, chunk.length);

  const auto treatmentOf = [&](size_t at) {
    const size_t length = std::min(kUnit, chunk.length - at);
    if (standing != nullptr && std::memcmp(buffer + at, standing + at, length) == 0) return Treatment::kKeep;
    return !writesZeros && isZero(buffer + at, length) ? Treatment::kZero : Treatment::kWrite;
  };
  for (size_t start = 0; start < chunk.length;) {
    const Treatment treatment = treatmentOf(start);
    size_t end = std::min(start + kUnit, chunk.length);
    while (end < chunk.length && treatmentOf(end) == treatment) end = std::min(end + kUnit, chunk.length);
    if (treatment == Treatment::kKeep) {
      unchangedBytes_ += end - start;
    } else if (treatment == Treatment::kZero) {
      if (!isAllZeros) zeroBytes_ += end - start;
      writeZeroRun(target, offset + start, end - start);
    } else {
      writeData(target, offset + start, buffer + start, end - start);
    }
    start = end;
  }
}

void CopyEngine::writeZeroRun(const positionalIo::Channel& target, uint64_t offset, size_t length) {
  throwIfCancelled();
  if (options_.zeroDetection == ZeroDetection::kZero) device::zero(target.fd, offset, length, true);
}

void CopyEngine::writeData(const positionalIo::Channel& target, uint64_t offset, const uint8_t* data, size_t length) {
  for (size_t done = 0; done < length;) {
    const size_t step = std::min(kLargestRequest, length - done);
    throwIfCancelled();
    try {
      requests().time(Side::kTarget, offset + done, step, [&] {
        positionalIo::write(target, offset + done, data + done, step);
        return true;
      });
    } catch (const IoError& error) {
      // Direct requests to a file are of whole pages, which would not show the sector.
      const size_t sectorSize = options_.readPolicy.sectorSize;
      const positionalIo::Channel narrow = target.alignment > sectorSize ? positionalIo::Channel(target_.fd()) : target;
      throwExact(narrow, offset + done, data + done, step, sectorSize, error);
    }
    done += step;
  }
}

void CopyEngine::addHole(uint64_t offset, uint64_t length) {
  std::lock_guard<std::mutex> lock(mutex());
  holes_.add(offset, length);
  holeCount_ = holes_.ranges().size();
}

CopyEngine::Progress CopyEngine::progress() const { return {readBytes_, writtenBytes_, zeroBytes_, unchangedBytes_, holeCount_}; }

CopyEngine::Result CopyEngine::result() const {
  const bool isDone = state() == State::kDone;
  // A thread that was left behind may still come back and add to these.
  std::lock_guard<std::mutex> lock(mutex());
  Result result;
  for (const auto& [offset, length] : holes_.ranges()) result.holes.push_back({offset, length});
  result.holeBytes = holes_.bytes();
  if (isDone && options_.hashes) {
    result.blake3 = hexadecimal(hashes_.overall());
    result.chunkHashes = hashes_.kept();
  }
  return result;
}
