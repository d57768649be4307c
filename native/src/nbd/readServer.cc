#include "readServer.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "../ioError.h"
#include "../threads.h"

namespace nbd {

namespace {

/** Requests that wait for a device at once: what a fast disk needs. */
constexpr size_t kMostThreads = 16;
/** Bytes of reads under way; beyond that nothing is received. */
constexpr size_t kWindow = 16u << 20;
constexpr size_t kLeastCost = 4096;
/** Larger buffers are given back after use. */
constexpr size_t kKeptBuffer = 2u << 20;
constexpr size_t kInput = 16384;
/** How soon it is noticed that another thread has ended the connection. */
constexpr int kHangUpMilliseconds = 200;

}  // namespace

uint8_t* ReadServer::Workspace::memory(size_t length) {
  if (length > capacity) {
    buffer.reset();
    capacity = 0;
    buffer = requestMemory::allocate(length);
    capacity = length;
  }
  return buffer.get();
}

void ReadServer::Workspace::trim() {
  if (capacity <= kKeptBuffer) return;
  buffer.reset();
  capacity = 0;
}

ReadServer::ReadServer(device::Descriptor socket, Export what, std::vector<uint8_t> received)
    : socket_(std::move(socket)),
      export_(std::move(what)),
      channel_(export_.descriptor.fd()),
      knowsCache_(channel_.alignment == 1),
      input_(std::move(received)),
      filled_(input_.size()) {
  if (input_.size() < kInput) input_.resize(kInput);
}

void ReadServer::start(std::function<void()> onIdle) {
  onIdle_ = std::move(onIdle);
  threads_ = 1;
  threads::startDetached([self = shared_from_this()] { self->runThread(); });
}

void ReadServer::runThread() {
  try {
    serve();
  } catch (const std::exception&) {
    // Without memory for a reply the connection cannot go on.
    end();
  }
  std::function<void()> onIdle;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (--threads_ > 0) return;
    endLocked();
    // Not left to the collection of the JavaScript object: an open file keeps its filesystem mounted.
    socket_.close();
    export_.descriptor.close();
    onIdle = std::move(onIdle_);
  }
  wakeOwner();
  onIdle();
}

void ReadServer::serve() {
  Workspace workspace;
  for (;;) {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      ++waiting_;
    }
    std::unique_lock<std::mutex> turn(receiving_);
    {
      std::lock_guard<std::mutex> lock(mutex_);
      --waiting_;
      if (!receives_) return;
    }
    const std::optional<Request> request = receive();
    if (!request) return stopReceiving();
    const bool isRead = isPlainRead(*request);
    const size_t cost = isRead ? std::max<size_t>(request->length, kLeastCost) : kLeastCost;
    if (!begin(cost)) return;
    bool isAnswered = false;
    if (isRead) {
      uint8_t* memory = workspace.memory(request->length);
      const size_t done = readCached(*request, memory);
      if (done < request->length) leaveReceiving(turn);
      if (done == request->length || readRest(*request, memory, done)) {
        {
          std::lock_guard<std::mutex> lock(accounting_);
          read_.add(request->offset, request->length);
        }
        workspace.reply.make(*request, export_.isStructured, memory);
        send(workspace.reply.parts());
        isAnswered = true;
      }
    }
    if (!isAnswered) {
      if (turn.owns_lock()) leaveReceiving(turn);
      delegate(*request);
    }
    workspace.trim();
    finish(cost);
  }
}

std::optional<Request> ReadServer::receive() {
  if (!receiveUntil(kRequestBytes)) return std::nullopt;
  const std::optional<Request> request = parseRequest(input_.data() + taken_);
  taken_ += kRequestBytes;
  if (!request || request->command == kDisconnect) return std::nullopt;
  if (request->command == kWrite && (request->length > kMostBytes || !skip(request->length))) return std::nullopt;
  return request;
}

/** Whether there are so many bytes in the input; false when the stream has ended before. */
bool ReadServer::receiveUntil(size_t length) {
  while (filled_ - taken_ < length) {
    if (taken_ > 0) {
      std::memmove(input_.data(), input_.data() + taken_, filled_ - taken_);
      filled_ -= taken_;
      taken_ = 0;
    }
    const size_t count = sockets::receiveSome(socket_.fd(), input_.data() + filled_, input_.size() - filled_);
    if (count == 0) return false;
    filled_ += count;
  }
  return true;
}

bool ReadServer::skip(size_t length) {
  while (length > 0) {
    if (!receiveUntil(1)) return false;
    const size_t count = std::min(length, filled_ - taken_);
    taken_ += count;
    length -= count;
  }
  return true;
}

/** With the turn held: no other thread takes it up again. */
void ReadServer::stopReceiving() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    receives_ = false;
    if (requestsUnderWay_ == 0) endLocked();
  }
  wakeOwner();
  // One that only sends no more still waits for its replies; one that has gone does not, whatever its requests wait for.
  for (;;) {
    const bool isHungUp = sockets::isHungUp(socket_.fd(), kHangUpMilliseconds);
    std::lock_guard<std::mutex> lock(mutex_);
    if (hasEnded_) return;
    if (!isHungUp) continue;
    endLocked();
    break;
  }
  wakeOwner();
}

/** Gives the turn to another thread; when none can be had, this one keeps it. */
void ReadServer::leaveReceiving(std::unique_lock<std::mutex>& turn) {
  std::unique_lock<std::mutex> lock(mutex_);
  if (waiting_ == 0 && threads_ < kMostThreads) {
    try {
      threads::startDetached([self = shared_from_this()] { self->runThread(); });
      ++threads_;
    } catch (const std::exception&) {
      return;
    }
  }
  lock.unlock();
  turn.unlock();
}

bool ReadServer::isPlainRead(const Request& request) const {
  const uint16_t allowed = kFlagFua | (export_.isStructured ? kFlagDontFragment : 0);
  return request.command == kRead && !isRevoked_ && (request.flags & ~allowed) == 0 && request.length > 0 &&
         request.length <= kMostBytes && request.offset <= export_.size && request.length <= export_.size - request.offset;
}

/** Waits for room; false when the connection has ended. */
bool ReadServer::begin(size_t cost) {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [&] { return hasEnded_ || bytesUnderWay_ == 0 || bytesUnderWay_ + cost <= kWindow; });
  if (hasEnded_) return false;
  ++requestsUnderWay_;
  bytesUnderWay_ += cost;
  return true;
}

void ReadServer::finish(size_t cost) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    --requestsUnderWay_;
    bytesUnderWay_ -= cost;
    changed_.notify_all();
    if (requestsUnderWay_ > 0 || (receives_ && !isRevoked_)) return;
    endLocked();
  }
  wakeOwner();
}

/** How many of the bytes could be had without waiting. */
size_t ReadServer::readCached(const Request& request, uint8_t* memory) {
  if (!knowsCache_) return 0;
  const int64_t count = device::readCached(channel_.fd, memory, request.length, export_.offset + request.offset);
  if (count >= 0) return static_cast<size_t>(count);
  if (errno != EAGAIN) knowsCache_ = false;
  return 0;
}

/** Whether all of it could be read. */
bool ReadServer::readRest(const Request& request, uint8_t* memory, size_t done) noexcept {
  try {
    const size_t rest = request.length - done;
    return positionalIo::read(channel_, export_.offset + request.offset + done, memory + done, rest) == rest;
  } catch (const std::exception&) {
    // The owner tries it again, and finds out what is to be said about it.
    return false;
  }
}

void ReadServer::delegate(const Request& request) {
  uint64_t id;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (hasEnded_) return;
    id = ++lastId_;
    delegated_.push_back({id, request.header});
  }
  wakeOwner();
  std::vector<uint8_t> reply;
  {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return hasEnded_ || answers_.count(id) > 0; });
    if (hasEnded_) return;
    reply = std::move(answers_[id]);
    answers_.erase(id);
  }
  send({{reply.data(), reply.size()}});
}

void ReadServer::send(const std::vector<sockets::Part>& parts) {
  std::lock_guard<std::mutex> lock(sending_);
  if (!sockets::sendAll(socket_.fd(), parts)) end();
}

void ReadServer::awaitDelegated(std::function<void()> onNext) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    onNext_ = std::move(onNext);
  }
  wakeOwner();
}

std::optional<ReadServer::Delegated> ReadServer::takeDelegated() {
  std::lock_guard<std::mutex> lock(mutex_);
  if (hasEnded_) return std::nullopt;
  const Delegated next = delegated_.front();
  delegated_.pop_front();
  return next;
}

void ReadServer::answer(uint64_t id, std::vector<uint8_t> reply) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (hasEnded_) return;
  answers_[id] = std::move(reply);
  changed_.notify_all();
}

ReadRanges ReadServer::takeRead() {
  std::lock_guard<std::mutex> lock(accounting_);
  return std::exchange(read_, ReadRanges());
}

void ReadServer::revoke() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    isRevoked_ = true;
    if (requestsUnderWay_ == 0) endLocked();
  }
  wakeOwner();
}

void ReadServer::end() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    endLocked();
  }
  wakeOwner();
}

void ReadServer::endLocked() {
  receives_ = false;
  if (hasEnded_) return;
  hasEnded_ = true;
  // Wakes whoever receives or sends.
  sockets::endBoth(socket_.fd());
  changed_.notify_all();
}

/** Tells the owner, if it waits, of a request or of the end. */
void ReadServer::wakeOwner() {
  std::function<void()> onNext;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!hasEnded_ && delegated_.empty()) return;
    onNext = std::exchange(onNext_, nullptr);
  }
  if (onNext) onNext();
}

}  // namespace nbd
