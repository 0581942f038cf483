/* Step 13: who the worker is. Its own uid where the plan names one, and no capability in any case,
 * also not for uid 0, which would otherwise get them all back at exec. */
#include "jail.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

typedef struct __user_cap_data_struct capability_words[_LINUX_CAPABILITY_U32S_3];

static int capabilities(long call, capability_words words) {
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    return syscall(call, &header, words) == -1 ? errno : 0;
}

/* Raw calls, so that the child's one thread changes itself: the C library would signal the threads
 * that it believes to exist. */
static int become(uint32_t uid, uint32_t gid) {
    if (syscall(SYS_setresgid, gid, gid, gid) == -1) return errno;
    return syscall(SYS_setresuid, uid, uid, uid) == -1 ? errno : 0;
}

/* Needs CAP_SETPCAP; a process without any capability has nothing to bound. */
static int bound(uint64_t kept) {
    for (int capability = 0; capability < 64; capability++) {
        if (prctl(PR_CAPBSET_READ, capability, 0, 0, 0) != 1) continue;
        if ((kept >> capability & 1) != 0) continue;
        if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == -1) return errno;
    }
    const unsigned long locked = SECBIT_NOROOT | SECBIT_NOROOT_LOCKED
        | SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_KEEP_CAPS_LOCKED | SECBIT_NO_CAP_AMBIENT_RAISE
        | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED;
    return prctl(PR_SET_SECUREBITS, locked, 0, 0, 0) == -1 ? errno : 0;
}

static int has(const capability_words words, int capability) {
    return (words[capability / 32].effective >> (capability % 32) & 1) != 0;
}

int rig_drop_capabilities_except(uint64_t kept) {
    capability_words words;
    int refused = capabilities(SYS_capget, words);
    if (refused != 0) return refused;
    for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
        uint32_t mask = (uint32_t)(kept >> (32 * i));
        words[i].effective &= mask;
        words[i].permitted &= mask;
        words[i].inheritable = 0;
    }
    return capabilities(SYS_capset, words);
}

/* Reads back what step 13 promised. */
static int powerless(void) {
    capability_words words;
    int refused = capabilities(SYS_capget, words);
    if (refused != 0) return refused;
    for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
        if ((words[i].effective | words[i].permitted | words[i].inheritable) != 0) return EPERM;
    }
    return 0;
}

int rig_drop_identity(const struct rig_plan *plan) {
    capability_words words;
    int refused = capabilities(SYS_capget, words);
    if (refused != 0) return refused;
    if (has(words, CAP_SETPCAP) && (refused = bound(0)) != 0) return refused;
    /* In namespaces of its own the worker took on its id in step 6. */
    int changes = plan->level != RIG_LEVEL_STRICT;
    if (changes && has(words, CAP_SETGID) && syscall(SYS_setgroups, 0, NULL) == -1) {
        /* Root of a user namespace that forbids it: there nobody can change groups, and a worker
         * that keeps the sidecar's uid keeps them too. */
        if (errno != EPERM || plan->has_identity) return errno;
    }
    if (changes && plan->has_identity && (refused = become(plan->uid, plan->gid)) != 0) return refused;
    /* EINVAL: a kernel before ambient capabilities (4.3), which has none to clear. */
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) == -1 && errno != EINVAL) {
        return errno;
    }
    if ((refused = rig_drop_capabilities_except(0)) != 0) return refused;
    return powerless();
}
