/* Step 16: two filters. The first is made here, since it holds what only the launcher knows: a
 * thread may be signalled in the worker's own process only, and every exec asks the launcher, who
 * answers one and then stops listening, after which the kernel answers ENOSYS for ever. The second
 * is the profile, as libseccomp compiled it in the sidecar.
 *
 * That exec is asked for here and not in the profile lets one compiled profile serve both ways of
 * asking, and lets the listener be handed over before the profile (which allows no sendmsg) counts.
 * The kernel takes the strictest answer of all filters, and asking is stricter than allowing. */
#include "jail.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define EQUAL(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, yes, no)
#define ANSWER(value) BPF_STMT(BPF_RET | BPF_K, value)

int rig_seccomp_exec_once(uint32_t mode) {
    uint32_t ask = mode == RIG_EXEC_NOTIFY ? SECCOMP_RET_USER_NOTIF : SECCOMP_RET_TRACE;
    /* A pid is an int to the kernel: the upper half of the argument is ignored there too. Foreign
     * ABIs number their calls differently; the profile kills whoever uses one. */
    struct sock_filter program[] = {
        LOAD(nr),
        EQUAL(SYS_execve, 5, 0),
        EQUAL(SYS_execveat, 4, 0),
        EQUAL(SYS_tgkill, 0, 4),
        LOAD(args[0]),
        EQUAL((uint32_t)getpid(), 2, 0),
        ANSWER(SECCOMP_RET_ERRNO | EPERM),
        ANSWER(ask),
        ANSWER(SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = {sizeof program / sizeof program[0], program};
    unsigned flags = mode == RIG_EXEC_NOTIFY ? SECCOMP_FILTER_FLAG_NEW_LISTENER : 0;
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &filter);
}

int rig_seccomp_profile(const struct rig_filter *filter) {
    struct sock_fprog program = {
        (unsigned short)filter->count, (struct sock_filter *)(uintptr_t)filter->instructions};
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
}
