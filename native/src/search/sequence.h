#pragma once

#include "matcher.h"

namespace search {

/** A sequence of byte sets: a text, a run of bytes with any of them open, a text without regard to case. */
class Sequence final : public Matcher {
 public:
  /** At least one set; none of them empty. */
  explicit Sequence(std::vector<ByteSet> sets);

  size_t longest() const override { return sets_.size(); }
  std::optional<Match> find(const uint8_t* bytes, size_t from, size_t startsEnd, size_t end) override;

  /** Two places of the sequence that few starts pass: at each, one of two values (the same twice where there is but one). */
  struct Probe {
    size_t first;
    std::array<uint8_t, 2> firstValues;
    size_t second;
    std::array<uint8_t, 2> secondValues;
  };

 private:
  bool matchesAt(const uint8_t* bytes) const;
  std::optional<Match> at(size_t start) const { return Match{start, start + sets_.size()}; }

  const std::vector<ByteSet> sets_;
  /** Absent when every place has more than two values. */
  std::optional<Probe> probe_;
};

}  // namespace search
