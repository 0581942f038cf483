/* Steps 9 and 10: the root of the jail, built from nothing on a small tmpfs.
 *
 * What the host has is shown under its own names, so that a path means the same inside and outside;
 * what only the jail has (/work, /tmp, /etc, /proc) is made here. Names are looked up with the new
 * root as the root: a link in what was mounted before leads to nothing outside. */
#include "jail.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Any directory that every host has and that no granted path needs by now. */
#define BUILDING_SITE "/proc"

static int root = -1;

static int look_up(const char *path, uint64_t flags) {
    struct open_how how = {.flags = O_PATH | O_CLOEXEC | flags, .resolve = RESOLVE_IN_ROOT};
    return (int)syscall(SYS_openat2, root, path, &how, sizeof how);
}

/* The directory in which the last name of `path` stands, made as needed. */
static int parent_of(const char *path) {
    char prefix[RIG_PATH_BYTES_MAX];
    size_t length = (size_t)(strrchr(path, '/') - path);
    if (length == 0) return look_up("/", O_DIRECTORY);
    memcpy(prefix, path, length);
    prefix[length] = 0;
    int parent = look_up(prefix, O_DIRECTORY);
    if (parent != -1 || errno != ENOENT) return parent;
    int above = parent_of(prefix);
    if (above == -1) return -1;
    int made = mkdirat(above, strrchr(prefix, '/') + 1, 0755);
    close(above);
    return made == -1 ? -1 : look_up(prefix, O_DIRECTORY);
}

/* Makes the last name of `path`, if it is not there: a directory or an empty file. */
static int make(const char *path, mode_t kind) {
    int parent = parent_of(path);
    if (parent == -1) return -1;
    const char *name = strrchr(path, '/') + 1;
    int made = kind == S_IFDIR ? mkdirat(parent, name, 0755) : mknodat(parent, name, S_IFREG | 0444, 0);
    /* EROFS: a granted directory has it, or the look that follows says that it does not. */
    if (made == -1 && (errno == EEXIST || errno == EROFS)) made = 0;
    close(parent);
    return made;
}

static int begin(void) {
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1) return errno;
    umask(0);
    return 0;
}

static int make_root(void) {
    const unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
    if (mount("rig", BUILDING_SITE, "tmpfs", flags, "mode=0755,size=1m,nr_inodes=1024") == -1) {
        return errno;
    }
    if (chdir(BUILDING_SITE) == -1) return errno;
    root = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    return root == -1 ? errno : 0;
}

static int make_links(const struct rig_plan *plan) {
    for (uint32_t i = 0; i < plan->link_count; i++) {
        const struct rig_link *link = &plan->links[i];
        char target[RIG_PATH_BYTES_MAX + 1] = "/";
        strncat(target, link->target, RIG_PATH_BYTES_MAX - 1);
        if (make(target, S_IFDIR) == -1) return errno;
        int parent = parent_of(link->path);
        if (parent == -1) return errno;
        int made = symlinkat(link->target, parent, strrchr(link->path, '/') + 1);
        close(parent);
        if (made == -1) return errno;
    }
    return 0;
}

/* The paths are the plan's own, in a root that holds nothing of the host yet. */
static int make_scratch(const struct rig_plan *plan) {
    const unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
    for (uint32_t i = 0; i < plan->tmpfs_count; i++) {
        const struct rig_tmpfs *scratch = &plan->tmpfs[i];
        if (make(scratch->path, S_IFDIR) == -1) return errno;
        if (mount("rig", scratch->path + 1, "tmpfs", flags, scratch->options) == -1) return errno;
    }
    return 0;
}

static int make_files(const struct rig_plan *plan) {
    for (uint32_t i = 0; i < plan->file_count; i++) {
        const struct rig_file *file = &plan->files[i];
        int parent = parent_of(file->path);
        if (parent == -1) return errno;
        const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
        int fd = openat(parent, strrchr(file->path, '/') + 1, flags, 0444);
        close(parent);
        if (fd == -1) return errno;
        ssize_t count = write(fd, file->bytes, file->count);
        close(fd);
        if (count != (ssize_t)file->count) return count == -1 ? errno : ENOSPC;
    }
    return 0;
}

static int is_same(int one, int other) {
    struct stat first, second;
    if (fstat(one, &first) == -1 || fstat(other, &second) == -1) return 0;
    return first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

/* For a plain user's launcher, which could not. The path must still mean what was pinned. */
static int make_missing_trees(struct rig_plan *plan, uint32_t *index) {
    for (uint32_t i = 0; i < plan->path_count; i++) {
        struct rig_path *path = &plan->paths[i];
        if (path->tree != -1) continue;
        *index = i;
        int refused = rig_make_tree(path, AT_FDCWD);
        if (refused != 0) return refused;
        if (!is_same(path->tree, path->fd)) return ESTALE;
    }
    return 0;
}

static int show(struct rig_path *path) {
    struct stat status;
    if (fstat(path->fd, &status) == -1) return errno;
    if (make(path->path, S_ISDIR(status.st_mode) ? S_IFDIR : S_IFREG) == -1) return errno;
    int target = look_up(path->path, 0);
    if (target == -1) return errno;
    const unsigned flags = MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH;
    int moved = (int)syscall(SYS_move_mount, path->tree, "", target, "", flags);
    int refused = moved == -1 ? errno : 0;
    close(target);
    close(path->tree);
    path->tree = -1;
    return refused;
}

/* Processes of its own only, and nothing else of what /proc has. */
static int make_proc(void) {
    if (make("/proc", S_IFDIR) == -1) return errno;
    const unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
    return mount("proc", "proc", "proc", flags, "subset=pid,hidepid=2") == -1 ? errno : 0;
}

int rig_mounts(struct rig_plan *plan, uint32_t *index) {
    int refused = begin();
    if (refused != 0) return refused;
    if ((refused = make_missing_trees(plan, index)) != 0) return refused;
    *index = RIG_NO_INDEX;
    if ((refused = make_root()) != 0) return refused;
    if ((refused = make_links(plan)) != 0) return refused;
    if ((refused = make_scratch(plan)) != 0) return refused;
    if ((refused = make_files(plan)) != 0) return refused;
    for (uint32_t i = 0; i < plan->path_count; i++) {
        *index = i;
        if ((refused = show(&plan->paths[i])) != 0) return refused;
    }
    *index = RIG_NO_INDEX;
    return (plan->namespaces & RIG_NAMESPACES_PROC) != 0 ? make_proc() : 0;
}

int rig_change_root(void) {
    const char name[] = "worker";
    /* Old and new root at the same place: the old one lies on top and is taken off. */
    if (syscall(SYS_pivot_root, ".", ".") == -1) return errno;
    if (umount2(".", MNT_DETACH) == -1 || chdir("/") == -1) return errno;
    struct mount_attr fixed = {.attr_set = MOUNT_ATTR_RDONLY};
    if (syscall(SYS_mount_setattr, AT_FDCWD, "/", 0, &fixed, sizeof fixed) == -1) return errno;
    close(root);
    return sethostname(name, sizeof name - 1) == -1 ? errno : 0;
}
