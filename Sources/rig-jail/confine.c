/* The child: steps 6 to 17, from a copy of the launcher to the confined interpreter.
 *
 * Between clone and exec only async-signal-safe calls stand here, no allocation and no lock. The
 * first thing that fails is reported over the socket to the launcher and ends the child. */
#include "jail.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The socket's number changes in step 12. */
static int control_socket;

static _Noreturn void fail(uint32_t step, int code, uint32_t index) {
    struct rig_failure failure = {step, (uint32_t)code, index};
    /* Not send(): the profile of step 16 knows write only. A lost report is an end without one,
     * which the launcher reports as a failure too. */
    ssize_t ignored = write(control_socket, &failure, sizeof failure);
    (void)ignored;
    _exit(127);
}

static void demand(int done, uint32_t step) {
    if (done == -1) fail(step, errno, RIG_NO_INDEX);
}

static int write_oom_score(uint32_t score) {
    char text[8];
    size_t at = sizeof text;
    do {
        text[--at] = (char)('0' + score % 10);
        score /= 10;
    } while (score != 0);
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (fd == -1) return -1;
    ssize_t written = write(fd, text + at, sizeof text - at);
    return written == -1 || close(fd) == -1 ? -1 : 0;
}

/* The launcher says when the ids are mapped, or is gone. */
static void wait_for_map(void) {
    char word;
    ssize_t count;
    do {
        count = read(control_socket, &word, 1);
    } while (count == -1 && errno == EINTR);
    if (count != 1) _exit(127);
}

/* Steps 6 to 10. */
static void namespaces(struct rig_plan *plan) {
    struct rig_failure failure;
    wait_for_map();
    if (rig_enter_namespaces(plan, RIG_FD_CONTROL, &failure) == -1) {
        fail(failure.step, (int)failure.code, failure.index);
    }
}

/* Step 11, but for the score that is written before. The sidecar blocks signals for its signalfd and ignores SIGPIPE: the worker starts from
 * the kernel's defaults. */
static void limits(const struct rig_plan *plan) {
    demand(setsid() == -1 ? -1 : 0, RIG_STEP_LIMITS);
    struct sigaction normal;
    memset(&normal, 0, sizeof normal);
    normal.sa_handler = SIG_DFL;
    for (int number = 1; number < NSIG; number++) {
        /* Refused for SIGKILL, SIGSTOP and the two of the C library: none can be ignored. */
        if (sigaction(number, &normal, NULL) == -1 && errno != EINVAL) {
            fail(RIG_STEP_LIMITS, errno, RIG_NO_INDEX);
        }
    }
    sigset_t none;
    sigemptyset(&none);
    demand(sigprocmask(SIG_SETMASK, &none, NULL), RIG_STEP_LIMITS);
    umask(0077);
    for (uint32_t i = 0; i < plan->limit_count; i++) {
        const struct rig_limit *limit = &plan->limits[i];
        struct rlimit value = {limit->soft, limit->hard};
        if (setrlimit((__rlimit_resource_t)limit->resource, &value) == -1) {
            fail(RIG_STEP_LIMITS, errno, i);
        }
    }
}

/* Step 12. The path descriptors are needed until step 15 and close at exec. */
static void descriptors(void) {
    demand(dup3(control_socket, RIG_FD_CHILD_CONTROL, O_CLOEXEC), RIG_STEP_DESCRIPTORS);
    control_socket = RIG_FD_CHILD_CONTROL;
    demand(
        (int)syscall(SYS_close_range, RIG_FD_CONTROL, ~0u, CLOSE_RANGE_CLOEXEC),
        RIG_STEP_DESCRIPTORS);
    struct rlimit files = {RIG_NOFILE, RIG_NOFILE};
    demand(setrlimit(RLIMIT_NOFILE, &files), RIG_STEP_DESCRIPTORS);
}

/* Step 14. The launcher may have died before the death signal was asked for: then its end of the
 * socket is closed. */
static void privileges(void) {
    demand(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), RIG_STEP_PRIVILEGES);
    demand(prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0), RIG_STEP_PRIVILEGES);
    struct pollfd launcher = {control_socket, POLLIN, 0};
    demand(poll(&launcher, 1, 0), RIG_STEP_PRIVILEGES);
    if ((launcher.revents & (POLLHUP | POLLERR)) != 0) _exit(127);
}

static int send_listener(int listener) {
    char word = 'L';
    struct iovec bytes = {&word, 1};
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } control;
    memset(&control, 0, sizeof control);
    struct msghdr message = {
        .msg_iov = &bytes,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = sizeof control};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &listener, sizeof listener);
    return sendmsg(control_socket, &message, MSG_NOSIGNAL) == -1 ? -1 : 0;
}

/* In trace mode the launcher seizes this process and then says so. */
static int wait_for_tracer(void) {
    char word = 'T';
    if (write(control_socket, &word, 1) == -1) return -1;
    ssize_t count = read(control_socket, &word, 1);
    if (count == 1) return 0;
    if (count == 0) errno = EPIPE;
    return -1;
}

/* Step 16, and the handing over of step 17, which must come before the profile counts. */
static void seccomp(const struct rig_plan *plan, const struct rig_filter *filter) {
    int listener = rig_seccomp_exec_once(plan->exec_once);
    demand(listener, RIG_STEP_SECCOMP);
    if (plan->exec_once == RIG_EXEC_NOTIFY) {
        demand(send_listener(listener), RIG_STEP_SECCOMP);
        demand(close(listener), RIG_STEP_SECCOMP);
    } else {
        demand(wait_for_tracer(), RIG_STEP_SECCOMP);
    }
    demand(rig_seccomp_profile(filter), RIG_STEP_SECCOMP);
}

_Noreturn void rig_confine(
    struct rig_plan *plan, const struct rig_filter *filter, int control) {
    control_socket = control;
    /* The one part of step 11 that needs the host's /proc, and a uid that is still its own there. */
    if (plan->has_oom_score) demand(write_oom_score(plan->oom_score), RIG_STEP_LIMITS);
    if (plan->level == RIG_LEVEL_STRICT) namespaces(plan);
    limits(plan);
    descriptors();
    int refused = rig_drop_identity(plan);
    if (refused != 0) fail(RIG_STEP_IDENTITY, refused, RIG_NO_INDEX);
    privileges();
    if (plan->level != RIG_LEVEL_NONE) {
        uint32_t index = RIG_NO_INDEX;
        refused = rig_landlock_restrict(plan, &index);
        if (refused != 0) fail(RIG_STEP_LANDLOCK, refused, index);
    }
    demand(chdir(plan->work_directory), RIG_STEP_SECCOMP);
    if (plan->level != RIG_LEVEL_NONE) seccomp(plan, filter);
    syscall(
        SYS_execveat, RIG_FD_EXECUTABLE, "", plan->arguments, plan->environment, AT_EMPTY_PATH);
    fail(RIG_STEP_EXEC, errno, RIG_NO_INDEX);
}
