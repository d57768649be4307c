#include "automaton.h"

#include <algorithm>
#include <utility>

namespace search {

namespace {

/** More are forgotten and made anew: memory stays bounded whatever the expression. A state may have thousands of instructions. */
constexpr size_t kMostStates = 4096;
constexpr size_t kMostHeld = 1 << 20;

}  // namespace

LazyStates::LazyStates(const Program& program, bool searches, const std::atomic<bool>& stopped)
    : program_(program), searches_(searches), stopped_(stopped), marks_(program.instructions.size(), 0) {
  // Bytes that no set tells apart share a column of the table.
  std::unordered_map<std::string, uint8_t> classOfSignature;
  for (unsigned value = 0; value < 256; ++value) {
    std::string signature;
    for (const ByteSet& set : program.sets) signature.push_back(set.has(static_cast<uint8_t>(value)) ? '1' : '0');
    const auto [entry, isNew] = classOfSignature.try_emplace(signature, static_cast<uint8_t>(classOfSignature.size()));
    classOf_[value] = entry->second;
  }
  classes_ = classOfSignature.size();
  reset();
}

void LazyStates::reset() {
  states_.clear();
  transitions_.clear();
  known_.clear();
  held_ = 0;
  stateOf({});
  for (size_t column = 0; column < classes_; ++column) transitions_[column] = searches_ ? -1 : kDead;
  ++mark_;
  std::vector<uint32_t> reached;
  follow(0, reached);
  start_ = stateOf(std::move(reached));
}

int32_t LazyStates::make(int32_t state, uint8_t byte) {
  // Here, where all the time goes that an expression can take; what is known already costs nothing.
  if (stopped_) throw Stopped();
  ++mark_;
  std::vector<uint32_t> reached;
  for (const uint32_t index : states_[static_cast<size_t>(state)].instructions) {
    const Program::Instruction& instruction = program_.instructions[index];
    if (instruction.kind == Program::Kind::kSet && program_.sets[instruction.a].has(byte)) follow(instruction.b, reached);
  }
  if (searches_) follow(0, reached);
  if (states_.size() >= kMostStates || held_ + reached.size() > kMostHeld) {
    reset();
    return stateOf(std::move(reached));
  }
  const int32_t next = stateOf(std::move(reached));
  transitions_[static_cast<size_t>(state) * classes_ + classOf_[byte]] = next;
  return next;
}

int32_t LazyStates::stateOf(std::vector<uint32_t> instructions) {
  std::sort(instructions.begin(), instructions.end());
  const std::string key(reinterpret_cast<const char*>(instructions.data()), instructions.size() * sizeof(uint32_t));
  const auto [entry, isNew] = known_.try_emplace(key, static_cast<int32_t>(states_.size()));
  if (!isNew) return entry->second;
  const bool accepts = std::any_of(instructions.begin(), instructions.end(), [&](uint32_t index) {
    return program_.instructions[index].kind == Program::Kind::kMatch;
  });
  held_ += instructions.size();
  states_.push_back({std::move(instructions), accepts});
  transitions_.resize(states_.size() * classes_, -1);
  return entry->second;
}

void LazyStates::follow(uint32_t first, std::vector<uint32_t>& reached) {
  std::vector<uint32_t> waiting{first};
  while (!waiting.empty()) {
    const uint32_t index = waiting.back();
    waiting.pop_back();
    if (marks_[index] == mark_) continue;
    marks_[index] = mark_;
    const Program::Instruction& instruction = program_.instructions[index];
    if (instruction.kind == Program::Kind::kSplit) {
      waiting.push_back(instruction.b);
      waiting.push_back(instruction.a);
    } else {
      reached.push_back(index);
    }
  }
}

Automaton::Automaton(const Program& program, const std::atomic<bool>& stopped)
    : program_(program), searching_(program, true, stopped), anchored_(program, false, stopped) {}

std::optional<Match> Automaton::find(const uint8_t* bytes, size_t from, size_t startsEnd, size_t end) {
  while (from < startsEnd) {
    const std::optional<size_t> ending = firstEnd(bytes, from, std::min(end, startsEnd + program_.longest - 1));
    if (!ending) return std::nullopt;
    // Whatever ends there began within the longest length; one that begins earlier still and ends later goes before it.
    const size_t earliest = *ending > from + program_.longest ? *ending - program_.longest : from;
    for (size_t start = earliest; start < *ending; ++start) {
      const size_t length = longestFrom(bytes, start, std::min(end, start + program_.longest));
      if (length == 0) continue;
      if (start >= startsEnd) return std::nullopt;
      return Match{start, start + length};
    }
    from = *ending;
  }
  return std::nullopt;
}

std::optional<size_t> Automaton::firstEnd(const uint8_t* bytes, size_t from, size_t end) {
  int32_t state = searching_.start();
  for (size_t at = from; at < end; ++at) {
    state = searching_.next(state, bytes[at]);
    if (searching_.accepts(state)) return at + 1;
  }
  return std::nullopt;
}

size_t Automaton::longestFrom(const uint8_t* bytes, size_t start, size_t end) {
  int32_t state = anchored_.start();
  size_t length = 0;
  for (size_t at = start; at < end; ++at) {
    state = anchored_.next(state, bytes[at]);
    if (state == LazyStates::kDead) break;
    if (anchored_.accepts(state)) length = at + 1 - start;
  }
  return length;
}

}  // namespace search
