#pragma once

#include <atomic>
#include <cstdint>
#include <ctime>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "device.h"
#include "folderPaths.h"
#include "requestMemory.h"

/**
 * Makes files, folders, links and special files below one folder, and nothing outside of it whatever their paths and what stands there. A file is written
 * under a name of its own and gets its final one when it is whole.
 */
class FolderWriter {
 public:
  enum class Existing { kRefuse, kSkip, kOverwrite };
  enum class Kind { kFile, kDirectory, kSymlink, kFifo, kBlockDevice, kCharacterDevice, kHardLink, kFinishDirectory, kBegin, kCommit, kDiscard };

  struct Options {
    Existing existing;
    bool keepsOwners;
  };

  /** What is absent stays as the system makes it. */
  struct Metadata {
    std::optional<uint32_t> mode;
    std::optional<uint32_t> userId;
    std::optional<uint32_t> groupId;
    std::optional<timespec> accessed;
    std::optional<timespec> modified;
  };
  struct Attribute {
    std::string name;
    std::string value;
  };
  /** Where a run of a file's bytes is: on a descriptor, or (fd < 0) in `Entry::bytes`. What no segment covers is a hole. */
  struct Segment {
    int fd;
    uint64_t position;
    uint64_t offset;
    uint64_t length;
  };
  struct Entry {
    Kind kind;
    /** From the folder, its components checked by the caller: none is empty, `.`, `..`, or holds a NUL. */
    std::string path;
    /** Of a symbolic link its target, of a hard link the path that it shares, of a commit or discard the temporary name. */
    std::string target;
    uint64_t size = 0;
    std::vector<Segment> segments;
    std::string bytes;
    Metadata metadata;
    std::vector<Attribute> attributes;
    uint32_t major = 0;
    uint32_t minor = 0;
    /** Of a commit. */
    int fd = -1;
  };

  struct Outcome {
    /** 0: it is there. EEXIST: something is there already, and stayed. */
    int error = 0;
    std::string operation;
    /** With EEXIST: what is there was made by this writer, or since it began. */
    bool isOwn = false;
    /** In the file. Zeros stand there. */
    std::vector<device::Range> holes;
    /** What of the metadata could not be set: `owner`, `mode`, `times`, or the name of an attribute behind `=`. */
    std::vector<std::string> lost;
    /** Of a begin: the descriptor, the caller's, and the temporary name. */
    int fd = -1;
    std::string temporary;
  };

  /** Throws `IoError` when the folder cannot be opened or written. */
  FolderWriter(const std::string& folder, Options options);

  /** One call at a time goes on; the outcomes are in the order of the entries. After `cancel` they are ECANCELED. */
  std::vector<Outcome> write(const std::vector<Entry>& entries);
  void cancel() { isCancelled_ = true; }
  uint64_t bytesWritten() const { return bytesWritten_; }

 private:
  void writeEntry(const Entry& entry, Outcome& outcome);
  void writeFile(const Entry& entry, Outcome& outcome);
  void makeDirectory(const Entry& entry, Outcome& outcome);
  void finishDirectory(const Entry& entry, Outcome& outcome);
  /** Makes what needs no content, by `make(parent, name)`, which answers 0 or −1 with errno. */
  template <typename Make>
  void makeSpecial(const Entry& entry, Outcome& outcome, const char* operation, Make make);
  void begin(const Entry& entry, Outcome& outcome);
  void commit(int parent, const std::string& name, const std::string& temporary, int fd, const Entry& entry, Outcome& outcome);
  void copyContent(int target, const Entry& entry, Outcome& outcome);
  bool standsInTheWay(int parent, const std::string& name, Outcome& outcome);
  bool isOwn(int parent, const std::string& name) const;
  void place(int parent, const std::string& temporary, const std::string& name, Outcome& outcome);
  std::string temporaryName();
  /** Owner, attributes, mode, times, in an order in which none takes back another. */
  void setMetadata(int fd, const Entry& entry, Outcome& outcome) const;

  std::mutex mutex_;
  FolderPaths paths_;
  const Options options_;
  const std::string token_;
  uint64_t sequence_ = 0;
  timespec begun_{};
  requestMemory::Memory buffer_;
  std::atomic<bool> isCancelled_{false};
  std::atomic<uint64_t> bytesWritten_{0};
};
