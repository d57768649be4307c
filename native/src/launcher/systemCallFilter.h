#ifndef DISKWRIGHT_LAUNCHER_SYSTEM_CALL_FILTER_H
#define DISKWRIGHT_LAUNCHER_SYSTEM_CALL_FILTER_H

#include <stdbool.h>

/** What the filter has to know of this start. */
struct filterSettings {
  /** The descriptor that may be executed, once: see `openProgram`. */
  int programDescriptor;
  /** The user granted tools: the plugin may fork and execute; which files, is for Landlock or the plugin's own filesystem to say. */
  bool toolsGranted;
  /** Landlock or a filesystem of the plugin's own keeps files from being changed, so that tools may open them for writing. */
  bool filesConfined;
  /** Landlock confines signals to the plugin and its tools, so that they need not be confined to the plugin alone. */
  bool signalsConfined;
};

/** Whether this kernel can filter system calls. */
bool systemCallFilterAvailable(void);

/** Puts the filter in force, for good and for all that comes of this process. Needs no_new_privs. */
void installSystemCallFilter(const struct filterSettings* settings);

#endif
