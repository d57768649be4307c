#include "requestMemory.h"

#include <sys/mman.h>

#include <cstdlib>
#include <map>
#include <mutex>
#include <new>

namespace requestMemory {

namespace {

constexpr size_t kHugePage = 2u << 20;

/** Memory of about this size is cut from slabs, so that a huge page has no more than one user to each half of it. */
constexpr size_t kPiece = 1u << 20;
constexpr size_t kLeastInPiece = kPiece / 2;
constexpr size_t kPiecesInSlab = 8;
constexpr size_t kSlab = kPiece * kPiecesInSlab;
constexpr unsigned kAllUsed = (1u << kPiecesInSlab) - 1;

size_t roundUp(size_t value, size_t unit) { return (value + unit - 1) / unit * unit; }

uint8_t* allocateAt(size_t alignment, size_t size) {
  auto* memory = static_cast<uint8_t*>(std::aligned_alloc(alignment, roundUp(size, alignment)));
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

/** Asked for only: a system that has none gives small pages. */
void preferHugePages(uint8_t* memory, size_t size) { madvise(memory, size, MADV_HUGEPAGE); }

/** Pieces of slabs; a slab of which nothing is used is given back. */
class Pieces {
 public:
  uint8_t* take() {
    std::lock_guard<std::mutex> lock(mutex_);
    for (auto& [slab, used] : slabs_) {
      if (used == kAllUsed) continue;
      size_t piece = 0;
      while ((used >> piece & 1) != 0) ++piece;
      used |= 1u << piece;
      return slab + piece * kPiece;
    }
    std::unique_ptr<uint8_t, decltype(&std::free)> slab(allocateAt(kSlab, kSlab), &std::free);
    preferHugePages(slab.get(), kSlab);
    slabs_.emplace(slab.get(), 1u);
    return slab.release();
  }

  /** False when it is no piece. */
  bool giveBack(uint8_t* memory) noexcept {
    std::lock_guard<std::mutex> lock(mutex_);
    const size_t within = reinterpret_cast<uintptr_t>(memory) % kSlab;
    const auto place = slabs_.find(memory - within);
    if (place == slabs_.end()) return false;
    place->second &= ~(1u << (within / kPiece));
    if (place->second == 0) {
      std::free(place->first);
      slabs_.erase(place);
    }
    return true;
  }

 private:
  std::mutex mutex_;
  /** By address, a bit for each piece that is used. */
  std::map<uint8_t*, unsigned> slabs_;
};

/** Never destroyed: threads may be left behind that outlive all else. Made without an allocation, which might fail where memory is freed. */
Pieces& pieces() {
  alignas(Pieces) static unsigned char place[sizeof(Pieces)];
  static Pieces* const all = new (place) Pieces;
  return *all;
}

}  // namespace

void Free::operator()(uint8_t* memory) const noexcept {
  if (!pieces().giveBack(memory)) std::free(memory);
}

Memory allocate(size_t size) {
  if (size < kLeastInPiece) return Memory(allocateAt(kAlignment, size == 0 ? kAlignment : size));
  if (size <= kPiece) return Memory(pieces().take());
  Memory memory(allocateAt(kHugePage, size));
  preferHugePages(memory.get(), size);
  return memory;
}

}  // namespace requestMemory
