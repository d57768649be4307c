#include "folderPaths.h"

#include <cerrno>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ioError.h"

namespace {

constexpr size_t kMostKnown = 256;
/** A path that is handed to the kernel in one piece, well below PATH_MAX. */
constexpr size_t kLongestPiece = 2048;

int openComponents(int parent, const std::string& path, int flags) {
  device::Descriptor current;
  for (size_t start = 0; start <= path.size();) {
    const size_t slash = path.find('/', start);
    const size_t end = slash == std::string::npos ? path.size() : slash;
    const int next = openat(current.fd() < 0 ? parent : current.fd(), path.substr(start, end - start).c_str(), flags | O_NOFOLLOW);
    if (next < 0) return -1;
    current = device::Descriptor(next);
    start = end + 1;
  }
  return current.release();
}

/** Follows no link at all; before Linux 5.6 component by component. */
int openBeneath(int parent, const std::string& path, int flags) {
  struct open_how how {};
  how.flags = static_cast<uint64_t>(flags);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  const long found = syscall(SYS_openat2, parent, path.c_str(), &how, sizeof how);
  if (found < 0 && (errno == ENOSYS || errno == EPERM)) return openComponents(parent, path, flags);
  return static_cast<int>(found);
}

/** Where a path of more than `kLongestPiece` bytes is cut: behind whole components. */
size_t pieceEnd(const std::string& path, size_t start) {
  if (path.size() - start <= kLongestPiece) return path.size();
  const size_t slash = path.rfind('/', start + kLongestPiece);
  if (slash == std::string::npos || slash <= start) throw IoError(ENAMETOOLONG, "open a folder of the destination");
  return slash;
}

}  // namespace

device::Descriptor FolderPaths::openDirectory(const std::string& path, bool readable) {
  const int flags = (readable ? O_RDONLY : O_PATH) | O_DIRECTORY | O_CLOEXEC;
  if (path.empty()) {
    const int again = openat(folder(), ".", flags);
    if (again < 0) throw IoError(errno, "open the destination");
    return device::Descriptor(again);
  }
  device::Descriptor current;
  for (size_t start = 0; start < path.size();) {
    const size_t end = pieceEnd(path, start);
    const int next = openBeneath(current.fd() < 0 ? folder() : current.fd(), path.substr(start, end - start), flags);
    if (next < 0) throw IoError(errno, "open a folder of the destination");
    current = device::Descriptor(next);
    start = end + 1;
  }
  return current;
}

FolderPaths::Place FolderPaths::parentOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return {folder(), path};
  return {directory(path.substr(0, slash)), path.substr(slash + 1)};
}

int FolderPaths::directory(const std::string& path) {
  const auto found = known_.find(path);
  if (found != known_.end()) {
    uses_.splice(uses_.begin(), uses_, found->second.use);
    return found->second.directory.fd();
  }
  device::Descriptor opened;
  try {
    opened = openDirectory(path, false);
  } catch (const IoError& error) {
    if (error.errorNumber != ENOENT) throw;
    const Place place = parentOf(path);
    if (mkdirat(place.parent, place.name.c_str(), 0777) < 0 && errno != EEXIST) throw IoError(errno, "make a folder");
    opened = openDirectory(path, false);
  }
  const int fd = opened.fd();
  remember(path, std::move(opened));
  return fd;
}

void FolderPaths::remember(const std::string& path, device::Descriptor directory) {
  uses_.push_front(path);
  known_.emplace(path, Known{std::move(directory), uses_.begin()});
  if (known_.size() <= kMostKnown) return;
  known_.erase(uses_.back());
  uses_.pop_back();
}
