#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "../device.h"
#include "../positionalIo.h"
#include "../requestMemory.h"
#include "dataReply.h"
#include "readRanges.h"
#include "request.h"

namespace nbd {

/**
 * The transmission phase of one NBD connection to a range of a descriptor that is only read. Its threads answer reads that
 * succeed; any other request (one that fails, is invalid, or is no read) is handed to the owner, whose answer they send.
 *
 * One thread at a time receives. What the page cache holds it answers at once; before it waits for a device or for the owner it
 * leaves receiving to another. Threads are started as they are needed, share ownership, and end with the connection; one that
 * hangs in a device keeps what it uses until it comes back.
 */
class ReadServer : public std::enable_shared_from_this<ReadServer> {
 public:
  struct Export {
    device::Descriptor descriptor;
    /** Where on the descriptor it begins. */
    uint64_t offset;
    uint64_t size;
    bool isStructured;
  };

  /** A request for the owner to answer. */
  struct Delegated {
    uint64_t id;
    std::array<uint8_t, kRequestBytes> header;
  };

  /** `received`: what was received already and belongs to this phase. The socket must be blocking. */
  ReadServer(device::Descriptor socket, Export what, std::vector<uint8_t> received);

  /** `onIdle` is called once, from any thread, when no thread is left; without a thread to start with it throws. */
  void start(std::function<void()> onIdle);

  /** Calls `onNext`, once and from any thread, as soon as `takeDelegated` has something to say. One at a time. */
  void awaitDelegated(std::function<void()> onNext);
  /** The next request; nothing when the connection has ended. */
  std::optional<Delegated> takeDelegated();
  /** Sends the reply to a delegated request. */
  void answer(uint64_t id, std::vector<uint8_t> reply);

  /** From now on every request is delegated; when none is under way any more, the connection ends. */
  void revoke();
  /** Ends the connection at once. */
  void end();
  /** What was read by requests that were answered here, since this was asked last. */
  ReadRanges takeRead();

 private:
  /** What a thread works with. */
  struct Workspace {
    uint8_t* memory(size_t length);
    void trim();

    requestMemory::Memory buffer;
    size_t capacity = 0;
    DataReply reply;
  };

  void runThread();
  void serve();
  std::optional<Request> receive();
  bool receiveUntil(size_t length);
  bool skip(size_t length);
  void stopReceiving();
  void leaveReceiving(std::unique_lock<std::mutex>& turn);

  bool isPlainRead(const Request& request) const;
  bool begin(size_t cost);
  void finish(size_t cost);
  size_t readCached(const Request& request, uint8_t* memory);
  bool readRest(const Request& request, uint8_t* memory, size_t done) noexcept;
  void delegate(const Request& request);
  void send(const std::vector<sockets::Part>& parts);
  /** With `mutex_` held. */
  void endLocked();
  void wakeOwner();

  device::Descriptor socket_;
  Export export_;
  const positionalIo::Channel channel_;
  std::atomic<bool> isRevoked_{false};
  /** The filesystem can tell what is in the page cache; past the cache, everything waits. */
  std::atomic<bool> knowsCache_;

  /** Held by the thread that receives, with what it has received. */
  std::mutex receiving_;
  std::vector<uint8_t> input_;
  size_t taken_ = 0;
  size_t filled_ = 0;

  std::mutex accounting_;
  ReadRanges read_;

  /** Held by the thread that sends a reply. */
  std::mutex sending_;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool receives_ = true;
  bool hasEnded_ = false;
  size_t threads_ = 0;
  /** Threads that wait for their turn to receive. */
  size_t waiting_ = 0;
  size_t requestsUnderWay_ = 0;
  size_t bytesUnderWay_ = 0;
  uint64_t lastId_ = 0;
  std::deque<Delegated> delegated_;
  std::map<uint64_t, std::vector<uint8_t>> answers_;
  std::function<void()> onNext_;
  std::function<void()> onIdle_;
};

}  // namespace nbd
