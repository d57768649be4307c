#ifndef DISKWRIGHT_LAUNCHER_RUNTIME_PATHS_H
#define DISKWRIGHT_LAUNCHER_RUNTIME_PATHS_H

#include <stdbool.h>
#include <stddef.h>

/** Files and folders that the runtime itself reads, ended by NULL. Those that a system does not have are passed over. */
extern const char* const runtimeReadable[];

/** Devices of the runtime; the only ones within reach. Ended by NULL. */
extern const char* const runtimeDevices[];

/**
 * The loader (`PT_INTERP`) that an ELF program names; it has to be executable along with the program.
 * False where the program is static or is no 64-bit ELF file. `loader` holds `size` bytes.
 */
bool findLoader(const char* program, char* loader, size_t size);

#endif
