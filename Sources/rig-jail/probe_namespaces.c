/* The part of the probe that builds a whole jail with namespaces, of next to nothing, and looks
 * around in it. A kernel may allow each part and refuse the whole: some let anybody make a user
 * namespace and then refuse every mount in it. */
#include "jail.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int is_absent(const char *path) {
    return open(path, O_PATH | O_CLOEXEC) == -1 && errno == ENOENT;
}

/* What a worker would find: nothing of the host, a directory to write, no further namespace. */
static int holds_inside(const struct rig_plan *plan) {
    if (!is_absent("/etc/passwd") || !is_absent("/bin") || getpid() != 1) return 0;
    int file = open("/work/file", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (file == -1 || write(file, "x", 1) != 1) return 0;
    if ((plan->namespaces & RIG_NAMESPACES_PROC) != 0 && is_absent("/proc/self/stat")) return 0;
    if ((plan->namespaces & RIG_NAMESPACES_NESTING) == 0) return 1;
    return unshare(CLONE_NEWUSER) == -1 && errno == ENOSPC;
}

static _Noreturn void inside(struct rig_plan *plan, int socket) {
    struct rig_failure failure;
    char word;
    if (read(socket, &word, 1) != 1) _exit(1);
    if (rig_enter_namespaces(plan, -1, &failure) == 0) {
        uint32_t code = holds_inside(plan) ? 0 : EPERM;
        failure = (struct rig_failure){RIG_STEP_ROOT, code, RIG_NO_INDEX};
    }
    ssize_t ignored = write(socket, &failure, sizeof failure);
    (void)ignored;
    _exit(0);
}

static void end(int pidfd) {
    syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
    siginfo_t info;
    while (waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED) == -1 && errno == EINTR) continue;
    close(pidfd);
}

static struct rig_failure build(struct rig_plan *plan) {
    struct rig_failure failure = {RIG_STEP_PATHS, 0, RIG_NO_INDEX};
    if ((failure.code = (uint32_t)rig_clone_trees(plan, &failure.index)) != 0) return failure;
    failure.step = RIG_STEP_CLONE;
    int sockets[2], pidfd = -1;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) == -1) {
        failure.code = (uint32_t)errno;
        return failure;
    }
    int child = rig_clone(RIG_CLONE_NAMESPACES, &pidfd);
    if (child == 0) {
        close(sockets[0]);
        inside(plan, sockets[1]);
    }
    failure.code = child == -1 ? (uint32_t)errno : 0;
    close(sockets[1]);
    if (child != -1) {
        failure.step = RIG_STEP_ID_MAP;
        failure.code = (uint32_t)rig_map_ids(child, plan);
        if (failure.code == 0) {
            int told = send(sockets[0], "M", 1, MSG_NOSIGNAL) == 1;
            int heard = told && read(sockets[0], &failure, sizeof failure) == sizeof failure;
            if (!heard) failure.code = ECHILD;
        }
        end(pidfd);
    }
    close(sockets[0]);
    return failure;
}

static struct rig_failure attempt(uint32_t namespaces, uint32_t own_id) {
    struct rig_plan plan;
    memset(&plan, 0, sizeof plan);
    plan.level = RIG_LEVEL_STRICT;
    plan.namespaces = namespaces;
    plan.has_identity = own_id != 0;
    plan.uid = plan.gid = own_id;
    plan.tmpfs_count = plan.path_count = 1;
    plan.tmpfs[0].path = "/work";
    snprintf(plan.tmpfs[0].options, sizeof plan.tmpfs[0].options, "mode=0700,size=4k,nr_inodes=4");
    plan.paths[0] = (struct rig_path){"/dev/null", RIG_RIGHT_READ, -1, -1};
    plan.paths[0].fd = open(plan.paths[0].path, O_PATH | O_CLOEXEC);
    struct rig_failure failure = {RIG_STEP_PATHS, ENOENT, RIG_NO_INDEX};
    if (plan.paths[0].fd != -1) failure = build(&plan);
    close(plan.paths[0].fd);
    if (plan.paths[0].tree != -1) close(plan.paths[0].tree);
    return failure;
}

static int maps_owners(uint32_t own_id) {
    struct rig_plan plan;
    memset(&plan, 0, sizeof plan);
    plan.uid = plan.gid = own_id;
    plan.path_count = 1;
    plan.paths[0] = (struct rig_path){"/", RIG_RIGHT_READ | RIG_RIGHT_OWN, -1, -1};
    plan.paths[0].fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    uint32_t index;
    int holds = rig_clone_trees(&plan, &index) == 0 && plan.paths[0].tree != -1;
    if (plan.paths[0].tree != -1) close(plan.paths[0].tree);
    close(plan.paths[0].fd);
    return holds;
}

uint32_t rig_probe_namespaces(uint32_t own_id, uint32_t *refusal) {
    uint32_t wanted = RIG_NAMESPACES_PROC | RIG_NAMESPACES_NESTING;
    struct rig_failure failure = attempt(wanted, own_id);
    if (failure.code != 0) {
        /* Each of the two may be missing alone, in a container that masks /proc. */
        uint32_t proc = attempt(RIG_NAMESPACES_PROC, own_id).code == 0 ? RIG_NAMESPACES_PROC : 0;
        uint32_t cap = attempt(RIG_NAMESPACES_NESTING, own_id).code == 0 ? RIG_NAMESPACES_NESTING : 0;
        wanted = proc | cap;
        failure = attempt(wanted, own_id);
    }
    *refusal = failure.code == 0 ? 0 : failure.step << 16 | (failure.code & 0xffff);
    if (failure.code != 0) return 0;
    uint32_t bits = RIG_PROBE_NAMESPACES;
    if ((wanted & RIG_NAMESPACES_PROC) != 0) bits |= RIG_PROBE_PROC;
    if ((wanted & RIG_NAMESPACES_NESTING) != 0) bits |= RIG_PROBE_NESTING;
    if (own_id != 0 && maps_owners(own_id)) bits |= RIG_PROBE_OWNERS;
    return bits;
}
