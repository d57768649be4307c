#pragma once

#include <list>
#include <string>
#include <unordered_map>

#include "device.h"

/**
 * Directories below a folder, by their paths from it (bytes, components between slashes, none of them `.` or `..`; the folder itself is empty). No link
 * is followed on the way, whoever put it there, and nothing outside of the folder is ever reached.
 */
class FolderPaths {
 public:
  explicit FolderPaths(device::Descriptor folder) : folder_(std::move(folder)) {}

  struct Place {
    int parent;
    std::string name;
  };

  int folder() const { return folder_.fd(); }

  /** The directory that holds a path, made with what leads to it where it is not there. Valid until the next call. Throws `IoError`. */
  Place parentOf(const std::string& path);

  /** A directory, for what is done to it itself. Throws `IoError`: ELOOP or ENOTDIR when something else stands on the way. */
  device::Descriptor openDirectory(const std::string& path, bool readable);

 private:
  int directory(const std::string& path);
  void remember(const std::string& path, device::Descriptor directory);

  struct Known {
    device::Descriptor directory;
    std::list<std::string>::iterator use;
  };

  device::Descriptor folder_;
  /** Those that were used last, the newest first. */
  std::list<std::string> uses_;
  std::unordered_map<std::string, Known> known_;
};
