/* Step 15: Landlock. Every right that the demanded ABI knows is handled, hence denied unless a path
 * of the plan grants it; TCP is denied but for the ports of the plan, and so are the scopes.
 *
 * The plan names the ABI that the sidecar's probe found. A kernel that offers less refuses here: a
 * worker never runs with fewer walls than its plan says. The constants are spelled out because the
 * C library's headers are older than the kernels this runs on. */
#include "jail.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { ABI_REFER = 2, ABI_TRUNCATE = 3, ABI_TCP = 4, ABI_IOCTL = 5, ABI_SCOPE = 6 };

#define FS_EXECUTE (1ull << 0)
#define FS_WRITE_FILE (1ull << 1)
#define FS_READ_FILE (1ull << 2)
#define FS_READ_DIR (1ull << 3)
#define FS_REMOVE_DIR (1ull << 4)
#define FS_REMOVE_FILE (1ull << 5)
#define FS_MAKE_DIR (1ull << 7)
#define FS_MAKE_REG (1ull << 8)
#define FS_MAKE_SYM (1ull << 12)
#define FS_ABI_1 ((1ull << 13) - 1)
#define FS_REFER (1ull << 13)
#define FS_TRUNCATE (1ull << 14)
#define FS_IOCTL_DEV (1ull << 15)
#define FS_OF_A_FILE (FS_EXECUTE | FS_WRITE_FILE | FS_READ_FILE | FS_TRUNCATE | FS_IOCTL_DEV)
#define NET_BIND_TCP (1ull << 0)
#define NET_CONNECT_TCP (1ull << 1)
#define SCOPE_ABSTRACT_UNIX_SOCKET (1ull << 0)
#define SCOPE_SIGNAL (1ull << 1)

/* The kernel's structure grew with the ABI; its size says which fields are meant. */
struct ruleset {
    uint64_t handled_fs, handled_net, scoped;
};

struct rule {
    uint64_t allowed;
    int32_t parent_fd;
} __attribute__((packed));

struct port_rule {
    uint64_t allowed, port;
};

enum { RULE_PATH_BENEATH = 1, RULE_NET_PORT = 2, QUERY_VERSION = 1 };

int rig_landlock_abi(void) {
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, QUERY_VERSION);
    return abi < 0 ? 0 : (int)abi;
}

static uint64_t handled(uint32_t abi) {
    uint64_t rights = FS_ABI_1;
    if (abi >= ABI_REFER) rights |= FS_REFER;
    if (abi >= ABI_TRUNCATE) rights |= FS_TRUNCATE;
    if (abi >= ABI_IOCTL) rights |= FS_IOCTL_DEV;
    return rights;
}

static uint64_t granted(uint32_t rights) {
    uint64_t allowed = 0;
    if (rights & RIG_RIGHT_READ) allowed |= FS_READ_FILE | FS_READ_DIR;
    if (rights & RIG_RIGHT_EXECUTE) allowed |= FS_EXECUTE;
    /* No devices, sockets or FIFOs: a worker could plant them for whoever reads its directory. */
    if (rights & RIG_RIGHT_WRITE) {
        allowed |= FS_WRITE_FILE | FS_REMOVE_DIR | FS_REMOVE_FILE | FS_MAKE_DIR | FS_MAKE_REG
            | FS_MAKE_SYM | FS_REFER | FS_TRUNCATE;
    }
    return allowed;
}

static int allow(int ruleset, int fd, uint64_t allowed) {
    struct stat status;
    if (fstat(fd, &status) == -1) return errno;
    if (!S_ISDIR(status.st_mode)) allowed &= FS_OF_A_FILE;
    if (allowed == 0) return EINVAL;
    struct rule rule = {allowed, fd};
    long done = syscall(SYS_landlock_add_rule, ruleset, RULE_PATH_BENEATH, &rule, 0);
    return done == -1 ? errno : 0;
}

static int allow_path(int ruleset, const char *path, uint64_t allowed) {
    int fd = open(path, O_PATH | O_CLOEXEC);
    if (fd == -1) return errno;
    int refused = allow(ruleset, fd, allowed);
    close(fd);
    return refused;
}

/* What only the jail has: its scratch directories, its files, its /proc. The directories on the way
 * to granted paths cannot be listed: their names are the host's. */
static int allow_own(int ruleset, const struct rig_plan *plan, uint64_t handled_fs) {
    const uint64_t all = granted(RIG_RIGHT_READ | RIG_RIGHT_WRITE) & handled_fs;
    int refused = 0;
    for (uint32_t i = 0; refused == 0 && i < plan->tmpfs_count; i++) {
        refused = allow_path(ruleset, plan->tmpfs[i].path, all);
    }
    for (uint32_t i = 0; refused == 0 && i < plan->file_count; i++) {
        refused = allow_path(ruleset, plan->files[i].path, FS_READ_FILE);
    }
    if (refused == 0 && (plan->namespaces & RIG_NAMESPACES_PROC) != 0) {
        refused = allow_path(ruleset, "/proc", FS_READ_FILE | FS_READ_DIR);
    }
    return refused;
}

/* Connecting is a right to a port, whatever the address: behind the namespace it is the second
 * wall, and it lets through no port that the sidecar does not serve. */
static int allow_ports(int ruleset, const struct rig_plan *plan) {
    for (uint32_t i = 0; i < plan->listener_count; i++) {
        struct port_rule rule = {NET_CONNECT_TCP, plan->listeners[i].port};
        if (syscall(SYS_landlock_add_rule, ruleset, RULE_NET_PORT, &rule, 0) == -1) return errno;
    }
    return 0;
}

int rig_landlock_restrict(const struct rig_plan *plan, uint32_t *index) {
    uint32_t abi = plan->landlock_abi;
    if ((uint32_t)rig_landlock_abi() < abi) return EOPNOTSUPP;

    struct ruleset attributes = {handled(abi), 0, 0};
    size_t size = offsetof(struct ruleset, handled_net);
    if (abi >= ABI_TCP) {
        attributes.handled_net = NET_BIND_TCP | NET_CONNECT_TCP;
        size = offsetof(struct ruleset, scoped);
    }
    if (abi >= ABI_SCOPE) {
        attributes.scoped = SCOPE_ABSTRACT_UNIX_SOCKET | SCOPE_SIGNAL;
        size = sizeof attributes;
    }
    long ruleset = syscall(SYS_landlock_create_ruleset, &attributes, size, 0);
    if (ruleset == -1) return errno;
    for (uint32_t i = 0; i < plan->path_count; i++) {
        const struct rig_path *path = &plan->paths[i];
        int refused = allow((int)ruleset, path->fd, granted(path->rights) & attributes.handled_fs);
        if (refused != 0) {
            *index = i;
            return refused;
        }
    }
    if (plan->level == RIG_LEVEL_STRICT) {
        int refused = allow_own((int)ruleset, plan, attributes.handled_fs);
        if (refused == 0 && abi >= ABI_TCP) refused = allow_ports((int)ruleset, plan);
        if (refused != 0) return refused;
    }
    if (syscall(SYS_landlock_restrict_self, ruleset, 0) == -1) return errno;
    return close((int)ruleset) == -1 ? errno : 0;
}
