/* What the parts of rig-jail share: the steps, the descriptors and the words on the control socket.
 *
 * Why the steps stand in this order:
 * - What is opened by path (1, 2) is opened first, by a process that still has all its rights: the
 *   worker's uid need not be able to, and no path means something else later.
 * - Limits (11) come while /proc can still be written; the descriptor limit (12) after the two high
 *   descriptors were made, whose numbers the worker can then never make again.
 * - The uid changes (13) while the right to change it is still there, and before the death signal
 *   (14), which a change of uid would clear. no_new_privs (14) is what lets an unprivileged process
 *   take 15 and 16.
 * - The filters come last (16), so that the profile need not allow what the steps before it do.
 *
 * - Namespaces come all at once (4), so that the child is the first process of its own from the
 *   beginning. Its one id is mapped (5) and taken on (6) before it makes any file, whose owner would
 *   else be nobody. What needs the host's /proc (7) comes before the host's files are gone (10);
 *   sockets are bound (8) while the child may bind any port, and are the sidecar's from then on.
 *
 * A step keeps its number for good. 5 to 10 belong to level strict.
 */
#ifndef RIG_JAIL_H
#define RIG_JAIL_H

#include "plan.h"

#include <stdint.h>

/* Steps, in the order in which they are taken. The number is what a failure report carries. */
enum {
    RIG_STEP_PLAN = 0,         /* launcher: read and check the plan */
    RIG_STEP_INTERPRETER = 1,  /* launcher: own limits, pin the interpreter by descriptor */
    RIG_STEP_PATHS = 2,        /* launcher: pin every granted path by descriptor */
    RIG_STEP_FILTER = 3,       /* launcher: read the BPF, socket pair to the child */
    RIG_STEP_CLONE = 4,        /* launcher: the child, at level strict in namespaces of its own */
    RIG_STEP_ID_MAP = 5,       /* launcher: one uid and one gid, none of them root's */
    RIG_STEP_MAPPED_ID = 6,    /* child: takes them on */
    RIG_STEP_NESTING = 7,      /* child: no user namespace within this one */
    RIG_STEP_NETWORK = 8,      /* child: lo, and listeners for the sidecar */
    RIG_STEP_MOUNTS = 9,       /* child: a root of narrow binds */
    RIG_STEP_ROOT = 10,        /* child: makes it the root, read-only; the host's name goes too */
    RIG_STEP_LIMITS = 11,      /* child: session, signals, rlimits, oom score */
    RIG_STEP_DESCRIPTORS = 12, /* child: nothing but 0..4 survives the exec */
    RIG_STEP_IDENTITY = 13,    /* child: bounding set, securebits, uid, capabilities */
    RIG_STEP_PRIVILEGES = 14,  /* child: no_new_privs, death with the launcher */
    RIG_STEP_LANDLOCK = 15,    /* child: files, TCP ports, scopes */
    RIG_STEP_SECCOMP = 16,     /* child: work directory, exec-once filter, profile */
    RIG_STEP_EXEC = 17,        /* child: hand over the listener, exec */
    RIG_STEP_RELEASE = 18,     /* launcher: answer the one exec, close the listener, watch */
};

/* The descriptors that the sidecar hands over. Nothing else is open. */
enum {
    RIG_FD_CONTROL = 5, /* SOCK_SEQPACKET to the sidecar; its end is the sidecar's end */
    RIG_FD_PLAN = 6,
    RIG_FD_FILTER = 7, /* BPF as libseccomp exports it; absent at level none */
    RIG_FD_FIRST_OTHER = 8,
};

/* Descriptors of the child that lie above the worker's RLIMIT_NOFILE, so that their numbers can
 * never be made again by the worker. */
enum { RIG_FD_CHILD_CONTROL = 999, RIG_FD_EXECUTABLE = 1000, RIG_NOFILE = 256 };

/* Words on the control socket, each one packet of four u32 in the machine's order:
 *     FAILED   step, errno, index of the path it was about or RIG_NO_INDEX
 *     RUNNING  pid of the worker, 0, 0
 *     EXITED   0 for an exit and 1 for a signal, status or signal number, 0
 *     PROBED   see probe.c
 *     SOCKETS  so many listening sockets, in the plan's order, come with this packet, 0, 0
 * The sidecar sends one byte, any: kill the worker and report how it ended. */
enum { RIG_WORD_FAILED = 1, RIG_WORD_RUNNING = 2, RIG_WORD_EXITED = 3, RIG_WORD_PROBED = 4,
       RIG_WORD_SOCKETS = 5 };

#define RIG_NO_INDEX UINT32_MAX

struct rig_word {
    uint32_t kind, first, second, third;
};

/* What went wrong where; `code` 0 is success. */
struct rig_failure {
    uint32_t step, code, index;
};

/* BPF handed over by the sidecar, at most BPF_MAXINSNS of 8 bytes each. */
struct rig_filter {
    const void *instructions;
    uint32_t count;
};

void rig_send(int socket, struct rig_word word);

/* launcher, steps 1 to 4 and 18 (main.c, monitor.c) */
int rig_monitor(const struct rig_plan *plan, int child, int pidfd, int child_control);

/* child, steps 11 to 17; returns only by _exit (confine.c) */
_Noreturn void rig_confine(
    struct rig_plan *plan, const struct rig_filter *filter, int control);

/* clone3 or clone with CLONE_* flags and a pidfd; as fork() returns, -1 and errno (namespaces.c) */
int rig_clone(uint64_t flags, int *pidfd);

/* The namespaces of level strict. */
#define RIG_CLONE_NAMESPACES                                                                       \
    (CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS       \
     | CLONE_NEWCGROUP)

/* step 2 in the launcher: mounts of its own for every path, if it has the right to make them;
 * otherwise the child does. 0 or errno (trees.c) */
int rig_clone_trees(struct rig_plan *plan, uint32_t *index);
int rig_make_tree(struct rig_path *path, int shown);

/* step 5 (namespaces.c): 0 or errno */
int rig_map_ids(int child, const struct rig_plan *plan);
int rig_map_one(int child, uint32_t inside_uid, uint32_t uid, uint32_t inside_gid, uint32_t gid);

/* child, steps 6 to 10 (namespaces.c); `control` is the sidecar's socket or -1 */
int rig_enter_namespaces(struct rig_plan *plan, int control, struct rig_failure *failure);
int rig_network(const struct rig_plan *plan, int control);    /* step 8 (network.c): 0 or errno */
int rig_mounts(struct rig_plan *plan, uint32_t *index);       /* step 9 (mounts.c): 0 or errno */
int rig_change_root(void);                                    /* step 10 (mounts.c): 0 or errno */

/* step 13 (identity.c): 0 or errno */
int rig_drop_identity(const struct rig_plan *plan);
int rig_drop_capabilities_except(uint64_t kept);

/* step 15 (landlock.c): 0 or errno */
int rig_landlock_abi(void);
int rig_landlock_restrict(const struct rig_plan *plan, uint32_t *index);

/* step 16 (seccomp.c). The listener's descriptor, or 0 in trace mode; -1 and errno. */
int rig_seccomp_exec_once(uint32_t mode);
int rig_seccomp_profile(const struct rig_filter *filter);

/* probe mode (probe.c, probe_namespaces.c) */
enum {
    RIG_PROBE_FILTER = 1,      /* a seccomp filter refuses a call */
    RIG_PROBE_NOTIFY = 2,      /* exec asks a listener, and is ENOSYS once that is closed */
    RIG_PROBE_TRACE = 4,       /* a child can be traced, and exec is ENOSYS without a tracer */
    RIG_PROBE_IDENTITY = 8,    /* a child can take on another uid and gid */
    RIG_PROBE_NAMESPACES = 16, /* steps 2 to 10 can be taken, and hold */
    RIG_PROBE_PROC = 32,       /* ... with a /proc of its own */
    RIG_PROBE_NESTING = 64,    /* ... in which no further user namespace can be made */
    RIG_PROBE_OWNERS = 128,    /* RIG_RIGHT_OWN works */
};

/* The first of the ids that workers of a privileged sidecar take (IdentityPool.swift): beyond all
 * ranges that distributions, containers and systemd hand out. */
enum { RIG_OWN_ID_FIRST = 1900000000 };

int rig_probe(void);
/* RIG_PROBE_* bits; `refusal` as in the answer. */
uint32_t rig_probe_namespaces(uint32_t own_id, uint32_t *refusal);

#endif
