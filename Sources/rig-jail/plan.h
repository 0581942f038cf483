/* The launch plan: what the sidecar tells rig-jail to build, and the one place where its binary
 * form is defined. RIGSandbox/LaunchPlan.swift writes it, plan.c reads it.
 *
 * It lies in a memfd sealed against writing and shrinking. All numbers are little-endian:
 *
 *     8 bytes   "RIGJAIL1"
 *     records   u32 tag, u32 length of the payload, the payload
 *
 * A string is its bytes and one NUL, which the length counts; there is no other NUL in it. Records
 * stand in any order, except that arguments and environment keep theirs. A tag that is not known, a
 * single record that comes twice, a length that does not fit or a missing record refuses the plan:
 * rig-jail never guesses what was meant.
 *
 *     tag                    payload                                  how often
 *     1  LEVEL               u32: 0 none, 1 standard, 2 strict        once
 *     2  EXECUTABLE          string, absolute: the interpreter        once
 *     3  ARGUMENT            string; the first one is argv[0]         1..128
 *     4  ENVIRONMENT         string "NAME=value"                      0..128
 *     5  WORK_DIRECTORY      string, absolute; becomes the cwd        once
 *     6  PATH                u32 rights (RIG_RIGHT_*), string         0..256
 *     7  LIMIT               u32 RLIMIT_*, u64 soft and hard          0..16
 *     8  IDENTITY            u32 uid, u32 gid                         at most once
 *     9  LANDLOCK            u32 ABI to enforce in full               once from level 1 on
 *     10 EXEC_ONCE           u32: 1 notify, 2 trace                   once from level 1 on
 *     11 OOM_SCORE           u32: 0..1000                             at most once
 *     12 NAMESPACES          u32: RIG_NAMESPACES_*                    once at level 2
 *     13 TMPFS               u64 bytes, u64 inodes, string            0..4
 *     14 FILE                string, then the file's bytes            0..16
 *     15 LINK                string: a name, string: its target       0..8
 *     16 LISTENER            u32 IPv4 address, u32 port               0..128
 *
 * Without IDENTITY the worker keeps the sidecar's uid (and loses every capability all the same).
 *
 * 12 to 16 belong to level 2 and are refused at the others. TMPFS, FILE and LINK make things that
 * only the jail has, in that order after the links; a PATH shows there what the host has under the
 * same name, and stands after every PATH that it lies in. The target of a LINK is a directory,
 * relative to the jail's root.
 */
#ifndef RIG_PLAN_H
#define RIG_PLAN_H

#include <stdint.h>

enum {
    RIG_TAG_LEVEL = 1,
    RIG_TAG_EXECUTABLE = 2,
    RIG_TAG_ARGUMENT = 3,
    RIG_TAG_ENVIRONMENT = 4,
    RIG_TAG_WORK_DIRECTORY = 5,
    RIG_TAG_PATH = 6,
    RIG_TAG_LIMIT = 7,
    RIG_TAG_IDENTITY = 8,
    RIG_TAG_LANDLOCK = 9,
    RIG_TAG_EXEC_ONCE = 10,
    RIG_TAG_OOM_SCORE = 11,
    RIG_TAG_NAMESPACES = 12,
    RIG_TAG_TMPFS = 13,
    RIG_TAG_FILE = 14,
    RIG_TAG_LINK = 15,
    RIG_TAG_LISTENER = 16,
};

enum { RIG_LEVEL_NONE = 0, RIG_LEVEL_STANDARD = 1, RIG_LEVEL_STRICT = 2 };

enum {
    RIG_RIGHT_READ = 1,
    RIG_RIGHT_WRITE = 2,
    RIG_RIGHT_EXECUTE = 4,
    /* Level 2: its files may be mapped as code; all others are mounted noexec. */
    RIG_RIGHT_MAP = 8,
    /* Level 2: what belongs to its owner is shown as the worker's own, and the other way round. */
    RIG_RIGHT_OWN = 16,
};

/* What the sidecar's probe found to work, hence is demanded. */
enum { RIG_NAMESPACES_PROC = 1, RIG_NAMESPACES_NESTING = 2 };

/* The uid and gid that the worker sees as its own, at level 2. */
enum { RIG_INSIDE_ID = 1000 };

enum { RIG_EXEC_NOTIFY = 1, RIG_EXEC_TRACE = 2 };

enum {
    RIG_ARGUMENTS_MAX = 128,
    RIG_ENVIRONMENT_MAX = 128,
    RIG_PATHS_MAX = 256,
    RIG_LIMITS_MAX = 16,
    RIG_TMPFS_MAX = 4,
    RIG_FILES_MAX = 16,
    RIG_LINKS_MAX = 8,
    RIG_LISTENERS_MAX = 128,
    RIG_PATH_BYTES_MAX = 4096,
    RIG_PLAN_BYTES_MAX = 1 << 20,
};

struct rig_path {
    const char *path;
    uint32_t rights;
    int fd;   /* opened O_PATH in step 2, -1 before */
    int tree; /* a mount of its own that hangs nowhere yet, -1 until it is made */
};

struct rig_tmpfs {
    const char *path;
    char options[80]; /* for mount(2) */
};

struct rig_file {
    const char *path;
    const void *bytes;
    uint32_t count;
};

struct rig_link {
    const char *path, *target;
};

struct rig_listener {
    uint32_t address; /* in the machine's order */
    uint16_t port;
};

struct rig_limit {
    uint32_t resource;
    uint64_t soft, hard;
};

struct rig_plan {
    uint32_t level;
    const char *executable;
    const char *work_directory;
    char *arguments[RIG_ARGUMENTS_MAX + 1];
    char *environment[RIG_ENVIRONMENT_MAX + 1];
    struct rig_path paths[RIG_PATHS_MAX];
    struct rig_limit limits[RIG_LIMITS_MAX];
    uint32_t argument_count, environment_count, path_count, limit_count;
    uint32_t has_identity, uid, gid;
    uint32_t landlock_abi;
    uint32_t exec_once;
    uint32_t has_oom_score, oom_score;
    uint32_t namespaces;
    struct rig_tmpfs tmpfs[RIG_TMPFS_MAX];
    struct rig_file files[RIG_FILES_MAX];
    struct rig_link links[RIG_LINKS_MAX];
    struct rig_listener listeners[RIG_LISTENERS_MAX];
    uint32_t tmpfs_count, file_count, link_count, listener_count;
};

/* Maps the plan in `fd` and fills `plan`, whose strings then point into the mapping, which stays
 * for good. 0, or the errno that refuses it: EPERM not sealed, EFBIG, EBADMSG not this format,
 * E2BIG too many records of one tag, EEXIST a second one, ENODATA one is missing, EINVAL a wrong
 * value. */
int rig_plan_read(int fd, struct rig_plan *plan);

#endif
