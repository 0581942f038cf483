/* `rig-jail probe`: what this kernel, under this user and whatever supervises us, can enforce,
 * found by doing it in a child and looking, never by reading what should be. The answer:
 *     PROBED  bits of RIG_PROBE_*, Landlock's ABI (0 if it does not deny),
 *             what refused namespaces: step << 16 | errno, 0 if nothing did
 */
#include "jail.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Runs one attempt in a child of its own; true if it says so. */
static int holds(int (*attempt)(void)) {
    int pidfd = -1;
    int child = rig_clone(0, &pidfd);
    if (child == -1) return 0;
    if (child == 0) _exit(attempt() ? 0 : 1);
    siginfo_t info;
    int waited;
    do {
        waited = waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED);
    } while (waited == -1 && errno == EINTR);
    close(pidfd);
    return waited == 0 && info.si_code == CLD_EXITED && info.si_status == 0;
}

static int landlock_denies(void) {
    static struct rig_plan nothing_granted;
    uint32_t index;
    nothing_granted.landlock_abi = (uint32_t)rig_landlock_abi();
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1) return 0;
    if (rig_landlock_restrict(&nothing_granted, &index) != 0) return 0;
    return open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC) == -1 && errno == EACCES;
}

static int filter_refuses(void) {
    struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EXFULL),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct rig_filter filter = {program, sizeof program / sizeof program[0]};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1) return 0;
    if (rig_seccomp_profile(&filter) == -1) return 0;
    return syscall(SYS_getppid) == -1 && errno == EXFULL;
}

/* An empty argument list and no such file: were it let through, the answer would be ENOENT. */
static int exec_is_gone(void) {
    char *const nothing[] = {NULL};
    return execve("", nothing, nothing) == -1 && errno == ENOSYS;
}

static int notify_ends_exec(void) {
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1) return 0;
    int listener = rig_seccomp_exec_once(RIG_EXEC_NOTIFY);
    if (listener == -1 || close(listener) == -1) return 0;
    return exec_is_gone();
}

static int trace_ends_exec(void) {
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1) return 0;
    return rig_seccomp_exec_once(RIG_EXEC_TRACE) != -1 && exec_is_gone();
}

static _Noreturn void waits(void) {
    for (;;) pause();
}

static int tracing_works(void) {
    int pidfd = -1;
    int child = rig_clone(0, &pidfd);
    if (child == -1) return 0;
    if (child == 0) waits();
    unsigned long options = PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL;
    int seized = ptrace(PTRACE_SEIZE, child, NULL, options) == 0;
    syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
    siginfo_t info;
    while (waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED) == -1 && errno == EINTR) continue;
    return seized;
}

static int identity_changes(void) {
    const int own = RIG_OWN_ID_FIRST;
    if (syscall(SYS_setgroups, 0, NULL) == -1) return 0;
    if (syscall(SYS_setresgid, own, own, own) == -1) return 0;
    return syscall(SYS_setresuid, own, own, own) == 0;
}

int rig_probe(void) {
    uint32_t bits = 0;
    uint32_t abi = holds(landlock_denies) ? (uint32_t)rig_landlock_abi() : 0;
    if (holds(filter_refuses)) bits |= RIG_PROBE_FILTER;
    if (holds(notify_ends_exec)) bits |= RIG_PROBE_NOTIFY;
    if (holds(trace_ends_exec) && holds(tracing_works)) bits |= RIG_PROBE_TRACE;
    if (holds(identity_changes)) bits |= RIG_PROBE_IDENTITY;
    uint32_t refusal = 0;
    uint32_t own_id = (bits & RIG_PROBE_IDENTITY) != 0 ? RIG_OWN_ID_FIRST : 0;
    bits |= rig_probe_namespaces(own_id, &refusal);
    rig_send(RIG_FD_CONTROL, (struct rig_word){RIG_WORD_PROBED, bits, abi, refusal});
    return 0;
}
