/* Reads a plan (see plan.h): one pass over the records, every length checked before it is used. */
#include "plan.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
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
    const uint32_t known = RIG_RIGHT_READ | RIG_RIGHT_WRITE | RIG_RIGHT_EXECUTE | RIG_RIGHT_MAP
        | RIG_RIGHT_OWN;
    if (plan->path_count == RIG_PATHS_MAX) return E2BIG;
    const char *path = string_at(payload, 4);
    if (!absolute(path) || strlen(path) >= RIG_PATH_BYTES_MAX) return EINVAL;
    uint32_t rights = number32(payload.bytes);
    if (rights == 0 || (rights & ~known) != 0) return EINVAL;
    plan->paths[plan->path_count++] = (struct rig_path){path, rights, -1, -1};
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

/* A string that other bytes follow: its length with the NUL, or 0 if it is no absolute path. */
static uint32_t path_before(struct payload payload) {
    const char *text = (const char *)payload.bytes;
    uint32_t length = (uint32_t)strnlen(text, payload.length);
    int fits = length < payload.length && length < RIG_PATH_BYTES_MAX && length > 1;
    return fits && text[0] == '/' ? length + 1 : 0;
}

static int append_tmpfs(struct rig_plan *plan, struct payload payload) {
    if (plan->tmpfs_count == RIG_TMPFS_MAX) return E2BIG;
    const char *path = string_at(payload, 16);
    if (!absolute(path) || path[1] == 0 || strlen(path) >= RIG_PATH_BYTES_MAX) return EINVAL;
    uint64_t bytes = number64(payload.bytes), inodes = number64(payload.bytes + 8);
    if (bytes == 0 || inodes == 0) return EINVAL; /* 0 would mean "no limit" to the kernel */
    struct rig_tmpfs *made = &plan->tmpfs[plan->tmpfs_count++];
    made->path = path;
    snprintf(
        made->options, sizeof made->options, "mode=0700,size=%llu,nr_inodes=%llu",
        (unsigned long long)bytes, (unsigned long long)inodes);
    return 0;
}

static int append_file(struct rig_plan *plan, struct payload payload) {
    if (plan->file_count == RIG_FILES_MAX) return E2BIG;
    uint32_t before = path_before(payload);
    if (before == 0) return EINVAL;
    plan->files[plan->file_count++] = (struct rig_file){
        (const char *)payload.bytes, payload.bytes + before, payload.length - before};
    return 0;
}

static int append_link(struct rig_plan *plan, struct payload payload) {
    if (plan->link_count == RIG_LINKS_MAX) return E2BIG;
    uint32_t before = path_before(payload);
    const char *target = before == 0 ? NULL : string_at(payload, before);
    if (target == NULL || target[0] == 0 || target[0] == '/') return EINVAL;
    if (strlen(target) >= RIG_PATH_BYTES_MAX) return EINVAL;
    plan->links[plan->link_count++] = (struct rig_link){(const char *)payload.bytes, target};
    return 0;
}

static int append_listener(struct rig_plan *plan, struct payload payload) {
    if (plan->listener_count == RIG_LISTENERS_MAX) return E2BIG;
    if (payload.length != 8) return EBADMSG;
    uint32_t address = number32(payload.bytes), port = number32(payload.bytes + 4);
    if (address >> 24 != 127 || port == 0 || port > UINT16_MAX) return EINVAL;
    plan->listeners[plan->listener_count++] = (struct rig_listener){address, (uint16_t)port};
    return 0;
}

static int record(struct rig_plan *plan, uint32_t tag, struct payload payload, uint32_t *seen) {
    const uint32_t many = 1u << RIG_TAG_ARGUMENT | 1u << RIG_TAG_ENVIRONMENT | 1u << RIG_TAG_PATH
        | 1u << RIG_TAG_LIMIT | 1u << RIG_TAG_TMPFS | 1u << RIG_TAG_FILE | 1u << RIG_TAG_LINK
        | 1u << RIG_TAG_LISTENER;
    if (tag < RIG_TAG_LEVEL || tag > RIG_TAG_LISTENER) return EBADMSG;
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
    case RIG_TAG_OOM_SCORE:
        plan->has_oom_score = 1;
        return once_number(&plan->oom_score, payload);
    case RIG_TAG_NAMESPACES: return once_number(&plan->namespaces, payload);
    case RIG_TAG_TMPFS: return append_tmpfs(plan, payload);
    case RIG_TAG_FILE: return append_file(plan, payload);
    case RIG_TAG_LINK: return append_link(plan, payload);
    default: return append_listener(plan, payload);
    }
}

/* What the records must say together. */
static int complete(const struct rig_plan *plan, uint32_t seen) {
    uint32_t needed = 1u << RIG_TAG_LEVEL | 1u << RIG_TAG_EXECUTABLE | 1u << RIG_TAG_ARGUMENT
        | 1u << RIG_TAG_WORK_DIRECTORY;
    if (plan->level != RIG_LEVEL_NONE) needed |= 1u << RIG_TAG_LANDLOCK | 1u << RIG_TAG_EXEC_ONCE;
    if ((seen & needed) != needed) return ENODATA;
    if (plan->level > RIG_LEVEL_STRICT || plan->oom_score > 1000) return EINVAL;
    const uint32_t strict_only = 1u << RIG_TAG_NAMESPACES | 1u << RIG_TAG_TMPFS | 1u << RIG_TAG_FILE
        | 1u << RIG_TAG_LINK | 1u << RIG_TAG_LISTENER;
    if (plan->level != RIG_LEVEL_STRICT && (seen & strict_only) != 0) return EINVAL;
    if (plan->level == RIG_LEVEL_STRICT && (seen & 1u << RIG_TAG_NAMESPACES) == 0) return ENODATA;
    if (plan->namespaces > (RIG_NAMESPACES_PROC | RIG_NAMESPACES_NESTING)) return EINVAL;
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
