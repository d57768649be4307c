#include "arguments.h"
#include "asyncWork.h"
#include "bindings.h"
#include "sockets.h"

namespace {

using bindings::Nothing;
using bindings::orThrow;
using bindings::toUndefined;

Napi::Value peerCredentials(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const int fd = arguments::descriptor(env, info[0], "socketFd");
  const sockets::Peer peer = orThrow(env, [&] { return sockets::peerCredentials(fd); });
  Napi::Object result = Napi::Object::New(env);
  result.Set("pid", static_cast<double>(peer.pid));
  result.Set("uid", peer.uid);
  result.Set("gid", peer.gid);
  return result;
}

Napi::Value sendDescriptor(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const int socketFd = arguments::descriptor(env, info[0], "socketFd");
  const int fd = arguments::descriptor(env, info[1]);
  const arguments::Bytes payload = arguments::bytes(env, info[2], "payload");
  if (payload.length == 0 || payload.length > sockets::kLargestPayload) {
    throw Napi::TypeError::New(env, "payload must be 1 to 65536 bytes long");
  }
  return asyncWork::promise(
      env,
      [socketFd, fd, bytes = std::vector<uint8_t>(payload.data, payload.data + payload.length)] {
        sockets::sendDescriptor(socketFd, fd, bytes.data(), bytes.size());
        return Nothing{};
      },
      toUndefined);
}

Napi::Value receiveDescriptor(const Napi::CallbackInfo& info) {
  const int socketFd = arguments::descriptor(info.Env(), info[0], "socketFd");
  return asyncWork::promise(
      info.Env(), [socketFd] { return sockets::receiveDescriptor(socketFd); },
      [](Napi::Env env, const sockets::Received& received) {
        Napi::Object result = Napi::Object::New(env);
        result.Set("fd", received.fd < 0 ? env.Null() : Napi::Value(Napi::Number::New(env, received.fd)));
        result.Set("payload", Napi::Buffer<uint8_t>::Copy(env, received.payload.data(), received.payload.size()));
        return result;
      });
}

}  // namespace

namespace bindings {

void addSockets(Napi::Env env, Napi::Object exports) {
  exports.Set("peerCredentials", Napi::Function::New(env, peerCredentials, "peerCredentials"));
  exports.Set("sendDescriptor", Napi::Function::New(env, sendDescriptor, "sendDescriptor"));
  exports.Set("receiveDescriptor", Napi::Function::New(env, receiveDescriptor, "receiveDescriptor"));
}

}  // namespace bindings
