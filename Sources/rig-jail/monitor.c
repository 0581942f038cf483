/* Step 18: the launcher after the clone. It lets the child exec once, tells the sidecar, and then
 * watches two things: the worker's end, which it reports, and the sidecar's end, which is the
 * worker's too. Should the launcher be killed, the worker dies by its parent-death signal. */
#include "jail.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

struct launch {
    const struct rig_plan *plan;
    int child, pidfd, control;
    int listener;
    int exec_answered; /* the child may only say "I run" after its exec was let through */
    struct rig_failure failure;
};

enum event { EVENT_NONE, EVENT_LISTENER, EVENT_TRACE_ME, EVENT_STARTED, EVENT_FAILED };

void rig_send(int socket, struct rig_word word) {
    /* The sidecar may be gone: then nobody is left to tell. */
    ssize_t ignored = send(socket, &word, sizeof word, MSG_NOSIGNAL);
    (void)ignored;
}

static void kill_child(const struct launch *launch) {
    syscall(SYS_pidfd_send_signal, launch->pidfd, SIGKILL, NULL, 0);
}

/* What the child says: a failure, its listener, that it waits for a tracer, or (by the end of the
 * socket, which closes at exec) that the interpreter runs. */
static enum event child_says(struct launch *launch) {
    struct rig_failure failure = {0, 0, 0};
    struct iovec bytes = {&failure, sizeof failure};
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } ancillary;
    struct msghdr message = {
        .msg_iov = &bytes,
        .msg_iovlen = 1,
        .msg_control = &ancillary,
        .msg_controllen = sizeof ancillary};
    ssize_t count = recvmsg(launch->control, &message, MSG_CMSG_CLOEXEC);
    if (count == -1 && errno == EINTR) return EVENT_NONE;
    if (count == 0 && launch->exec_answered) return EVENT_STARTED;
    if (count == 0) {
        launch->failure = (struct rig_failure){RIG_STEP_EXEC, ECHILD, RIG_NO_INDEX};
        return EVENT_FAILED;
    }
    if (count == (ssize_t)sizeof failure) {
        launch->failure = failure;
        return EVENT_FAILED;
    }
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (count == 1 && header != NULL && header->cmsg_type == SCM_RIGHTS) {
        memcpy(&launch->listener, CMSG_DATA(header), sizeof(int));
        return EVENT_LISTENER;
    }
    if (count == 1 && launch->plan->exec_once == RIG_EXEC_TRACE) return EVENT_TRACE_ME;
    launch->failure = (struct rig_failure){RIG_STEP_RELEASE, EPROTO, RIG_NO_INDEX};
    return EVENT_FAILED;
}

static enum event refuse(struct launch *launch, int code) {
    launch->failure = (struct rig_failure){RIG_STEP_RELEASE, (uint32_t)code, RIG_NO_INDEX};
    return EVENT_FAILED;
}

/* Only trusted code has run in the child so far and it has one thread, so that nothing can change
 * between this look at the call and the kernel going on with it. */
static enum event answer_exec(struct launch *launch) {
    struct seccomp_notif asked;
    memset(&asked, 0, sizeof asked);
    if (ioctl(launch->listener, SECCOMP_IOCTL_NOTIF_RECV, &asked) == -1) {
        return errno == EINTR ? EVENT_NONE : refuse(launch, errno);
    }
    int expected = asked.data.nr == SYS_execveat && asked.data.args[0] == RIG_FD_EXECUTABLE
        && asked.data.args[4] == AT_EMPTY_PATH;
    if (!expected) return refuse(launch, EPROTO);
    struct seccomp_notif_resp answer = {
        .id = asked.id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};
    if (ioctl(launch->listener, SECCOMP_IOCTL_NOTIF_SEND, &answer) == -1) {
        return refuse(launch, errno);
    }
    close(launch->listener); /* from here on the kernel answers ENOSYS */
    launch->listener = -1;
    launch->exec_answered = 1;
    return EVENT_NONE;
}

/* Waits for the child's stop. The sidecar's end kills the launcher's work anyway: it closes the
 * socket, and a sidecar that waits gives every start a timeout and kills the launcher. */
static int traced_stop(const struct launch *launch, int *status) {
    while (waitpid(launch->child, status, __WALL) == -1) {
        if (errno != EINTR) return errno;
    }
    return WIFSTOPPED(*status) ? 0 : ECHILD;
}

/* The same by ptrace, where a supervisor above us holds the only listener: stop at the exec, look,
 * detach. Without a tracer the kernel answers ENOSYS. */
static enum event trace_exec(struct launch *launch) {
    unsigned long options = PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL;
    if (ptrace(PTRACE_SEIZE, launch->child, NULL, options) == -1) return refuse(launch, errno);
    char word = 'G';
    if (send(launch->control, &word, 1, MSG_NOSIGNAL) == -1) return refuse(launch, errno);
    int status = 0;
    int refused = traced_stop(launch, &status);
    if (refused != 0) return refuse(launch, refused);
    if (status >> 8 != (SIGTRAP | PTRACE_EVENT_SECCOMP << 8)) return refuse(launch, EPROTO);
    struct __ptrace_syscall_info call;
    memset(&call, 0, sizeof call);
    if (ptrace(PTRACE_GET_SYSCALL_INFO, launch->child, sizeof call, &call) == -1) {
        return refuse(launch, errno);
    }
    int expected = call.op == PTRACE_SYSCALL_INFO_SECCOMP && call.seccomp.nr == SYS_execveat
        && call.seccomp.args[0] == RIG_FD_EXECUTABLE && call.seccomp.args[4] == AT_EMPTY_PATH;
    if (!expected) return refuse(launch, EPROTO);
    if (ptrace(PTRACE_DETACH, launch->child, NULL, NULL) == -1) return refuse(launch, errno);
    launch->exec_answered = 1;
    return EVENT_NONE;
}

/* Step 5, and the word to the child, which waits for it. */
static enum event map_ids(struct launch *launch) {
    int refused = rig_map_ids(launch->child, launch->plan);
    if (refused != 0) {
        launch->failure = (struct rig_failure){RIG_STEP_ID_MAP, (uint32_t)refused, RIG_NO_INDEX};
        return EVENT_FAILED;
    }
    char word = 'M';
    if (send(launch->control, &word, 1, MSG_NOSIGNAL) == -1) return refuse(launch, errno);
    return EVENT_NONE;
}

/* Until the interpreter runs, something failed, or the sidecar is gone. */
static enum event start(struct launch *launch) {
    for (;;) {
        struct pollfd watched[] = {
            {launch->control, POLLIN, 0},
            {RIG_FD_CONTROL, POLLIN, 0},
            {launch->listener, POLLIN, 0},
        };
        if (poll(watched, 3, -1) == -1) {
            if (errno == EINTR) continue;
            return refuse(launch, errno);
        }
        if (watched[1].revents != 0) return refuse(launch, ECANCELED);
        enum event event = EVENT_NONE;
        /* Not at a hang-up: a child that died would let the receive below wait for ever. */
        if ((watched[2].revents & POLLIN) != 0) event = answer_exec(launch);
        if (event == EVENT_NONE && watched[0].revents != 0) event = child_says(launch);
        if (event == EVENT_TRACE_ME) event = trace_exec(launch);
        if (event == EVENT_STARTED || event == EVENT_FAILED) return event;
    }
}

static int report_end(const struct launch *launch) {
    siginfo_t info;
    while (waitid(P_PIDFD, (id_t)launch->pidfd, &info, WEXITED) == -1) {
        if (errno != EINTR) return 1;
    }
    /* A byte left unread at exit would reset the connection, and the report would be lost to it. */
    shutdown(RIG_FD_CONTROL, SHUT_RD);
    char word;
    while (recv(RIG_FD_CONTROL, &word, 1, MSG_DONTWAIT) > 0) continue;
    uint32_t by_signal = info.si_code == CLD_EXITED ? 0 : 1;
    rig_send(
        RIG_FD_CONTROL,
        (struct rig_word){RIG_WORD_EXITED, by_signal, (uint32_t)info.si_status, 0});
    return 0;
}

static int watch(const struct launch *launch) {
    int control = RIG_FD_CONTROL;
    for (;;) {
        struct pollfd watched[] = {{launch->pidfd, POLLIN, 0}, {control, POLLIN, 0}};
        if (poll(watched, 2, -1) == -1) {
            if (errno == EINTR) continue;
            return 1; /* the parent-death signal ends the worker */
        }
        if (watched[0].revents != 0) return report_end(launch);
        if (watched[1].revents != 0) {
            kill_child(launch); /* asked to, or the sidecar is gone */
            control = -1;
        }
    }
}

/* Ends the child, then says why. */
static int give_up(const struct launch *launch, struct rig_failure failure) {
    kill_child(launch);
    rig_send(
        RIG_FD_CONTROL,
        (struct rig_word){RIG_WORD_FAILED, failure.step, failure.code, failure.index});
    siginfo_t info;
    while (waitid(P_PIDFD, (id_t)launch->pidfd, &info, WEXITED) == -1 && errno == EINTR) continue;
    return 1;
}

/* The launcher holds nothing but the right to kill a worker of another uid, and cannot be looked
 * into by a worker of the same one. */
static int disarm(void) {
    int refused = rig_drop_capabilities_except(1ull << CAP_KILL);
    if (refused != 0) return refused;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1) return errno;
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1 ? errno : 0;
}

int rig_monitor(const struct rig_plan *plan, int child, int pidfd, int child_control) {
    struct launch launch = {
        .plan = plan,
        .child = child,
        .pidfd = pidfd,
        .control = child_control,
        .listener = -1,
        .exec_answered = plan->level == RIG_LEVEL_NONE,
    };
    if (plan->level == RIG_LEVEL_STRICT && map_ids(&launch) == EVENT_FAILED) {
        return give_up(&launch, launch.failure);
    }
    if (start(&launch) == EVENT_FAILED) return give_up(&launch, launch.failure);
    close(child_control);
    int refused = disarm();
    if (refused != 0) {
        return give_up(
            &launch, (struct rig_failure){RIG_STEP_RELEASE, (uint32_t)refused, RIG_NO_INDEX});
    }
    rig_send(RIG_FD_CONTROL, (struct rig_word){RIG_WORD_RUNNING, (uint32_t)child, 0, 0});
    return watch(&launch);
}
