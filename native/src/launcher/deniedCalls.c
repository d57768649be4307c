#include "deniedCalls.h"

#include <sys/syscall.h>

#include "newerCalls.h"

const int deniedCalls[] = {
    // Connections: a plugin has those it is handed, and opens none.
    SYS_socket, SYS_connect, SYS_bind, SYS_listen, SYS_accept, SYS_accept4, SYS_sendmmsg,

    // Other processes: their memory, their descriptors, signals in other clothes, their scheduling.
    SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_kcmp, CALL_PIDFD_OPEN, CALL_PIDFD_GETFD,
    CALL_PIDFD_SEND_SIGNAL, CALL_PROCESS_MADVISE, CALL_PROCESS_MRELEASE, SYS_tkill, SYS_rt_sigqueueinfo,
    SYS_rt_tgsigqueueinfo, SYS_move_pages, SYS_migrate_pages, SYS_setpriority, SYS_ioprio_set, SYS_sched_setparam,
    SYS_sched_setscheduler, SYS_sched_setattr, SYS_sched_setaffinity,

    // Shared memory and queues that others could share: they know no folder, so Landlock does not cover them.
    SYS_shmget, SYS_shmat, SYS_shmctl, SYS_semget, SYS_semop, SYS_semtimedop, SYS_semctl, SYS_msgget, SYS_msgsnd, SYS_msgrcv,
    SYS_msgctl, SYS_mq_open, SYS_mq_unlink, SYS_memfd_create, CALL_MEMFD_SECRET,

    // Changing the filesystem. Landlock has no say in modes, owners, times and attributes.
    SYS_mkdirat, SYS_mknodat, SYS_unlinkat, SYS_renameat2, SYS_linkat, SYS_symlinkat, SYS_truncate, SYS_fchmod, SYS_fchmodat,
    CALL_FCHMODAT2, SYS_fchown, SYS_fchownat, SYS_utimensat, SYS_setxattr, SYS_lsetxattr, SYS_fsetxattr, SYS_removexattr,
    SYS_lremovexattr, SYS_fremovexattr,

    // Reaching files around their path, watching other people's.
    SYS_name_to_handle_at, SYS_open_by_handle_at, SYS_inotify_init1, SYS_inotify_add_watch, SYS_fanotify_init,
    SYS_fanotify_mark, SYS_lookup_dcookie, SYS_quotactl, CALL_QUOTACTL_FD,

    // Mounts and namespaces: a user namespace would give its maker capabilities.
    SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_unshare, SYS_setns, CALL_OPEN_TREE, CALL_MOVE_MOUNT, CALL_FSOPEN,
    CALL_FSCONFIG, CALL_FSMOUNT, CALL_FSPICK, CALL_MOUNT_SETATTR,

    // Large interfaces into the kernel, each with a history of holes; io_uring would also go around this filter.
    SYS_bpf, SYS_perf_event_open, SYS_userfaultfd, SYS_keyctl, SYS_add_key, SYS_request_key, CALL_IO_URING_SETUP,
    CALL_IO_URING_ENTER, CALL_IO_URING_REGISTER,

    // The machine itself.
    SYS_kexec_load, SYS_init_module, SYS_finit_module, SYS_delete_module, SYS_reboot, SYS_swapon, SYS_swapoff, SYS_acct,
    SYS_syslog, SYS_settimeofday, SYS_clock_settime, SYS_clock_adjtime, SYS_adjtimex, SYS_sethostname, SYS_setdomainname,
    SYS_vhangup, SYS_personality, SYS_nfsservctl,
#ifdef SYS_kexec_file_load
    SYS_kexec_file_load,
#endif
#ifdef SYS_renameat
    SYS_renameat,
#endif

#ifdef __x86_64__
    // The older forms of the above, which newer architectures do not have.
    SYS_mkdir, SYS_mknod, SYS_rmdir, SYS_unlink, SYS_rename, SYS_link, SYS_symlink, SYS_creat, SYS_chmod, SYS_chown, SYS_lchown,
    SYS_utime, SYS_utimes, SYS_futimesat, SYS_inotify_init, SYS_modify_ldt, SYS_iopl, SYS_ioperm, SYS_uselib, SYS_ustat,
    SYS_sysfs, SYS__sysctl,
#endif
};

const size_t deniedCallCount = sizeof deniedCalls / sizeof deniedCalls[0];
