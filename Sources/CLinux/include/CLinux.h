// The kernel calls that Swift's Glibc module cannot make: variadics, macros and newer headers.
// Every function returns 0 or a value on success and -1 with errno set, owns nothing and
// allocates nothing. Descriptors are close-on-exec at birth.
#ifndef RIG_CLINUX_H
#define RIG_CLINUX_H

#include <spawn.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// --- Readiness ---------------------------------------------------------------------------------

// Bits of `rig_event.events` and of an interest; equal to the kernel's EPOLL* (checked in linux.c).
enum {
    RIG_READABLE = 0x001,
    RIG_WRITABLE = 0x004,
    RIG_ERROR = 0x008,
    RIG_HANGUP = 0x010,
};

// One readiness report. Mirrors struct epoll_event, whose union Swift cannot read comfortably;
// linux.c asserts that the layouts are equal.
struct rig_event {
    uint32_t events;
    uint64_t token;
}
#if defined(__x86_64__)
__attribute__((packed))
#endif
;

// epoll_create1(EPOLL_CLOEXEC). C: Glibc's module leaves out sys/epoll.h.
int rig_epoll_create(void);
// Adds `fd` with `interest`; reports carry `token`. C: as above.
int rig_epoll_add(int epoll, int fd, uint32_t interest, uint64_t token);
// Changes interest and token of `fd`. C: as above.
int rig_epoll_modify(int epoll, int fd, uint32_t interest, uint64_t token);
// Forgets `fd`. C: as above.
int rig_epoll_remove(int epoll, int fd);
// Waits at most `timeout_nanoseconds` (0: poll, -1: for ever) and returns how many events were
// written. Uses epoll_pwait2, and milliseconds rounded up where the kernel or a filter refuses it.
int rig_epoll_wait(int epoll, struct rig_event *events, int max, int64_t timeout_nanoseconds);

// eventfd(2), non-blocking. C: Glibc's module leaves out sys/eventfd.h.
int rig_eventfd(void);
// Makes a non-blocking signalfd for the `count` signals. C: sys/signalfd.h is left out.
int rig_signalfd(const int *signals, int count);
// Reads one pending signal number; -1 with EAGAIN when none is pending. C: signalfd_siginfo.
int rig_signalfd_read(int fd);
// A non-blocking inotify descriptor that reports what is written, made, renamed or removed in the
// directory at `path`. C: sys/inotify.h is left out.
int rig_folder_watch(const char *path);
// The name of an inotify event that starts at `event`, within `left` bytes; its length in `size`.
// Null for an event without a name, or one that does not fit. C: struct inotify_event.
const char *rig_folder_event(const void *event, size_t left, size_t *size);

// --- Descriptors -------------------------------------------------------------------------------

// pipe2(O_CLOEXEC | flags). C: GNU extension.
int rig_pipe(int fds[2], int flags);
// accept4(SOCK_CLOEXEC | SOCK_NONBLOCK), the peer's address dropped. C: GNU extension.
int rig_accept(int fd);
// fcntl(F_DUPFD_CLOEXEC): the lowest free number >= `lowest`. C: variadic.
int rig_duplicate(int fd, int lowest);
// Switches O_NONBLOCK on or off. C: variadic.
int rig_set_nonblocking(int fd, int on);
// Switches FD_CLOEXEC on or off. C: variadic.
int rig_set_close_on_exec(int fd, int on);
// F_SETPIPE_SZ; returns the capacity given. C: variadic, GNU extension.
int rig_set_pipe_capacity(int fd, int bytes);
// FIONREAD: bytes waiting to be read. C: ioctl is variadic.
int rig_bytes_waiting(int fd);
// close_range(first, last, 0). C: newer than the module.
int rig_close_range(unsigned first, unsigned last);
// memfd_create(MFD_CLOEXEC | MFD_ALLOW_SEALING). C: GNU extension.
int rig_memfd(const char *name);
// Seals size and content of a memfd for good. C: variadic fcntl.
int rig_memfd_seal(int fd);
// renameat2(RENAME_NOREPLACE): EEXIST where the target is there. C: GNU extension.
int rig_rename_exclusive(const char *from, const char *to);
// renameat2(RENAME_EXCHANGE): swaps two names in one step. C: GNU extension.
int rig_rename_exchange(const char *one, const char *other);
// openat(2) with O_CLOEXEC. C: variadic; and the flag cannot be forgotten here.
int rig_open_at(int directory, const char *path, int flags, unsigned mode);

// Sends bytes and `fd_count` (<= 16) descriptors in one message; returns bytes sent.
// C: CMSG_* are macros.
ssize_t rig_send_fds(int socket, const void *bytes, size_t count, const int *fds, int fd_count);
// Receives bytes and at most 16 descriptors, close-on-exec. A message with more is refused with
// EMSGSIZE and its descriptors are closed. C: CMSG_* are macros.
ssize_t rig_receive_fds(int socket, void *bytes, size_t count, int fds[16], int *fd_count);

// --- Processes ---------------------------------------------------------------------------------

// How a child ended: `code` is CLD_EXITED, CLD_KILLED or CLD_DUMPED; pid 0 says "not yet".
struct rig_exit {
    int pid;
    int code;
    int status;
};

// pidfd_open(2). C: a raw system call here.
int rig_pidfd_open(int pid);
// pidfd_send_signal(2). C: as above.
int rig_pidfd_signal(int pidfd, int signal);
// waitid(P_PIDFD, WEXITED), with WNOHANG unless `block`. C: siginfo's union.
int rig_wait_pidfd(int pidfd, int block, struct rig_exit *out);
// waitid(P_PID, WEXITED), with WNOHANG unless `block`. C: siginfo's union.
int rig_wait_pid(int pid, int block, struct rig_exit *out);
// Adds "change directory" to a spawn's actions; returns an errno. C: GNU extension.
int rig_spawn_chdir(posix_spawn_file_actions_t *actions, const char *path);
// Adds "close every descriptor from `first` on"; returns an errno. C: GNU extension.
int rig_spawn_close_from(posix_spawn_file_actions_t *actions, int first);

enum { RIG_SPAWN_GROUP = 1, RIG_SPAWN_SESSION = 2 };

// Sets what a child must not inherit: an empty signal mask, default actions for all signals, and
// by `flags` its own process group or session. Returns an errno. C: sigset macros, GNU flags.
int rig_spawn_attributes(posix_spawnattr_t *attributes, int flags);
// PR_SET_PDEATHSIG for the caller. C: prctl is variadic.
int rig_set_parent_death_signal(int signal);
// PR_SET_CHILD_SUBREAPER for the caller. C: prctl is variadic.
int rig_set_subreaper(int on);
// PR_SET_DUMPABLE for the caller. C: prctl is variadic.
int rig_set_dumpable(int on);

// --- Signals, threads and facts ----------------------------------------------------------------

// Blocks the `count` signals on the calling thread. C: sigset_t is opaque to Swift.
int rig_block_signals(const int *signals, int count);
// Ignores SIGPIPE for the process. C: SIG_IGN is a cast macro.
int rig_ignore_broken_pipe(void);
// strerrorname_np and strerrordesc_np: immortal text, or null. C: GNU extensions.
const char *rig_error_name(int code);
const char *rig_error_text(int code);
// getrandom(2), all `count` bytes. C: the module leaves out sys/random.h.
int rig_random(void *bytes, size_t count);
// Starts a detached thread with `stack_bytes`; returns an errno. C: pthread attributes.
int rig_thread_start(void *(*body)(void *), void *context, size_t stack_bytes);
// Names the calling thread (cut to 15 bytes). C: GNU extension.
int rig_thread_name(const char *name);
// A word that belongs to the calling thread, 0 at first. C: Swift has no thread-local storage.
uintptr_t rig_thread_mark(void);
void rig_set_thread_mark(uintptr_t mark);

#endif
