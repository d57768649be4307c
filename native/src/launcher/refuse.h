#ifndef DISKWRIGHT_LAUNCHER_REFUSE_H
#define DISKWRIGHT_LAUNCHER_REFUSE_H

/** Exit status that tells the host: the sandbox could not be built although the system has what it needs. */
#define REFUSED_STATUS 111

/** Ends the launcher with REFUSED_STATUS and one line on stderr. */
__attribute__((noreturn, format(printf, 1, 2))) void refuse(const char* format, ...);

/** As `refuse`, with the text of `errno` at the end. */
__attribute__((noreturn, format(printf, 1, 2))) void refuseWithErrno(const char* format, ...);

#endif
