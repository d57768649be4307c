#include "folderWriter.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "ioError.h"
#include "positionalIo.h"
#include "sectorReader.h"

namespace {

/** What is written at once stays in the processor's cache, and the kernel finds pages for it: by pieces of 1 MiB the same copy takes four times as long. */
constexpr size_t kChunkBytes = 1 << 18;
/** Into which a range that cannot be read is narrowed down; what a reader of files expects to lose. */
constexpr size_t kSectorBytes = 512;
constexpr unsigned kRetries = 2;
constexpr uint32_t kSetIdBits = 07000;

device::Descriptor openFolder(const std::string& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) throw IoError(errno, "open the destination");
  return device::Descriptor(fd);
}

std::string randomToken() {
  uint64_t number = 0;
  if (getrandom(&number, sizeof number, 0) != sizeof number) throw IoError(errno, "make a name");
  char text[17];
  std::snprintf(text, sizeof text, "%016lx", static_cast<unsigned long>(number));
  return text;
}

bool isBefore(const timespec& a, const timespec& b) {
  return a.tv_sec < b.tv_sec || (a.tv_sec == b.tv_sec && a.tv_nsec < b.tv_nsec);
}

timespec orOmitted(const std::optional<timespec>& time) { return time ? *time : timespec{0, UTIME_OMIT}; }

std::string descriptorPath(int fd) { return "/proc/self/fd/" + std::to_string(fd); }

void fail(FolderWriter::Outcome& outcome, int error, const char* operation) {
  outcome.error = error;
  outcome.operation = operation;
}

}  // namespace

FolderWriter::FolderWriter(const std::string& folder, Options options)
    : paths_(openFolder(folder)), options_(options), token_(randomToken()), buffer_(requestMemory::allocate(kChunkBytes)) {
  // What time it is on this filesystem, by which is told later what was made since.
  const std::string name = temporaryName();
  const device::Descriptor probe(openat(paths_.folder(), name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (probe.fd() < 0) throw IoError(errno, "write to the destination");
  struct stat found {};
  fstat(probe.fd(), &found);
  begun_ = found.st_ctim;
  unlinkat(paths_.folder(), name.c_str(), 0);
}

std::vector<FolderWriter::Outcome> FolderWriter::write(const std::vector<Entry>& entries) {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::vector<Outcome> outcomes(entries.size());
  for (size_t index = 0; index < entries.size(); index++) {
    Outcome& outcome = outcomes[index];
    const bool cleansUp = entries[index].kind == Kind::kDiscard;
    if (isCancelled_ && !cleansUp) {
      fail(outcome, ECANCELED, "write");
      continue;
    }
    try {
      writeEntry(entries[index], outcome);
    } catch (const IoError& error) {
      outcome.error = error.errorNumber;
      outcome.operation = error.operation;
    }
  }
  return outcomes;
}

void FolderWriter::writeEntry(const Entry& entry, Outcome& outcome) {
  switch (entry.kind) {
    case Kind::kFile:
      return writeFile(entry, outcome);
    case Kind::kDirectory:
      return makeDirectory(entry, outcome);
    case Kind::kFinishDirectory:
      return finishDirectory(entry, outcome);
    case Kind::kBegin:
      return begin(entry, outcome);
    case Kind::kCommit: {
      const auto [parent, name] = paths_.parentOf(entry.path);
      return commit(parent, name, entry.target, entry.fd, entry, outcome);
    }
    case Kind::kDiscard: {
      const auto [parent, name] = paths_.parentOf(entry.path);
      unlinkat(parent, entry.target.c_str(), 0);
      return;
    }
    case Kind::kSymlink:
      return makeSpecial(entry, outcome, "make a symbolic link",
                         [&](int parent, const char* name) { return symlinkat(entry.target.c_str(), parent, name); });
    case Kind::kFifo:
      return makeSpecial(entry, outcome, "make a named pipe",
                         [](int parent, const char* name) { return mknodat(parent, name, S_IFIFO | 0600, 0); });
    case Kind::kBlockDevice:
    case Kind::kCharacterDevice: {
      const mode_t type = entry.kind == Kind::kBlockDevice ? S_IFBLK : S_IFCHR;
      return makeSpecial(entry, outcome, "make a device node", [&](int parent, const char* name) {
        return mknodat(parent, name, type | 0600, makedev(entry.major, entry.minor));
      });
    }
    case Kind::kHardLink: {
      // The other place may be forgotten when the second one is opened, so it is held.
      const FolderPaths::Place shared = paths_.parentOf(entry.target);
      const device::Descriptor held(fcntl(shared.parent, F_DUPFD_CLOEXEC, 0));
      // What stood there before is nobody's content but its own.
      if (!isOwn(held.fd(), shared.name)) return fail(outcome, ENOENT, "make a hard link");
      return makeSpecial(entry, outcome, "make a hard link", [&](int parent, const char* name) {
        return linkat(held.fd(), shared.name.c_str(), parent, name, 0);
      });
    }
  }
}

void FolderWriter::writeFile(const Entry& entry, Outcome& outcome) {
  const auto [parent, name] = paths_.parentOf(entry.path);
  if (standsInTheWay(parent, name, outcome)) return;
  const std::string temporary = temporaryName();
  const mode_t mode = entry.metadata.mode ? 0600 : 0666;
  const device::Descriptor file(openat(parent, temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
  if (file.fd() < 0) return fail(outcome, errno, "make a file");
  try {
    copyContent(file.fd(), entry, outcome);
  } catch (...) {
    unlinkat(parent, temporary.c_str(), 0);
    throw;
  }
  commit(parent, name, temporary, file.fd(), entry, outcome);
}

void FolderWriter::copyContent(int target, const Entry& entry, Outcome& outcome) {
  const positionalIo::Channel channel(target);
  uint64_t end = 0;
  for (const Segment& segment : entry.segments) {
    end = std::max(end, segment.offset + segment.length);
    if (segment.fd < 0) {
      const auto* bytes = reinterpret_cast<const uint8_t*>(entry.bytes.data()) + segment.position;
      positionalIo::write(channel, segment.offset, bytes, segment.length);
      bytesWritten_ += segment.length;
      continue;
    }
    uint64_t shift = segment.offset - segment.position;
    const auto onHole = [&](uint64_t offset, uint64_t length) { outcome.holes.push_back({offset + shift, length}); };
    const auto checkpoint = [this] {
      if (isCancelled_) throw IoError(ECANCELED, "write");
    };
    SectorReader reader(segment.fd, {kSectorBytes, kRetries, true}, checkpoint, onHole);
    for (uint64_t done = 0; done < segment.length;) {
      checkpoint();
      const size_t length = std::min<uint64_t>(kChunkBytes, segment.length - done);
      reader.read(segment.position + done, buffer_.get(), length);
      positionalIo::write(channel, segment.offset + done, buffer_.get(), length);
      bytesWritten_ += length;
      done += length;
    }
  }
  if (end < entry.size && ftruncate(target, static_cast<off_t>(entry.size)) < 0) throw IoError(errno, "set the length of a file");
}

void FolderWriter::begin(const Entry& entry, Outcome& outcome) {
  const auto [parent, name] = paths_.parentOf(entry.path);
  if (standsInTheWay(parent, name, outcome)) return;
  outcome.temporary = temporaryName();
  const mode_t mode = entry.metadata.mode ? 0600 : 0666;
  outcome.fd = openat(parent, outcome.temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
  if (outcome.fd < 0) return fail(outcome, errno, "make a file");
  if (ftruncate(outcome.fd, static_cast<off_t>(entry.size)) == 0) return;
  fail(outcome, errno, "set the length of a file");
  ::close(outcome.fd);
  outcome.fd = -1;
  unlinkat(parent, outcome.temporary.c_str(), 0);
}

void FolderWriter::commit(int parent, const std::string& name, const std::string& temporary, int fd, const Entry& entry,
                          Outcome& outcome) {
  setMetadata(fd, entry, outcome);
  place(parent, temporary, name, outcome);
  if (outcome.error != 0) unlinkat(parent, temporary.c_str(), 0);
}

void FolderWriter::makeDirectory(const Entry& entry, Outcome& outcome) {
  const auto [parent, name] = paths_.parentOf(entry.path);
  // Nobody else gets in before its own mode is set, and we do whatever that is.
  if (mkdirat(parent, name.c_str(), entry.metadata.mode ? 0700 : 0777) == 0) return;
  if (errno != EEXIST) return fail(outcome, errno, "make a folder");
  struct stat found {};
  if (fstatat(parent, name.c_str(), &found, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(found.st_mode)) {
    outcome.isOwn = !isBefore(found.st_ctim, begun_);
    return;
  }
  fail(outcome, ENOTDIR, "make a folder where something else stands");
}

void FolderWriter::finishDirectory(const Entry& entry, Outcome& outcome) {
  const device::Descriptor directory = paths_.openDirectory(entry.path, true);
  setMetadata(directory.fd(), entry, outcome);
}

template <typename Make>
void FolderWriter::makeSpecial(const Entry& entry, Outcome& outcome, const char* operation, Make make) {
  const auto [parent, name] = paths_.parentOf(entry.path);
  if (standsInTheWay(parent, name, outcome)) return;
  const std::string temporary = temporaryName();
  if (make(parent, temporary.c_str()) < 0) return fail(outcome, errno, operation);
  if (entry.kind != Kind::kHardLink) {
    const auto times = std::array<timespec, 2>{orOmitted(entry.metadata.accessed), orOmitted(entry.metadata.modified)};
    const auto& [mode, userId, groupId, accessed, modified] = entry.metadata;
    if (options_.keepsOwners && userId && groupId &&
        fchownat(parent, temporary.c_str(), *userId, *groupId, AT_SYMLINK_NOFOLLOW) < 0) {
      outcome.lost.push_back("owner");
    }
    if (entry.kind != Kind::kSymlink && mode) {
      // By a descriptor: a name could come to lead somewhere else.
      const device::Descriptor made(openat(parent, temporary.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
      if (made.fd() < 0 || chmod(descriptorPath(made.fd()).c_str(), *mode & ~kSetIdBits) < 0) outcome.lost.push_back("mode");
    }
    if (utimensat(parent, temporary.c_str(), times.data(), AT_SYMLINK_NOFOLLOW) < 0) outcome.lost.push_back("times");
  }
  place(parent, temporary, name, outcome);
  if (outcome.error != 0) unlinkat(parent, temporary.c_str(), 0);
}

bool FolderWriter::standsInTheWay(int parent, const std::string& name, Outcome& outcome) {
  struct stat found {};
  if (fstatat(parent, name.c_str(), &found, AT_SYMLINK_NOFOLLOW) < 0) {
    if (errno == ENOENT) return false;
    fail(outcome, errno, "look what stands in the way");
    return true;
  }
  outcome.isOwn = !isBefore(found.st_ctim, begun_);
  if (options_.existing == Existing::kOverwrite && !outcome.isOwn && !S_ISDIR(found.st_mode)) return false;
  fail(outcome, EEXIST, "replace what is there");
  return true;
}

bool FolderWriter::isOwn(int parent, const std::string& name) const {
  struct stat found {};
  return fstatat(parent, name.c_str(), &found, AT_SYMLINK_NOFOLLOW) == 0 && !isBefore(found.st_ctim, begun_);
}

void FolderWriter::place(int parent, const std::string& temporary, const std::string& name, Outcome& outcome) {
  if (options_.existing == Existing::kOverwrite) {
    if (renameat(parent, temporary.c_str(), parent, name.c_str()) < 0) fail(outcome, errno, "give a file its name");
    return;
  }
  if (renameat2(parent, temporary.c_str(), parent, name.c_str(), RENAME_NOREPLACE) == 0) return;
  // Some filesystems cannot; a second name is never given to what has one.
  if (errno == EINVAL || errno == ENOSYS) {
    if (linkat(parent, temporary.c_str(), parent, name.c_str(), 0) == 0) {
      unlinkat(parent, temporary.c_str(), 0);
      return;
    }
  }
  const int error = errno;
  if (error == EEXIST) outcome.isOwn = isOwn(parent, name);
  fail(outcome, error, "give a file its name");
}

std::string FolderWriter::temporaryName() { return ".diskwright-" + token_ + "-" + std::to_string(sequence_++); }

void FolderWriter::setMetadata(int fd, const Entry& entry, Outcome& outcome) const {
  const auto& [mode, userId, groupId, accessed, modified] = entry.metadata;
  bool hasOwner = false;
  if (options_.keepsOwners && userId && groupId) {
    hasOwner = fchown(fd, *userId, *groupId) == 0;
    if (!hasOwner) outcome.lost.push_back("owner");
  }
  for (const auto& [name, value] : entry.attributes) {
    if (fsetxattr(fd, name.c_str(), value.data(), value.size(), 0) < 0) outcome.lost.push_back("=" + name);
  }
  if (mode) {
    // What runs with its owner's rights is of use with that owner alone, and a danger with another one.
    const uint32_t kept = hasOwner ? *mode : *mode & ~kSetIdBits;
    if (fchmod(fd, kept) < 0 || kept != *mode) outcome.lost.push_back("mode");
  }
  if (accessed || modified) {
    const timespec times[] = {orOmitted(accessed), orOmitted(modified)};
    if (futimens(fd, times) < 0) outcome.lost.push_back("times");
  }
}
