#include "runtimePaths.h"

#include <elf.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

// V8 reads its own memory map, Node its own use of memory. All of /proc/self would show the network's state as well.
const char* const runtimeReadable[] = {
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/usr/local/lib",
    "/etc/ld.so.cache",
    "/proc/self/maps",
    "/proc/self/stat",
    "/proc/self/status",
    NULL,
};

const char* const runtimeDevices[] = {"/dev/null", "/dev/urandom", NULL};

static bool readAt(int descriptor, void* buffer, size_t length, uint64_t offset) {
  return pread(descriptor, buffer, length, (off_t)offset) == (ssize_t)length;
}

static bool readLoader(int descriptor, char* loader, size_t size) {
  Elf64_Ehdr header;
  if (!readAt(descriptor, &header, sizeof header, 0)) return false;
  if (memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) return false;
  if (header.e_ident[EI_CLASS] != ELFCLASS64) return false;
  if (header.e_phentsize != sizeof(Elf64_Phdr)) return false;
  for (unsigned i = 0; i < header.e_phnum; i++) {
    Elf64_Phdr segment;
    if (!readAt(descriptor, &segment, sizeof segment, header.e_phoff + (uint64_t)i * sizeof segment)) return false;
    if (segment.p_type != PT_INTERP) continue;
    if (segment.p_filesz == 0 || segment.p_filesz > size) return false;
    if (!readAt(descriptor, loader, segment.p_filesz, segment.p_offset)) return false;
    return loader[segment.p_filesz - 1] == '\0';
  }
  return false;
}

bool findLoader(const char* program, char* loader, size_t size) {
  const int descriptor = open(program, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool found = readLoader(descriptor, loader, size);
  close(descriptor);
  return found;
}
