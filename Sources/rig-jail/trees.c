/* What of the host the jail will show: for every granted path a mount of its own, narrowed before
 * it hangs anywhere.
 *
 * A launcher with the right to mount makes them itself: it may pass through directories that the
 * worker's uid may not, and can show what belongs to others as the worker's own. Without that right
 * (a plain user) the child makes them, in its namespaces and by the same user. */
#include "jail.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* With what is mounted below, which a user without privilege could not leave out, since it may
 * hide something. */
int rig_make_tree(struct rig_path *path, int shown) {
    const unsigned flags = AT_EMPTY_PATH | AT_RECURSIVE | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC;
    struct stat status;
    if (fstat(path->fd, &status) == -1) return errno;
    path->tree = (int)syscall(SYS_open_tree, shown, shown == path->fd ? "" : path->path, flags);
    if (path->tree == -1) return errno;
    struct mount_attr narrow = {
        .attr_set = MOUNT_ATTR_NOSUID, .propagation = MS_PRIVATE};
    if ((path->rights & RIG_RIGHT_WRITE) == 0) narrow.attr_set |= MOUNT_ATTR_RDONLY;
    if ((path->rights & (RIG_RIGHT_EXECUTE | RIG_RIGHT_MAP)) == 0) {
        narrow.attr_set |= MOUNT_ATTR_NOEXEC;
    }
    if (!S_ISCHR(status.st_mode)) narrow.attr_set |= MOUNT_ATTR_NODEV;
    long done = syscall(
        SYS_mount_setattr, path->tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &narrow, sizeof narrow);
    return done == -1 ? errno : 0;
}

/* A user namespace that is nothing but the map "this owner is that worker". */
static int map_of(const struct rig_plan *plan, const struct stat *owner) {
    int pidfd = -1;
    int child = rig_clone(CLONE_NEWUSER, &pidfd);
    if (child == -1) return -1;
    if (child == 0) {
        for (;;) pause();
    }
    int fd = -1;
    errno = rig_map_one(child, owner->st_uid, plan->uid, owner->st_gid, plan->gid);
    if (errno == 0) {
        char path[64];
        snprintf(path, sizeof path, "/proc/%d/ns/user", child);
        fd = open(path, O_RDONLY | O_CLOEXEC);
    }
    int refused = errno;
    syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
    siginfo_t info;
    while (waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED) == -1 && errno == EINTR) continue;
    close(pidfd);
    errno = refused;
    return fd;
}

/* The last map, since nearly always all that is granted has one owner. */
struct known_map {
    int fd;
    struct stat owner;
};

static int show_as_own(
    const struct rig_plan *plan, const struct rig_path *path, struct known_map *known) {
    struct stat owner;
    if (fstat(path->fd, &owner) == -1) return errno;
    int is_known = known->fd != -1 && known->owner.st_uid == owner.st_uid
        && known->owner.st_gid == owner.st_gid;
    if (!is_known) {
        if (known->fd != -1) close(known->fd);
        known->owner = owner;
        if ((known->fd = map_of(plan, &owner)) == -1) return errno;
    }
    struct mount_attr mapped = {
        .attr_set = MOUNT_ATTR_IDMAP, .userns_fd = (uint64_t)known->fd};
    long done =
        syscall(SYS_mount_setattr, path->tree, "", AT_EMPTY_PATH, &mapped, sizeof mapped);
    return done == -1 ? errno : 0;
}

int rig_clone_trees(struct rig_plan *plan, uint32_t *index) {
    struct known_map known = {.fd = -1};
    int refused = 0;
    for (uint32_t i = 0; refused == 0 && i < plan->path_count; i++) {
        struct rig_path *path = &plan->paths[i];
        *index = i;
        refused = rig_make_tree(path, path->fd);
        if (refused == EPERM && i == 0) return 0; /* the child's business then */
        if (refused == 0 && (path->rights & RIG_RIGHT_OWN) != 0) {
            refused = show_as_own(plan, path, &known);
        }
    }
    if (known.fd != -1) close(known.fd);
    return refused;
}
