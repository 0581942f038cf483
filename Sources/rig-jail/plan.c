/* Reads a plan (see plan.h): one pass over the records, every length checked before it is used. */
#include "plan.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

/* A record's payload, whose bytes lie inside the mapping. */
struct payload {
    const unsigned char *bytes;
    uint32_t length;
};

static uint32_t number32(const unsigned char *bytes) {
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16
        | (uint32_t)bytes[3] << 24;
}

static uint64_t number64(const unsigned char *bytes) {
    return (uint64_t)number32(bytes) | (uint64_t)number32(bytes + 4) << 32;
}

/* The string in the last `length - skip` bytes of a payload, or NULL if it is none. */
static const char *string_at(struct payload payload, uint32_t skip) {
    if (payload.length <= skip) return NULL;
    const char *text = (const char *)payload.bytes + skip;
    uint32_t room = payload.length - skip;
    return strnlen(text, room) == room - 1 ? text : NULL;
}

static int absolute(const char *path) { return path != NULL && path[0] == '/'; }

/* Stores a single string record. */
static int once_string(const char **slot, struct payload payload) {
    if (*slot != NULL) return EEXIST;
    *slot = string_at(payload, 0);
    return absolute(*slot) ? 0 : EINVAL;
}

/* Stores a single number record. */
static int once_number(uint32_t *slot, struct payload payload) {
    if (payload.length != 4) return EBADMSG;
    *slot = number32(payload.bytes);
    return 0;
}

/* Appends to argv or envp. Neither the kernel nor this program writes to the strings. */
static int append_string(char **list, uint32_t *count, uint32_t max, struct payload payload) {
    const char *text = string_at(payload, 0);
    if (text == NULL) return EINVAL;
    if (*count == max) return E2BIG;
    list[(*count)++] = (char *)(uintptr_t)text;
    return 0;
}

static int append_path(struct rig_plan *plan, struct payload payload) {
    const uint32_t known = RIG_RIGHT_READ | RIG_RIGHT_WRITE | RIG_RIGHT_EXECUTE;
    if (plan->path_count == RIG_PATHS_MAX) return E2BIG;
    const char *path = string_at(payload, 4);
    if (!absolute(path)) return EINVAL;
    uint32_t rights = number32(payload.bytes);
    if (rights == 0 || (rights & ~known) != 0) return EINVAL;
    plan->paths[plan->path_count++] = (struct rig_path){path, rights, -1};
    return 0;
}

static int append_limit(struct rig_plan *plan, struct payload payload) {
    if (plan->limit_count == RIG_LIMITS_MAX) return E2BIG;
    if (payload.length != 20) return EBADMSG;
    struct rig_limit limit = {
        number32(payload.bytes), number64(payload.bytes + 4), number64(payload.bytes + 12)};
    if (limit.soft > limit.hard) return EINVAL;
    plan->limits[plan->limit_count++] = limit;
    return 0;
}

static int identity(struct rig_plan *plan, struct payload payload) {
    if (payload.length != 8) return EBADMSG;
    plan->uid = number32(payload.bytes);
    plan->gid = number32(payload.bytes + 4);
    plan->has_identity = 1;
    /* To be root is never granted by a plan, and -1 would mean "leave it" to the kernel. */
    int refused = plan->uid == 0 || plan->gid == 0 || plan->uid == UINT32_MAX
        || plan->gid == UINT32_MAX;
    return refused ? EINVAL : 0;
}

static int record(struct rig_plan *plan, uint32_t tag, struct payload payload, uint32_t *seen) {
    const uint32_t many = 1u << RIG_TAG_ARGUMENT | 1u << RIG_TAG_ENVIRONMENT | 1u << RIG_TAG_PATH
        | 1u << RIG_TAG_LIMIT;
    if (tag < RIG_TAG_LEVEL || tag > RIG_TAG_OOM_SCORE) return EBADMSG;
    uint32_t bit = 1u << tag;
    if ((*seen & bit & ~many) != 0) return EEXIST;
    *seen |= bit;
    switch (tag) {
    case RIG_TAG_LEVEL: return once_number(&plan->level, payload);
    case RIG_TAG_EXECUTABLE: return once_string(&plan->executable, payload);
    case RIG_TAG_ARGUMENT:
        return append_string(
            plan->arguments, &plan->argument_count, RIG_ARGUMENTS_MAX, payload);
    case RIG_TAG_ENVIRONMENT:
        return append_string(
            plan->environment, &plan->environment_count, RIG_ENVIRONMENT_MAX, payload);
    case RIG_TAG_WORK_DIRECTORY: return once_string(&plan->work_directory, payload);
    case RIG_TAG_PATH: return append_path(plan, payload);
    case RIG_TAG_LIMIT: return append_limit(plan, payload);
    case RIG_TAG_IDENTITY: return identity(plan, payload);
    case RIG_TAG_LANDLOCK: return once_number(&plan->landlock_abi, payload);
    case RIG_TAG_EXEC_ONCE: return once_number(&plan->exec_once, payload);
    default:
        plan->has_oom_score = 1;
        return once_number(&plan->oom_score, payload);
    }
}

/* What the records must say together. */
static int complete(const struct rig_plan *plan, uint32_t seen) {
    uint32_t needed = 1u << RIG_TAG_LEVEL | 1u << RIG_TAG_EXECUTABLE | 1u << RIG_TAG_ARGUMENT
        | 1u << RIG_TAG_WORK_DIRECTORY;
    if (plan->level != RIG_LEVEL_NONE) needed |= 1u << RIG_TAG_LANDLOCK | 1u << RIG_TAG_EXEC_ONCE;
    if ((seen & needed) != needed) return ENODATA;
    if (plan->level > RIG_LEVEL_STRICT || plan->oom_score > 1000) return EINVAL;
    if (plan->level == RIG_LEVEL_NONE) return 0;
    if (plan->landlock_abi == 0) return EINVAL;
    if (plan->exec_once != RIG_EXEC_NOTIFY && plan->exec_once != RIG_EXEC_TRACE) return EINVAL;
    return 0;
}

int rig_plan_read(int fd, struct rig_plan *plan) {
    const int sealed = F_SEAL_WRITE | F_SEAL_SHRINK;
    int seals = fcntl(fd, F_GET_SEALS);
    if (seals == -1 || (seals & sealed) != sealed) return EPERM;
    struct stat status;
    if (fstat(fd, &status) == -1) return errno;
    if (status.st_size > RIG_PLAN_BYTES_MAX) return EFBIG;
    if (status.st_size < 8) return EBADMSG;
    uint32_t size = (uint32_t)status.st_size;
    const unsigned char *bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (bytes == MAP_FAILED) return errno;
    if (memcmp(bytes, "RIGJAIL1", 8) != 0) return EBADMSG;

    uint32_t seen = 0;
    uint32_t at = 8;
    while (at < size) {
        if (size - at < 8) return EBADMSG;
        uint32_t tag = number32(bytes + at);
        uint32_t length = number32(bytes + at + 4);
        at += 8;
        if (length > size - at) return EBADMSG;
        int refused = record(plan, tag, (struct payload){bytes + at, length}, &seen);
        if (refused != 0) return refused;
        at += length;
    }
    return complete(plan, seen);
}
