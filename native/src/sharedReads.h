#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <tuple>
#include <vector>

#include "device.h"
#include "hash.h"
#include "requestMemory.h"

/**
 * Chunks of a source that several copies need, each read by one of them: the first that comes to it. A chunk is kept until all
 * that follow have taken it.
 *
 * When what is kept has reached the capacity, nothing more is read until half of it was taken: so the fastest goes with the
 * slowest. Time spent like that is charged to those who are behind, and time without it is given back to them: one that is less
 * than half as fast as the fastest, or does nothing, is let go, and reads for itself until it has caught up.
 */
class SharedReads : public std::enable_shared_from_this<SharedReads> {
 public:
  /** One bit of a mask each. */
  static constexpr size_t kMaxReaders = 64;

  /** A chunk by the storage that holds it, its offset there and its length. */
  struct Place {
    uint64_t device;
    uint64_t inode;
    std::string name;
    uint64_t offset;
    size_t length;

    bool operator<(const Place& other) const {
      return std::tie(device, inode, name, offset, length) <
             std::tie(other.device, other.inode, other.name, other.offset, other.length);
    }
  };

  struct Chunk {
    requestMemory::Memory bytes;
    bool isAllZeros = false;
    hash::Digest digest{};
    /** Told when it was read, or given up. */
    std::condition_variable finished;
  };

 private:
  struct Entry {
    Place place;
    std::shared_ptr<Chunk> chunk;
    bool isRead = false;
    /** Who has yet to take it. */
    uint64_t awaited = 0;
  };
  using Entries = std::list<Entry>;

 public:
  using Clock = std::chrono::steady_clock;

  /** What a reader is to do about a chunk. A chunk that was taken lives as long as its turn. */
  class Turn {
   public:
    /** It reads for itself, and shares nothing. */
    Turn() = default;
    Turn(Turn&& other) noexcept = default;
    /** Only of one that has nothing yet. */
    Turn& operator=(Turn&& other) noexcept = default;
    /** A chunk that was to be read and is not published is read by the others for themselves. */
    ~Turn() { abandon(); }

    /** The chunk, when another has read it; otherwise null. */
    const Chunk* taken() const { return reads_ ? nullptr : chunk_.get(); }
    /** Where the chunk is to be read to, for others too; null when there is nothing to share. */
    uint8_t* memory() const { return reads_ ? chunk_->bytes.get() : nullptr; }
    /** Gives the chunk to the others. From now on nobody changes it. Without effect when there is nothing to share. */
    void publish(bool isAllZeros, const hash::Digest& digest);
    /** The others read it for themselves. */
    void abandon();

   private:
    friend class SharedReads;
    std::shared_ptr<Chunk> chunk_;
    /** Set while the chunk is this one's to read. */
    std::shared_ptr<SharedReads> reads_;
    Entries::iterator entry_;
  };

  /** One that reads; it takes part until it leaves or is destroyed. For many threads at once. */
  class Reader {
   public:
    Reader(std::shared_ptr<SharedReads> reads, size_t number) : reads_(std::move(reads)), number_(number) {}
    ~Reader() { leave(); }

    /** Waits for room, and for another that reads the chunk; both are bounded. `checkpoint` is called meanwhile and throws to stop. */
    Turn turn(const Place& place, const std::function<void()>& checkpoint) { return reads_->turn(number_, place, checkpoint); }
    /** As `turn`, without waiting: false when it has to be asked again in some milliseconds. @param since when it was first asked */
    bool tryTurn(const Place& place, Clock::time_point since, Turn& turn) { return reads_->tryTurn(number_, place, since, turn); }
    /** Nobody waits for it any more. Idempotent. */
    void leave() { reads_->leave(number_); }

   private:
    const std::shared_ptr<SharedReads> reads_;
    const size_t number_;
  };

  static Place place(const device::Description& source, uint64_t offset, size_t length);
  /** Of a source without a descriptor. */
  static Place namedPlace(const std::string& name, uint64_t offset, size_t length);

  explicit SharedReads(size_t capacityBytes) : capacityBytes_(capacityBytes) {}

  /** Waited for from now on, also before it has begun. Null when there are too many. */
  std::shared_ptr<Reader> join();

 private:
  /** What came of asking for a turn; unsettled, it is to be asked again when `awaited` is read, or there is room. */
  struct Answer {
    bool isSettled;
    Turn turn;
    std::shared_ptr<Chunk> awaited;
  };

  Turn turn(size_t reader, const Place& place, const std::function<void()>& checkpoint);
  bool tryTurn(size_t reader, const Place& place, Clock::time_point since, Turn& turn);
  Answer ask(size_t reader, const Place& place, Clock::time_point since);
  void leave(size_t reader);
  Turn take(size_t reader, Entries::iterator entry);
  Turn begin(size_t reader, const Place& place);
  void finish(const Entries::iterator& entry, bool isRead);
  bool hasRoomFor(size_t length);
  bool isAnyRead() const;
  void keepAccounts();
  void letGo(uint64_t readers);
  void remove(Entries::iterator entry);

  const size_t capacityBytes_;
  std::mutex mutex_;
  std::condition_variable drained_;
  /** In the order in which they were begun. */
  Entries entries_;
  std::map<Place, Entries::iterator> places_;
  size_t keptBytes_ = 0;
  /** No room is given until half of the capacity is free. */
  bool isDraining_ = false;
  /** Somebody waits for room, at least until then. */
  Clock::time_point waitingUntil_;
  uint64_t following_ = 0;
  /** How long each reader is still waited for. */
  std::vector<Clock::duration> patience_;
  Clock::time_point accountedAt_ = Clock::now();
};
