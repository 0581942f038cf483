/* Steps 4 to 7: the child in namespaces of its own, under an id of its own. */
#include "jail.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int rig_clone(uint64_t flags, int *pidfd) {
    struct clone_args arguments;
    memset(&arguments, 0, sizeof arguments);
    arguments.flags = CLONE_PIDFD | flags;
    arguments.pidfd = (uint64_t)(uintptr_t)pidfd;
    arguments.exit_signal = SIGCHLD;
    long child = syscall(SYS_clone3, &arguments, sizeof arguments);
    if (child != -1 || errno != ENOSYS) return (int)child;
    /* Container runtimes answer ENOSYS to clone3, whose arguments their filter cannot see. */
    return (int)syscall(SYS_clone, CLONE_PIDFD | flags | SIGCHLD, 0, pidfd, 0, 0);
}

/* A /proc file takes its text in one write. */
static int write_text(const char *path, const char *text) {
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd == -1) return errno;
    int refused = write(fd, text, strlen(text)) == -1 ? errno : 0;
    close(fd);
    return refused;
}

static int write_map(int child, const char *name, uint32_t inside, uint32_t outside) {
    char path[64], text[64];
    snprintf(path, sizeof path, "/proc/%d/%s", child, name);
    snprintf(text, sizeof text, "%u %u 1\n", inside, outside);
    return write_text(path, text);
}

int rig_map_one(int child, uint32_t inside_uid, uint32_t uid, uint32_t inside_gid, uint32_t gid) {
    int refused = write_map(child, "uid_map", inside_uid, uid);
    return refused != 0 ? refused : write_map(child, "gid_map", inside_gid, gid);
}

int rig_map_ids(int child, const struct rig_plan *plan) {
    if (plan->has_identity) {
        return rig_map_one(child, RIG_INSIDE_ID, plan->uid, RIG_INSIDE_ID, plan->gid);
    }
    /* Without privilege the kernel lets a gid be mapped only where groups can never be changed. */
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/setgroups", child);
    int refused = write_text(path, "deny");
    if (refused != 0) return refused;
    return rig_map_one(child, RIG_INSIDE_ID, geteuid(), RIG_INSIDE_ID, getegid());
}

/* Step 6. Raw calls: see identity.c. */
static int take_on_mapped_id(const struct rig_plan *plan) {
    if (plan->has_identity && syscall(SYS_setgroups, 0, NULL) == -1) return errno;
    const int id = RIG_INSIDE_ID;
    if (syscall(SYS_setresgid, id, id, id) == -1) return errno;
    return syscall(SYS_setresuid, id, id, id) == -1 ? errno : 0;
}

int rig_enter_namespaces(struct rig_plan *plan, int control, struct rig_failure *failure) {
    *failure = (struct rig_failure){RIG_STEP_MAPPED_ID, 0, RIG_NO_INDEX};
    if ((failure->code = (uint32_t)take_on_mapped_id(plan)) != 0) return -1;
    failure->step = RIG_STEP_NESTING;
    if ((plan->namespaces & RIG_NAMESPACES_NESTING) != 0) {
        /* The limit of this namespace, not of the host's: who writes decides which one it is. */
        failure->code = (uint32_t)write_text("/proc/sys/user/max_user_namespaces", "0");
        if (failure->code != 0) return -1;
    }
    failure->step = RIG_STEP_NETWORK;
    if ((failure->code = (uint32_t)rig_network(plan, control)) != 0) return -1;
    failure->step = RIG_STEP_MOUNTS;
    if ((failure->code = (uint32_t)rig_mounts(plan, &failure->index)) != 0) return -1;
    failure->step = RIG_STEP_ROOT;
    return (failure->code = (uint32_t)rig_change_root()) != 0 ? -1 : 0;
}
