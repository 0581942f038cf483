/* Step 8: a network of the worker's own, in which there is nothing but lo and what the sidecar
 * listens on. The sockets belong to this namespace for as long as they live, wherever their
 * descriptors are: the sidecar accepts on them from outside, and the worker never holds one. */
#include "jail.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* Descriptors in one packet; the sidecar has room for so many. */
enum { BATCH = 16, BACKLOG = 128 };

static int bring_up_loopback(void) {
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd == -1) return errno;
    struct ifreq request;
    memset(&request, 0, sizeof request);
    memcpy(request.ifr_name, "lo", sizeof "lo");
    int refused = 0;
    if (ioctl(fd, SIOCGIFFLAGS, &request) == -1) refused = errno;
    request.ifr_flags |= IFF_UP;
    if (refused == 0 && ioctl(fd, SIOCSIFFLAGS, &request) == -1) refused = errno;
    close(fd);
    return refused;
}

static int listening(const struct rig_listener *listener) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd == -1) return -1;
    struct sockaddr_in address;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_port = htons(listener->port);
    address.sin_addr.s_addr = htonl(listener->address);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) == -1) return -1;
    return listen(fd, BACKLOG) == -1 ? -1 : fd;
}

static int send_batch(int control, const int *fds, uint32_t count) {
    struct rig_word word = {RIG_WORD_SOCKETS, count, 0, 0};
    struct iovec bytes = {&word, sizeof word};
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(BATCH * sizeof(int))];
    } ancillary;
    memset(&ancillary, 0, sizeof ancillary);
    struct msghdr message = {
        .msg_iov = &bytes,
        .msg_iovlen = 1,
        .msg_control = &ancillary,
        .msg_controllen = CMSG_SPACE(count * sizeof(int))};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(count * sizeof(int));
    memcpy(CMSG_DATA(header), fds, count * sizeof(int));
    return sendmsg(control, &message, MSG_NOSIGNAL) == -1 ? errno : 0;
}

int rig_network(const struct rig_plan *plan, int control) {
    int refused = bring_up_loopback();
    if (refused != 0) return refused;
    int fds[BATCH];
    for (uint32_t first = 0; first < plan->listener_count; first += BATCH) {
        uint32_t rest = plan->listener_count - first;
        uint32_t count = rest < BATCH ? rest : BATCH;
        for (uint32_t i = 0; i < count; i++) {
            /* A failure ends the child, and with it what is open. */
            if ((fds[i] = listening(&plan->listeners[first + i])) == -1) return errno;
        }
        if ((refused = send_batch(control, fds, count)) != 0) return refused;
        for (uint32_t i = 0; i < count; i++) close(fds[i]);
    }
    return 0;
}
