#include "sharedReads.h"

#include <algorithm>
#include <utility>

namespace {

using std::chrono::milliseconds;

/** Who waits looks as often as that whether it is cancelled, and keeps the accounts. */
constexpr milliseconds kLook{10};
/** The longest that a reader is waited for at once; as long one waits for another's read of a chunk. */
constexpr milliseconds kPatience{2000};
/** Before a reader takes its first chunk its target may have to be prepared. */
constexpr milliseconds kPatienceAtStart{5000};

uint64_t maskOf(size_t reader) { return uint64_t{1} << reader; }

}  // namespace

SharedReads::Place SharedReads::place(const device::Description& source, uint64_t offset, size_t length) {
  // No file has inode 0.
  return {uint64_t{source.major} << 32 | source.minor, source.isBlock ? 0 : source.inode, "", offset, length};
}

SharedReads::Place SharedReads::namedPlace(const std::string& name, uint64_t offset, size_t length) {
  return {0, 0, name, offset, length};
}

void SharedReads::Turn::abandon() {
  if (reads_) std::exchange(reads_, nullptr)->finish(entry_, false);
}

void SharedReads::Turn::publish(bool isAllZeros, const hash::Digest& digest) {
  if (!reads_) return;
  chunk_->isAllZeros = isAllZeros;
  chunk_->digest = digest;
  std::exchange(reads_, nullptr)->finish(entry_, true);
}

std::shared_ptr<SharedReads::Reader> SharedReads::join() {
  std::lock_guard<std::mutex> lock(mutex_);
  const size_t number = patience_.size();
  if (number == kMaxReaders) return nullptr;
  patience_.push_back(kPatienceAtStart);
  following_ |= maskOf(number);
  return std::make_shared<Reader>(shared_from_this(), number);
}

void SharedReads::leave(size_t reader) {
  std::lock_guard<std::mutex> lock(mutex_);
  letGo(maskOf(reader));
}

SharedReads::Turn SharedReads::turn(size_t reader, const Place& place, const std::function<void()>& checkpoint) {
  std::unique_lock<std::mutex> lock(mutex_);
  for (const Clock::time_point since = Clock::now();;) {
    checkpoint();
    Answer answer = ask(reader, place, since);
    if (answer.isSettled) return std::move(answer.turn);
    (answer.awaited ? answer.awaited->finished : drained_).wait_for(lock, kLook);
  }
}

bool SharedReads::tryTurn(size_t reader, const Place& place, Clock::time_point since, Turn& turn) {
  std::lock_guard<std::mutex> lock(mutex_);
  Answer answer = ask(reader, place, since);
  turn = std::move(answer.turn);
  return answer.isSettled;
}

SharedReads::Answer SharedReads::ask(size_t reader, const Place& place, Clock::time_point since) {
  keepAccounts();
  const bool isPatient = Clock::now() - since < kPatience;
  const auto known = places_.find(place);
  if (known != places_.end()) {
    if (known->second->isRead) return {true, take(reader, known->second), nullptr};
    if (!isPatient) return {true, {}, nullptr};
    return {false, {}, known->second->chunk};
  }
  const bool isFollowed = (following_ & ~maskOf(reader)) != 0;
  if (!isFollowed || (following_ & maskOf(reader)) == 0 || place.length > capacityBytes_) return {true, {}, nullptr};
  if (hasRoomFor(place.length)) return {true, begin(reader, place), nullptr};
  // Whoever reads all that is kept may hang.
  if (!isPatient && !isAnyRead()) return {true, {}, nullptr};
  waitingUntil_ = Clock::now() + 5 * kLook;
  return {false, {}, nullptr};
}

/** Whoever takes a chunk keeps up with those who read. */
SharedReads::Turn SharedReads::take(size_t reader, Entries::iterator entry) {
  Turn turn;
  turn.chunk_ = entry->chunk;
  if ((following_ & maskOf(reader)) == 0) {
    following_ |= maskOf(reader);
    patience_[reader] = {};
  }
  entry->awaited &= ~maskOf(reader);
  if (entry->awaited == 0) remove(entry);
  return turn;
}

SharedReads::Turn SharedReads::begin(size_t reader, const Place& place) {
  Turn turn;
  turn.chunk_ = std::make_shared<Chunk>();
  turn.chunk_->bytes = requestMemory::allocate(place.length);
  turn.entry_ = entries_.insert(entries_.end(), Entry{place, turn.chunk_, false, following_ & ~maskOf(reader)});
  places_.emplace(place, turn.entry_);
  keptBytes_ += place.length;
  turn.reads_ = shared_from_this();
  return turn;
}

void SharedReads::finish(const Entries::iterator& entry, bool isRead) {
  std::lock_guard<std::mutex> lock(mutex_);
  entry->isRead = isRead;
  entry->chunk->finished.notify_all();
  if (!isRead || entry->awaited == 0) remove(entry);
}

bool SharedReads::hasRoomFor(size_t length) {
  if (keptBytes_ + length > capacityBytes_) isDraining_ = true;
  return !isDraining_;
}

bool SharedReads::isAnyRead() const {
  return std::any_of(entries_.begin(), entries_.end(), [](const Entry& entry) { return entry.isRead; });
}

/** Time spent waiting for room is charged to those who have yet to take the first chunk, other time is given back to all. */
void SharedReads::keepAccounts() {
  const Clock::time_point now = Clock::now();
  const bool isWaitedFor = accountedAt_ < waitingUntil_;
  const Clock::duration passed = now - std::exchange(accountedAt_, now);
  if (!isDraining_) {
    for (Clock::duration& patience : patience_)
      if (patience < kPatience) patience = std::min<Clock::duration>(patience + passed, kPatience);
    return;
  }
  const auto first = std::find_if(entries_.begin(), entries_.end(), [](const Entry& entry) { return entry.isRead; });
  if (!isWaitedFor || first == entries_.end()) return;
  uint64_t late = 0;
  for (size_t reader = 0; reader < patience_.size(); ++reader) {
    if ((first->awaited & maskOf(reader)) == 0) continue;
    patience_[reader] -= passed;
    if (patience_[reader] < Clock::duration::zero()) late |= maskOf(reader);
  }
  if (late != 0) letGo(late);
}

void SharedReads::letGo(uint64_t readers) {
  following_ &= ~readers;
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    const auto current = entry++;
    current->awaited &= ~readers;
    if (current->isRead && current->awaited == 0) remove(current);
  }
}

void SharedReads::remove(Entries::iterator entry) {
  keptBytes_ -= entry->place.length;
  places_.erase(entry->place);
  entries_.erase(entry);
  if (!isDraining_ || keptBytes_ > capacityBytes_ / 2) return;
  isDraining_ = false;
  drained_.notify_all();
}
