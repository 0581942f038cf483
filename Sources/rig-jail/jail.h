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
 * A step keeps its number for good. This release builds the base layer; the steps that need
 * namespaces (2's tree clones, 5 to 10) come with level "strict" and take the free numbers.
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
    RIG_STEP_CLONE = 4,        /* launcher: the child, and its namespaces one day */
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
 * The sidecar sends one byte, any: kill the worker and report how it ended. */
enum { RIG_WORD_FAILED = 1, RIG_WORD_RUNNING = 2, RIG_WORD_EXITED = 3, RIG_WORD_PROBED = 4 };

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
    const struct rig_plan *plan, const struct rig_filter *filter, int control);

/* clone3 or clone, with a pidfd; as fork() returns, -1 and errno (main.c) */
int rig_clone(int *pidfd);

/* step 13 (identity.c): 0 or errno */
int rig_drop_identity(const struct rig_plan *plan);
int rig_drop_capabilities_except(uint64_t kept);

/* step 15 (landlock.c): 0 or errno */
int rig_landlock_abi(void);
int rig_landlock_restrict(const struct rig_plan *plan, uint32_t *index);

/* step 16 (seccomp.c). The listener's descriptor, or 0 in trace mode; -1 and errno. */
int rig_seccomp_exec_once(uint32_t mode);
int rig_seccomp_profile(const struct rig_filter *filter);

/* probe mode (probe.c) */
int rig_probe(void);

#endif
