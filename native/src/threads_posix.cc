#include "threads.h"

#include <csignal>
#include <thread>
#include <utility>

namespace threads {

namespace {

/** Blocks all signals for the threads started in its lifetime. SIGXFSZ then becomes the error EFBIG of the write. */
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_;
};

}  // namespace

void startDetached(std::function<void()> function) {
  const SignalsBlocked blocked;
  std::thread(std::move(function)).detach();
}

}  // namespace threads
