#include "copyEngine.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "zeros.h"

namespace {

/** No single request is longer, so that a slow device can be stopped in time. */
constexpr size_t kLargestRequest = 1 << 20;

/** Zeros shorter than this within a chunk are written like data: a request more costs more than it saves. */
constexpr size_t kZeroUnit = 64 << 10;

/** The first extent that ends behind `offset`. */
std::vector<extentList::Extent>::const_iterator extentFrom(const std::vector<extentList::Extent>& extents, uint64_t offset) {
  return std::partition_point(extents.begin(), extents.end(),
                              [=](const extentList::Extent& extent) { return extent.offset + extent.length <= offset; });
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
      cursor_(options_.extents, options_.chunkBytes) {}

void CopyEngine::work(PhaseClock& clock) {
  clock.enter(Phase::kRead);
  const positionalIo::AlignedMemory buffer = positionalIo::allocateAligned(options_.chunkBytes);
  const positionalIo::Channel target(target_.fd());
  bool hasHole = false;
  const SectorReader::OnHole onHole = [this, &hasHole](uint64_t offset, uint64_t length) {
    hasHole = true;
    addHole(offset, length);
  };
  SectorReader reader(
      source_.fd(), options_.readPolicy, [this] { throwIfCancelled(); }, onHole, &requests(), Side::kSource);

  while (!isStopping()) {
    waitWhilePaused(clock);
    std::optional<Chunk> chunk = cursor_.next();
    hasHole = false;
    try {
      if (chunk) {
        if (!readFirst(reader, *chunk, buffer.get())) continue;
      } else {
        const std::optional<Aside> aside = takeAside();
        if (!aside) break;
        readAside(reader, *aside, buffer.get(), onHole);
        chunk = aside->chunk;
      }
    } catch (const IoError& error) {
      throw SidedError(error, Side::kSource);
    }
    readBytes_ += chunk->length;

    clock.enter(Phase::kHash);
    const bool isAllZeros = isZero(buffer.get(), chunk->length);
    if (isAllZeros) zeroBytes_ += chunk->length;
    const hash::Digest digest = hashChunk(buffer.get(), chunk->length, isAllZeros);

    clock.enter(Phase::kWrite);
    try {
      writeChunk(target, *chunk, buffer.get(), isAllZeros, hasHole);
    } catch (const IoError& error) {
      throw SidedError(error, Side::kTarget);
    }
    writtenBytes_ += chunk->length;

    clock.enter(Phase::kRead);
    std::lock_guard<std::mutex> lock(mutex());
    hashes_.add(chunk->index, digest);
  }
}

void CopyEngine::release() noexcept {
  source_.close();
  target_.close();
}

/** What other threads still put aside is theirs to take. */
std::optional<CopyEngine::Aside> CopyEngine::takeAside() {
  std::lock_guard<std::mutex> lock(mutex());
  if (aside_.empty()) return std::nullopt;
  const Aside aside = aside_.front();
  aside_.pop_front();
  return aside;
}

/** False when the chunk was put aside. */
bool CopyEngine::readFirst(SectorReader& reader, const Chunk& chunk, uint8_t* buffer) {
  const uint64_t offset = options_.sourceOffset + chunk.offset;
  const bool isSuspect = meets(options_.suspects, chunk) || meets(options_.givenUp, chunk);
  if (!isSuspect && !options_.readPolicy.skipsUnreadable) {
    // The first unreadable sector ends the job, so it is looked for at once.
    reader.read(offset, buffer, chunk.length);
    return true;
  }
  if (!isSuspect && reader.readLarge(offset, buffer, chunk.length)) return true;
  std::lock_guard<std::mutex> lock(mutex());
  aside_.push_back({chunk, !isSuspect});
  return false;
}

void CopyEngine::readAside(SectorReader& reader, const Aside& aside, uint8_t* buffer, const SectorReader::OnHole& onHole) {
  const auto& [chunk, hasFailed] = aside;
  if (hasFailed) return reader.scrape(options_.sourceOffset + chunk.offset, buffer, chunk.length);
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

void CopyEngine::writeChunk(const positionalIo::Channel& target, const Chunk& chunk, const uint8_t* buffer, bool isAllZeros,
                            bool hasHole) {
  const uint64_t offset = options_.targetOffset + chunk.offset;
  // The zeros of a hole are always written: that the target is zero there is the caller's knowledge of the source's content.
  const bool writesAll =
      options_.zeroDetection == ZeroDetection::kWrite || (options_.zeroDetection == ZeroDetection::kSkip && hasHole);
  if (writesAll) return writeData(target, offset, buffer, chunk.length);
  if (isAllZeros) return writeZeroRun(target, offset, chunk.length);

  const auto unitIsZero = [&](size_t at) { return isZero(buffer + at, std::min(kZeroUnit, chunk.length - at)); };
  for (size_t start = 0; start < chunk.length;) {
    const bool areZeros = unitIsZero(start);
    size_t end = std::min(start + kZeroUnit, chunk.length);
    while (end < chunk.length && unitIsZero(end) == areZeros) end = std::min(end + kZeroUnit, chunk.length);
    if (areZeros) {
      zeroBytes_ += end - start;
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
      throwExact(target, offset + done, data + done, step, options_.readPolicy.sectorSize, error);
    }
    done += step;
  }
}

void CopyEngine::addHole(uint64_t offset, uint64_t length) {
  std::lock_guard<std::mutex> lock(mutex());
  holes_.add(offset, length);
  holeCount_ = holes_.ranges().size();
}

CopyEngine::Progress CopyEngine::progress() const { return {readBytes_, writtenBytes_, zeroBytes_, holeCount_}; }

CopyEngine::Result CopyEngine::result() const {
  const bool isDone = state() == State::kDone;
  // A thread that was left behind may still come back and add to these.
  std::lock_guard<std::mutex> lock(mutex());
  Result result;
  for (const auto& [offset, length] : holes_.ranges()) result.holes.push_back({offset, length});
  result.holeBytes = holes_.bytes();
  if (isDone) {
    result.blake3 = hexadecimal(hashes_.overall());
    result.chunkHashes = hashes_.kept();
  }
  return result;
}
