#pragma once

#include <cstdint>
#include <vector>

#include "../sockets.h"
#include "request.h"

namespace nbd {

/** The reply to a read that succeeded; used for one after the other, so that it costs no memory anew. */
class DataReply {
 public:
  /** `data` holds what the request asked for, and is sent from where it is. Zeros travel as holes unless it wants one piece. */
  void make(const Request& request, bool isStructured, const uint8_t* data);
  const std::vector<sockets::Part>& parts() const { return parts_; }

 private:
  void makeFragments(const Request& request, const uint8_t* data);
  /** Room for one more header, which is a part of the reply. */
  uint8_t* addHeader(size_t length);
  void addDataChunk(const Request& request, const uint8_t* data, uint32_t from, uint32_t to);
  void addHoleChunk(const Request& request, uint32_t from, uint32_t to);
  uint8_t* addChunk(const Request& request, uint16_t type, uint32_t length, size_t ownLength, bool isLast);

  /** Never grows while a reply is made: the parts point into it. */
  std::vector<uint8_t> headers_;
  std::vector<sockets::Part> parts_;
};

}  // namespace nbd
