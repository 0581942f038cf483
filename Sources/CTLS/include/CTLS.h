// TLS for a client, by the OpenSSL of the machine (libssl 3 or 1.1), loaded when the program runs:
// RIG needs neither its headers to be built nor the library where no pack has secrets delivered at
// egress. Only rig-egress links this. Calls block; sockets have their timeouts (SO_RCVTIMEO).
#pragma once
#include <stddef.h>

// What is trusted: SSL_CERT_FILE and SSL_CERT_DIR where they are set, else the machine's own
// authorities. One for the process; all threads share it. NULL: *why says what is missing.
// C: function pointers by dlsym.
struct rig_tls;
struct rig_tls *rig_tls_make(const char **why);

enum rig_tls_end {
    RIG_TLS_OK = 0,
    RIG_TLS_FAILED = 1,
    // The chain does not lead to a trusted authority, is out of date, or names another host.
    RIG_TLS_UNTRUSTED = 2,
};

// A session over `fd`, which stays the caller's and must outlive it. `host` is what the certificate
// must name; with is_address it must name that address. NULL: *end says why.
struct rig_tls_session;
struct rig_tls_session *rig_tls_connect(
    struct rig_tls *tls, int fd, const char *host, int is_address, enum rig_tls_end *end);

// Bytes read or written; 0 for an end that the peer announced; -1 for any other end.
long rig_tls_read(struct rig_tls_session *session, void *room, size_t count);
long rig_tls_write(struct rig_tls_session *session, const void *bytes, size_t count);

// Says goodbye without waiting for an answer, and frees the session.
void rig_tls_close(struct rig_tls_session *session);
