#include "sequence.h"

#include <algorithm>
#include <utility>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace search {

namespace {

/** How common a value is on disks, roughly: zeros and ones fill them, then comes text. Less is rarer. */
int commonness(uint8_t value) {
  if (value == 0x00) return 100;
  if (value == 0xff) return 50;
  if (value == ' ' || value == 'e' || value == 't' || value == 'a') return 30;
  if (value >= 'a' && value <= 'z') return 20;
  if (value < 0x10 || (value >= '0' && value <= '9') || (value >= 'A' && value <= 'Z')) return 10;
  return 5;
}

struct Place {
  size_t index;
  std::array<uint8_t, 2> values;
  int commonness;
};

std::optional<Sequence::Probe> chooseProbe(const std::vector<ByteSet>& sets) {
  std::vector<Place> places;
  for (size_t index = 0; index < sets.size(); ++index) {
    const std::vector<uint8_t> values = sets[index].values();
    if (values.size() > 2) continue;
    int sum = 0;
    for (const uint8_t value : values) sum += commonness(value);
    places.push_back({index, {values.front(), values.back()}, sum});
  }
  if (places.empty()) return std::nullopt;
  std::stable_sort(places.begin(), places.end(), [](const Place& a, const Place& b) { return a.commonness < b.commonness; });
  const Place& first = places.front();
  // Of two equal values the second tells less: a run of one letter passes both.
  const auto differs = [&](const Place& place) { return place.index != first.index && place.values != first.values; };
  auto second = std::find_if(places.begin(), places.end(), differs);
  if (second == places.end()) second = places.size() > 1 ? places.begin() + 1 : places.begin();
  return Sequence::Probe{first.index, first.values, second->index, second->values};
}

/** The first start in [from, startsEnd) that passes the probe. */
size_t nextCandidate(const Sequence::Probe& probe, const uint8_t* bytes, size_t from, size_t startsEnd) {
  for (size_t start = from; start < startsEnd; ++start) {
    const uint8_t a = bytes[start + probe.first];
    const uint8_t b = bytes[start + probe.second];
    if ((a == probe.firstValues[0] || a == probe.firstValues[1]) && (b == probe.secondValues[0] || b == probe.secondValues[1]))
      return start;
  }
  return startsEnd;
}

#if defined(__x86_64__)
/** As {@link nextCandidate}, 32 starts at once. */
__attribute__((target("avx2"))) size_t nextCandidateAvx2(const Sequence::Probe& probe, const uint8_t* bytes, size_t from,
                                                         size_t startsEnd) {
  const __m256i first0 = _mm256_set1_epi8(static_cast<char>(probe.firstValues[0]));
  const __m256i first1 = _mm256_set1_epi8(static_cast<char>(probe.firstValues[1]));
  const __m256i second0 = _mm256_set1_epi8(static_cast<char>(probe.secondValues[0]));
  const __m256i second1 = _mm256_set1_epi8(static_cast<char>(probe.secondValues[1]));
  size_t start = from;
  for (; start + 32 <= startsEnd; start += 32) {
    const __m256i a = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes + start + probe.first));
    const __m256i b = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes + start + probe.second));
    const __m256i both = _mm256_and_si256(_mm256_or_si256(_mm256_cmpeq_epi8(a, first0), _mm256_cmpeq_epi8(a, first1)),
                                          _mm256_or_si256(_mm256_cmpeq_epi8(b, second0), _mm256_cmpeq_epi8(b, second1)));
    const unsigned mask = static_cast<unsigned>(_mm256_movemask_epi8(both));
    if (mask != 0) return start + static_cast<size_t>(__builtin_ctz(mask));
  }
  return nextCandidate(probe, bytes, start, startsEnd);
}

using NextCandidate = size_t (*)(const Sequence::Probe&, const uint8_t*, size_t, size_t);
NextCandidate fastest() { return __builtin_cpu_supports("avx2") ? nextCandidateAvx2 : nextCandidate; }
const NextCandidate candidateAfter = fastest();
#else
constexpr auto candidateAfter = nextCandidate;
#endif

}  // namespace

Sequence::Sequence(std::vector<ByteSet> sets) : sets_(std::move(sets)), probe_(chooseProbe(sets_)) {}

std::optional<Match> Sequence::find(const uint8_t* bytes, size_t from, size_t startsEnd, size_t end) {
  if (end < sets_.size()) return std::nullopt;
  const size_t limit = std::min(startsEnd, end - sets_.size() + 1);
  for (size_t start = from; start < limit; ++start) {
    if (probe_) start = candidateAfter(*probe_, bytes, start, limit);
    if (start < limit && matchesAt(bytes + start)) return at(start);
  }
  return std::nullopt;
}

bool Sequence::matchesAt(const uint8_t* bytes) const {
  for (size_t index = 0; index < sets_.size(); ++index)
    if (!sets_[index].has(bytes[index])) return false;
  return true;
}

}  // namespace search
