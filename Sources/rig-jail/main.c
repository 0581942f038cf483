/* rig-jail: builds the jail of one worker and stays as its monitor. Started by the sidecar with the
 * descriptors of jail.h, which also lists the steps and says why they stand in this order; nobody
 * else has a use for it.
 *
 * Why C: the launcher stays for as long as its worker lives, one a worker, with 60 KiB of private
 * memory; between clone and exec only async-signal-safe calls are allowed, which no Swift runtime
 * promises; and every start waits for it: 0.4 ms from spawn to exit as static C, 0.8 ms and 2 MB
 * more memory as static Swift. */
#include "jail.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct rig_plan plan; /* 12 KiB, zero before it is read */

static _Noreturn void fail(uint32_t step, int code, uint32_t index) {
    rig_send(RIG_FD_CONTROL, (struct rig_word){RIG_WORD_FAILED, step, (uint32_t)code, index});
    _exit(1);
}

/* Ctrl-C on the sidecar's terminal is for the sidecar, which then drains its workers: so the
 * launcher leaves the terminal's process group. What may have leaked in is closed first of all. */
static void begin(void) {
    if (setsid() == -1 && errno != EPERM) fail(RIG_STEP_INTERPRETER, errno, RIG_NO_INDEX);
    if (syscall(SYS_close_range, RIG_FD_FIRST_OTHER, ~0u, 0) == -1) {
        fail(RIG_STEP_INTERPRETER, errno, RIG_NO_INDEX);
    }
    for (int fd = RIG_FD_CONTROL; fd < RIG_FD_FIRST_OTHER; fd++) {
        /* The filter's descriptor is absent at level none, which step 3 judges. */
        if (fcntl(fd, F_SETFD, FD_CLOEXEC) == -1 && fd != RIG_FD_FILTER) {
            fail(RIG_STEP_INTERPRETER, errno, RIG_NO_INDEX);
        }
    }
    signal(SIGPIPE, SIG_IGN);
}

/* Step 1. The interpreter is pinned by descriptor while the launcher has all its rights: what is
 * executed does not depend on what a path means later. */
static void pin_interpreter(void) {
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == -1) fail(RIG_STEP_INTERPRETER, errno, RIG_NO_INDEX);
    if (files.rlim_cur <= RIG_FD_EXECUTABLE) {
        files.rlim_cur = files.rlim_max;
        if (setrlimit(RLIMIT_NOFILE, &files) == -1) {
            fail(RIG_STEP_INTERPRETER, errno, RIG_NO_INDEX);
        }
    }
    int fd = open(plan.executable, O_PATH | O_CLOEXEC);
    if (fd == -1) fail(RIG_STEP_INTERPRETER, errno, RIG_NO_INDEX);
    struct stat status;
    if (fstat(fd, &status) == -1) fail(RIG_STEP_INTERPRETER, errno, RIG_NO_INDEX);
    if (!S_ISREG(status.st_mode)) fail(RIG_STEP_INTERPRETER, EACCES, RIG_NO_INDEX);
    if (dup3(fd, RIG_FD_EXECUTABLE, O_CLOEXEC) == -1) {
        fail(RIG_STEP_INTERPRETER, errno, RIG_NO_INDEX);
    }
    close(fd);
}

/* Step 2. */
static void pin_paths(void) {
    for (uint32_t i = 0; i < plan.path_count; i++) {
        plan.paths[i].fd = open(plan.paths[i].path, O_PATH | O_CLOEXEC);
        if (plan.paths[i].fd == -1) fail(RIG_STEP_PATHS, errno, i);
    }
    if (plan.level != RIG_LEVEL_STRICT) return;
    uint32_t index = RIG_NO_INDEX;
    int refused = rig_clone_trees(&plan, &index);
    if (refused != 0) fail(RIG_STEP_PATHS, refused, index);
}

/* Step 3. */
static struct rig_filter read_filter(void) {
    const int sealed = F_SEAL_WRITE | F_SEAL_SHRINK;
    struct rig_filter filter = {NULL, 0};
    if (plan.level == RIG_LEVEL_NONE) return filter;
    int seals = fcntl(RIG_FD_FILTER, F_GET_SEALS);
    if (seals == -1) fail(RIG_STEP_FILTER, errno, RIG_NO_INDEX);
    if ((seals & sealed) != sealed) fail(RIG_STEP_FILTER, EPERM, RIG_NO_INDEX);
    struct stat status;
    if (fstat(RIG_FD_FILTER, &status) == -1) fail(RIG_STEP_FILTER, errno, RIG_NO_INDEX);
    const off_t instruction_bytes = 8, instructions_max = 4096; /* BPF_MAXINSNS */
    if (status.st_size == 0 || status.st_size % instruction_bytes != 0
        || status.st_size / instruction_bytes > instructions_max) {
        fail(RIG_STEP_FILTER, EINVAL, RIG_NO_INDEX);
    }
    size_t size = (size_t)status.st_size;
    filter.instructions = mmap(NULL, size, PROT_READ, MAP_PRIVATE, RIG_FD_FILTER, 0);
    if (filter.instructions == MAP_FAILED) fail(RIG_STEP_FILTER, errno, RIG_NO_INDEX);
    filter.count = (uint32_t)(status.st_size / instruction_bytes);
    return filter;
}

/* The launcher keeps the control socket, the child's socket and the pidfd: the worker's pipes must
 * end when the worker ends. */
static void let_go_of_worker(void) {
    for (int fd = 0; fd < RIG_FD_CONTROL; fd++) close(fd);
    close(RIG_FD_PLAN);
    close(RIG_FD_FILTER);
    close(RIG_FD_EXECUTABLE);
    for (uint32_t i = 0; i < plan.path_count; i++) {
        close(plan.paths[i].fd);
        if (plan.paths[i].tree != -1) close(plan.paths[i].tree);
    }
}

int main(int argc, char **argv) {
    if (argc == 2 && strcmp(argv[1], "probe") == 0) return rig_probe();
    if (argc != 1) return 64;
    begin();
    int refused = rig_plan_read(RIG_FD_PLAN, &plan);
    if (refused != 0) fail(RIG_STEP_PLAN, refused, RIG_NO_INDEX);
    pin_interpreter();
    pin_paths();
    struct rig_filter filter = read_filter();
    int sockets[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) == -1) {
        fail(RIG_STEP_FILTER, errno, RIG_NO_INDEX);
    }
    int pidfd = -1;
    int child = rig_clone(plan.level == RIG_LEVEL_STRICT ? RIG_CLONE_NAMESPACES : 0, &pidfd);
    if (child == -1) fail(RIG_STEP_CLONE, errno, RIG_NO_INDEX);
    if (child == 0) {
        /* The launcher's end must be closed here, or its death would not show in step 14. */
        close(sockets[0]);
        rig_confine(&plan, &filter, sockets[1]);
    }
    close(sockets[1]);
    let_go_of_worker();
    return rig_monitor(&plan, child, pidfd, sockets[0]);
}
