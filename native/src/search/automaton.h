#pragma once

#include <atomic>
#include <string>
#include <unordered_map>

#include "matcher.h"

namespace search {

/** A regular expression as a nondeterministic automaton (Thompson's construction). */
struct Program {
  enum class Kind : uint32_t { kSet = 0, kSplit = 1, kMatch = 2 };
  struct Instruction {
    Kind kind;
    /** `kSet`: index of the set. `kSplit`: one way to go on. */
    uint32_t a;
    /** `kSet`: where to go on. `kSplit`: the other way. */
    uint32_t b;
  };
  /** The first is where it starts. */
  std::vector<Instruction> instructions;
  std::vector<ByteSet> sets;
  /** No match has more bytes. */
  size_t longest;
};

/** The states of a program that it can be in at once, made when they are first reached. Forgotten when they take too much. */
class LazyStates {
 public:
  /**
   * @param searches begins anew at every byte, so that a match may begin anywhere
   * @param stopped once it is true, making a state throws {@link Stopped}
   */
  LazyStates(const Program& program, bool searches, const std::atomic<bool>& stopped);

  static constexpr int32_t kDead = 0;

  int32_t start() const { return start_; }
  bool accepts(int32_t state) const { return states_[static_cast<size_t>(state)].accepts; }
  /** May make every state that was answered before invalid but the one it answers. */
  int32_t next(int32_t state, uint8_t byte) {
    const int32_t known = transitions_[static_cast<size_t>(state) * classes_ + classOf_[byte]];
    return known >= 0 ? known : make(state, byte);
  }

 private:
  struct State {
    std::vector<uint32_t> instructions;
    bool accepts;
  };

  void reset();
  int32_t make(int32_t state, uint8_t byte);
  int32_t stateOf(std::vector<uint32_t> instructions);
  void follow(uint32_t instruction, std::vector<uint32_t>& reached);

  const Program& program_;
  const bool searches_;
  const std::atomic<bool>& stopped_;
  std::array<uint8_t, 256> classOf_{};
  size_t classes_ = 0;
  std::vector<State> states_;
  /** Instructions of all states together. */
  size_t held_ = 0;
  std::vector<int32_t> transitions_;
  std::unordered_map<std::string, int32_t> known_;
  /** Which instructions were reached in the round `mark_`. */
  std::vector<uint32_t> marks_;
  uint32_t mark_ = 0;
  int32_t start_ = 0;
};

/** Finds a program's matches: of those that begin first, the longest. Its program and `stopped` must outlive it. */
class Automaton final : public Matcher {
 public:
  Automaton(const Program& program, const std::atomic<bool>& stopped);

  size_t longest() const override { return program_.longest; }
  std::optional<Match> find(const uint8_t* bytes, size_t from, size_t startsEnd, size_t end) override;

 private:
  std::optional<size_t> firstEnd(const uint8_t* bytes, size_t from, size_t end);
  size_t longestFrom(const uint8_t* bytes, size_t start, size_t end);

  const Program& program_;
  LazyStates searching_;
  LazyStates anchored_;
};

}  // namespace search
