#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <vector>

#include "hash.h"

/**
 * Hashes of chunks that are finished in any order: the head of each, and BLAKE3 over all of them in order. Not for several
 * threads at once.
 */
class ChunkHashes {
 public:
  /** How much of each hash is kept. */
  static constexpr size_t kKeptBytes = 16;

  void add(uint64_t index, const hash::Digest& digest) {
    const size_t place = static_cast<size_t>(index) * kKeptBytes;
    if (kept_.size() < place + kKeptBytes) kept_.resize(place + kKeptBytes);
    std::memcpy(kept_.data() + place, digest.data(), kKeptBytes);

    early_.emplace(index, digest);
    for (auto first = early_.begin(); first != early_.end() && first->first == next_; first = early_.begin()) {
      overall_.update(first->second.data(), first->second.size());
      early_.erase(first);
      ++next_;
    }
  }

  const std::vector<uint8_t>& kept() const { return kept_; }
  /** Of the chunks up to the first that is missing. */
  hash::Digest overall() const { return overall_.digest(); }

 private:
  std::vector<uint8_t> kept_;
  std::map<uint64_t, hash::Digest> early_;
  uint64_t next_ = 0;
  hash::Blake3 overall_;
};
