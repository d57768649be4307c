#ifndef DISKWRIGHT_LAUNCHER_NEWER_CALLS_H
#define DISKWRIGHT_LAUNCHER_NEWER_CALLS_H

/**
 * System calls that the headers of an older system may not name. From 424 on the numbers are the same on every architecture
 * (Linux, include/uapi/asm-generic/unistd.h).
 */
enum {
  CALL_PIDFD_SEND_SIGNAL = 424,
  CALL_IO_URING_SETUP = 425,
  CALL_IO_URING_ENTER = 426,
  CALL_IO_URING_REGISTER = 427,
  CALL_OPEN_TREE = 428,
  CALL_MOVE_MOUNT = 429,
  CALL_FSOPEN = 430,
  CALL_FSCONFIG = 431,
  CALL_FSMOUNT = 432,
  CALL_FSPICK = 433,
  CALL_PIDFD_OPEN = 434,
  CALL_CLONE3 = 435,
  CALL_OPENAT2 = 437,
  CALL_PIDFD_GETFD = 438,
  CALL_PROCESS_MADVISE = 440,
  CALL_MOUNT_SETATTR = 442,
  CALL_QUOTACTL_FD = 443,
  CALL_MEMFD_SECRET = 447,
  CALL_PROCESS_MRELEASE = 448,
  CALL_FCHMODAT2 = 452,
  /** futex_requeue, the last one that the filter was written with in mind. Later ones are as good as not there. */
  LAST_CALL_CONSIDERED = 456,
};

#endif
