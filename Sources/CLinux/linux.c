#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/close_range.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef P_PIDFD
#define P_PIDFD 3
#endif

#define FDS_MAX 16

_Static_assert(sizeof(struct rig_event) == sizeof(struct epoll_event), "event size");
_Static_assert(offsetof(struct rig_event, token) == offsetof(struct epoll_event, data), "token");
_Static_assert((int)RIG_READABLE == (int)EPOLLIN, "readable");
_Static_assert((int)RIG_WRITABLE == (int)EPOLLOUT, "writable");
_Static_assert((int)RIG_ERROR == (int)EPOLLERR, "error");
_Static_assert((int)RIG_HANGUP == (int)EPOLLHUP, "hangup");

int rig_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

static int control(int epoll, int operation, int fd, uint32_t interest, uint64_t token) {
    struct epoll_event event = {.events = interest, .data.u64 = token};
    return epoll_ctl(epoll, operation, fd, &event);
}

int rig_epoll_add(int epoll, int fd, uint32_t interest, uint64_t token) {
    return control(epoll, EPOLL_CTL_ADD, fd, interest, token);
}

int rig_epoll_modify(int epoll, int fd, uint32_t interest, uint64_t token) {
    return control(epoll, EPOLL_CTL_MOD, fd, interest, token);
}

int rig_epoll_remove(int epoll, int fd) { return control(epoll, EPOLL_CTL_DEL, fd, 0, 0); }

int rig_epoll_wait(int epoll, struct rig_event *events, int max, int64_t timeout_nanoseconds) {
    static _Atomic int lacks_pwait2;
    struct epoll_event *out = (struct epoll_event *)events;
    if (timeout_nanoseconds <= 0) {
        return epoll_wait(epoll, out, max, timeout_nanoseconds < 0 ? -1 : 0);
    }
    if (!lacks_pwait2) {
        struct timespec timeout = {
            .tv_sec = timeout_nanoseconds / 1000000000,
            .tv_nsec = timeout_nanoseconds % 1000000000,
        };
        int count = epoll_pwait2(epoll, out, max, &timeout, NULL);
        if (count >= 0 || (errno != ENOSYS && errno != EPERM)) {
            return count;
        }
        lacks_pwait2 = 1;
    }
    int64_t milliseconds = (timeout_nanoseconds + 999999) / 1000000;
    return epoll_wait(epoll, out, max, milliseconds > INT_MAX ? INT_MAX : (int)milliseconds);
}

int rig_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

int rig_folder_watch(const char *path) {
    int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (fd < 0) {
        return -1;
    }
    uint32_t changes = IN_CLOSE_WRITE | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE;
    if (inotify_add_watch(fd, path, changes | IN_ONLYDIR) < 0) {
        int code = errno;
        close(fd);
        errno = code;
        return -1;
    }
    return fd;
}

const char *rig_folder_event(const void *event, size_t left, size_t *size) {
    struct inotify_event head;
    *size = left;
    if (left < sizeof head) {
        return NULL;
    }
    memcpy(&head, event, sizeof head);
    if (left - sizeof head < head.len) {
        return NULL;
    }
    *size = sizeof head + head.len;
    return head.len > 0 ? (const char *)event + sizeof head : NULL;
}

static void fill(sigset_t *set, const int *signals, int count) {
    sigemptyset(set);
    for (int i = 0; i < count; i++) {
        sigaddset(set, signals[i]);
    }
}

int rig_signalfd(const int *signals, int count) {
    sigset_t set;
    fill(&set, signals, count);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int rig_signalfd_read(int fd) {
    struct signalfd_siginfo info;
    ssize_t got = read(fd, &info, sizeof info);
    return got == (ssize_t)sizeof info ? (int)info.ssi_signo : -1;
}

int rig_pipe(int fds[2], int flags) { return pipe2(fds, O_CLOEXEC | flags); }

int rig_accept(int fd) { return accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK); }

int rig_duplicate(int fd, int lowest) { return fcntl(fd, F_DUPFD_CLOEXEC, lowest); }

int rig_set_nonblocking(int fd, int on) {
    int flags = fcntl(fd, F_GETFL);
    if (flags == -1) {
        return -1;
    }
    int wanted = on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
    return wanted == flags ? 0 : fcntl(fd, F_SETFL, wanted);
}

int rig_set_close_on_exec(int fd, int on) { return fcntl(fd, F_SETFD, on ? FD_CLOEXEC : 0); }

int rig_set_pipe_capacity(int fd, int bytes) { return fcntl(fd, F_SETPIPE_SZ, bytes); }

int rig_bytes_waiting(int fd) {
    int count = 0;
    return ioctl(fd, FIONREAD, &count) == -1 ? -1 : count;
}

int rig_close_range(unsigned first, unsigned last) { return close_range(first, last, 0); }

int rig_memfd(const char *name) {
    return memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
}

int rig_memfd_seal(int fd) {
    return fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
}

int rig_rename_exclusive(const char *from, const char *to) {
    return renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE);
}

int rig_rename_exchange(const char *one, const char *other) {
    return renameat2(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE);
}

int rig_open_at(int directory, const char *path, int flags, unsigned mode) {
    return openat(directory, path, flags | O_CLOEXEC, (mode_t)mode);
}

ssize_t rig_send_fds(int socket, const void *bytes, size_t count, const int *fds, int fd_count) {
    if (fd_count < 0 || fd_count > FDS_MAX) {
        errno = EMSGSIZE;
        return -1;
    }
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(sizeof(int) * FDS_MAX)];
    } room;
    struct iovec part = {.iov_base = (void *)bytes, .iov_len = count};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (fd_count > 0) {
        size_t payload = sizeof(int) * (size_t)fd_count;
        memset(&room, 0, sizeof room);
        message.msg_control = room.bytes;
        message.msg_controllen = CMSG_SPACE(payload);
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(payload);
        memcpy(CMSG_DATA(header), fds, payload);
    }
    return sendmsg(socket, &message, MSG_NOSIGNAL);
}

ssize_t rig_receive_fds(int socket, void *bytes, size_t count, int fds[16], int *fd_count) {
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(sizeof(int) * FDS_MAX)];
    } room;
    struct iovec part = {.iov_base = bytes, .iov_len = count};
    struct msghdr message = {
        .msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = room.bytes,
        .msg_controllen = sizeof room.bytes,
    };
    *fd_count = 0;
    ssize_t got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    if (got == -1) {
        return -1;
    }
    int found = 0;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header != NULL;
         header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) {
            continue;
        }
        int here = (int)((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
        for (int i = 0; i < here && found < FDS_MAX; i++) {
            memcpy(&fds[found++], CMSG_DATA(header) + sizeof(int) * (size_t)i, sizeof(int));
        }
    }
    if (message.msg_flags & MSG_CTRUNC) {
        for (int i = 0; i < found; i++) {
            close(fds[i]);
        }
        errno = EMSGSIZE;
        return -1;
    }
    *fd_count = found;
    return got;
}

int rig_pidfd_open(int pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

int rig_pidfd_signal(int pidfd, int signal) {
    return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0);
}

static int wait_for(idtype_t type, id_t id, int block, struct rig_exit *out) {
    siginfo_t info;
    memset(&info, 0, sizeof info);
    if (waitid(type, id, &info, WEXITED | (block ? 0 : WNOHANG)) == -1) {
        return -1;
    }
    out->pid = info.si_pid;
    out->code = info.si_code;
    out->status = info.si_status;
    return 0;
}

int rig_wait_pidfd(int pidfd, int block, struct rig_exit *out) {
    return wait_for((idtype_t)P_PIDFD, (id_t)pidfd, block, out);
}

int rig_wait_pid(int pid, int block, struct rig_exit *out) {
    return wait_for(P_PID, (id_t)pid, block, out);
}

int rig_spawn_chdir(posix_spawn_file_actions_t *actions, const char *path) {
    return posix_spawn_file_actions_addchdir_np(actions, path);
}

int rig_spawn_close_from(posix_spawn_file_actions_t *actions, int first) {
    return posix_spawn_file_actions_addclosefrom_np(actions, first);
}

int rig_spawn_attributes(posix_spawnattr_t *attributes, int flags) {
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    int bits = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
    if (flags & RIG_SPAWN_GROUP) {
        bits |= POSIX_SPAWN_SETPGROUP;
    }
    if (flags & RIG_SPAWN_SESSION) {
        bits |= POSIX_SPAWN_SETSID;
    }
    int error = posix_spawnattr_setsigmask(attributes, &none);
    if (error == 0) {
        error = posix_spawnattr_setsigdefault(attributes, &all);
    }
    if (error == 0) {
        error = posix_spawnattr_setpgroup(attributes, 0);
    }
    return error == 0 ? posix_spawnattr_setflags(attributes, (short)bits) : error;
}

int rig_set_parent_death_signal(int signal) { return prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0); }

int rig_set_subreaper(int on) { return prctl(PR_SET_CHILD_SUBREAPER, on, 0, 0, 0); }

int rig_set_dumpable(int on) { return prctl(PR_SET_DUMPABLE, on, 0, 0, 0); }

int rig_block_signals(const int *signals, int count) {
    sigset_t set;
    fill(&set, signals, count);
    int error = pthread_sigmask(SIG_BLOCK, &set, NULL);
    if (error != 0) {
        errno = error;
        return -1;
    }
    return 0;
}

int rig_ignore_broken_pipe(void) { return signal(SIGPIPE, SIG_IGN) == SIG_ERR ? -1 : 0; }

const char *rig_error_name(int code) { return strerrorname_np(code); }

const char *rig_error_text(int code) { return strerrordesc_np(code); }

int rig_random(void *bytes, size_t count) {
    char *next = bytes;
    while (count > 0) {
        ssize_t got = getrandom(next, count, 0);
        if (got == -1) {
            if (errno == EINTR) {
                continue;
            }
            return -1;
        }
        next += got;
        count -= (size_t)got;
    }
    return 0;
}

int rig_thread_start(void *(*body)(void *), void *context, size_t stack_bytes) {
    pthread_attr_t attributes;
    pthread_t thread;
    int error = pthread_attr_init(&attributes);
    if (error != 0) {
        return error;
    }
    error = pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    if (error == 0 && stack_bytes > 0) {
        error = pthread_attr_setstacksize(&attributes, stack_bytes);
    }
    if (error == 0) {
        error = pthread_create(&thread, &attributes, body, context);
    }
    pthread_attr_destroy(&attributes);
    return error;
}

int rig_thread_name(const char *name) { return prctl(PR_SET_NAME, name, 0, 0, 0); }

static __thread uintptr_t mark;

uintptr_t rig_thread_mark(void) { return mark; }

void rig_set_thread_mark(uintptr_t value) { mark = value; }
