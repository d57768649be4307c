#include <string>

#include "jobBindings.h"
#include "nbd/readServer.h"
#include "sockets.h"

namespace {

using bindings::Nothing;

/** The JavaScript class `NbdReadServer`. */
class NbdReadServer final : public Napi::ObjectWrap<NbdReadServer> {
 public:
  static Napi::Function define(Napi::Env env) {
    return DefineClass(env, "NbdReadServer",
                       {InstanceMethod<&NbdReadServer::next>("next"), InstanceMethod<&NbdReadServer::answer>("answer"),
                        InstanceMethod<&NbdReadServer::revoke>("revoke"), InstanceMethod<&NbdReadServer::end>("end"),
                        InstanceMethod<&NbdReadServer::takeRead>("takeRead")});
  }

  explicit NbdReadServer(const Napi::CallbackInfo& info) : Napi::ObjectWrap<NbdReadServer>(info) {
    Napi::Env env = info.Env();
    const jobBindings::OptionReader reader(env, info[0]);
    nbd::ReadServer::Export what{};
    what.offset = reader.integer("offset", 0, arguments::kLargestInteger);
    what.size = reader.integer("size", 0, arguments::kLargestInteger);
    arguments::checkRange(env, what.offset, what.size);
    what.isStructured = arguments::boolean(env, reader.get("structuredReplies"), "options.structuredReplies");
    const arguments::Bytes received = arguments::bytes(env, reader.get("received"), "options.received");
    what.descriptor = reader.descriptor("fd");
    device::Descriptor socket = reader.descriptor("socketFd");
    bindings::orThrow(env, [&] {
      sockets::setBlocking(socket.fd());
      server_ = std::make_shared<nbd::ReadServer>(std::move(socket), std::move(what),
                                                  std::vector<uint8_t>(received.data, received.data + received.length));
    });
    auto cleanup = env.AddCleanupHook([server = server_] { server->end(); });
    auto [idle, settle] = asyncWork::expectedPromise(
        env, [] { return Nothing{}; },
        [cleanup](Napi::Env env, const Nothing&) mutable -> Napi::Value {
          cleanup.Remove(env);
          return env.Undefined();
        });
    info.This().As<Napi::Object>().DefineProperty(Napi::PropertyDescriptor::Value("idle", idle, napi_enumerable));
    try {
      server_->start(settle);
    } catch (const std::exception&) {
      settle();
      throw Napi::Error::New(env, "no thread could be started for a connection");
    }
  }

 private:
  using Delegated = std::optional<nbd::ReadServer::Delegated>;

  Napi::Value next(const Napi::CallbackInfo& info) {
    auto [promise, wake] = asyncWork::expectedPromise(
        info.Env(), [server = server_] { return server->takeDelegated(); },
        [](Napi::Env env, const Delegated& request) -> Napi::Value {
          if (!request) return env.Null();
          Napi::Object object = Napi::Object::New(env);
          object.Set("id", static_cast<double>(request->id));
          object.Set("header", Napi::Buffer<uint8_t>::Copy(env, request->header.data(), request->header.size()));
          return object;
        });
    server_->awaitDelegated(wake);
    return promise;
  }

  void answer(const Napi::CallbackInfo& info) {
    const uint64_t id = arguments::integer(info.Env(), info[0], "id", 1, arguments::kLargestInteger);
    const arguments::Bytes reply = arguments::bytes(info.Env(), info[1], "reply");
    server_->answer(id, std::vector<uint8_t>(reply.data, reply.data + reply.length));
  }

  void revoke(const Napi::CallbackInfo&) { server_->revoke(); }

  void end(const Napi::CallbackInfo&) { server_->end(); }

  Napi::Value takeRead(const Napi::CallbackInfo& info) {
    Napi::Env env = info.Env();
    const nbd::ReadRanges read = server_->takeRead();
    Napi::Array ranges = Napi::Array::New(env, read.ranges().size());
    for (uint32_t index = 0; index < read.ranges().size(); ++index) {
      const auto& [offset, end] = read.ranges()[index];
      Napi::Object range = Napi::Object::New(env);
      range.Set("offset", static_cast<double>(offset));
      range.Set("length", static_cast<double>(end - offset));
      ranges.Set(index, range);
    }
    Napi::Object object = Napi::Object::New(env);
    object.Set("ranges", ranges);
    object.Set("bytes", static_cast<double>(read.bytes()));
    object.Set("requests", static_cast<double>(read.requests()));
    object.Set("rounded", read.isRounded());
    return object;
  }

  std::shared_ptr<nbd::ReadServer> server_;
};

}  // namespace

namespace bindings {

void addNbd(Napi::Env env, Napi::Object exports) { exports.Set("NbdReadServer", NbdReadServer::define(env)); }

}  // namespace bindings
