#include "CTLS.h"

#include <dlfcn.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

// The part of OpenSSL's interface that is used, as its manual pages declare it; the same in 1.1.0
// and every later version, and numbers that never changed.
enum {
    SSL_VERIFY_PEER = 1,
    SSL_CTRL_SET_TLSEXT_HOSTNAME = 55,
    SSL_CTRL_SET_MIN_PROTO_VERSION = 123,
    TLSEXT_NAMETYPE_host_name = 0,
    TLS1_2_VERSION = 0x0303,
    SSL_ERROR_ZERO_RETURN = 6,
    X509_V_OK = 0,
    X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS = 4,
};

struct rig_tls {
    void *context;
    const void *(*client_method)(void);
    void *(*context_new)(const void *);
    void (*context_set_verify)(void *, int, void *);
    int (*context_default_paths)(void *);
    long (*context_ctrl)(void *, int, long, void *);
    int (*context_set_alpn)(void *, const unsigned char *, unsigned);
    void *(*session_new)(void *);
    void (*session_free)(void *);
    int (*set_fd)(void *, int);
    long (*ctrl)(void *, int, long, void *);
    int (*set_host)(void *, const char *);
    void (*set_host_flags)(void *, unsigned);
    void *(*get_param)(void *);
    int (*connect)(void *);
    int (*read)(void *, void *, int);
    int (*write)(void *, const void *, int);
    int (*get_error)(const void *, int);
    int (*shutdown)(void *);
    long (*verify_result)(const void *);
    int (*set_address)(void *, const char *);
    void (*clear_errors)(void);
};

struct rig_tls_session {
    struct rig_tls *tls;
    void *ssl;
};

static int load(struct rig_tls *tls, void *ssl, void *crypto) {
    struct {
        const char *name;
        void *library;
        void **place;
    } all[] = {
        {"TLS_client_method", ssl, (void **)&tls->client_method},
        {"SSL_CTX_new", ssl, (void **)&tls->context_new},
        {"SSL_CTX_set_verify", ssl, (void **)&tls->context_set_verify},
        {"SSL_CTX_set_default_verify_paths", ssl, (void **)&tls->context_default_paths},
        {"SSL_CTX_ctrl", ssl, (void **)&tls->context_ctrl},
        {"SSL_CTX_set_alpn_protos", ssl, (void **)&tls->context_set_alpn},
        {"SSL_new", ssl, (void **)&tls->session_new},
        {"SSL_free", ssl, (void **)&tls->session_free},
        {"SSL_set_fd", ssl, (void **)&tls->set_fd},
        {"SSL_ctrl", ssl, (void **)&tls->ctrl},
        {"SSL_set1_host", ssl, (void **)&tls->set_host},
        {"SSL_set_hostflags", ssl, (void **)&tls->set_host_flags},
        {"SSL_get0_param", ssl, (void **)&tls->get_param},
        {"SSL_connect", ssl, (void **)&tls->connect},
        {"SSL_read", ssl, (void **)&tls->read},
        {"SSL_write", ssl, (void **)&tls->write},
        {"SSL_get_error", ssl, (void **)&tls->get_error},
        {"SSL_shutdown", ssl, (void **)&tls->shutdown},
        {"SSL_get_verify_result", ssl, (void **)&tls->verify_result},
        {"X509_VERIFY_PARAM_set1_ip_asc", crypto, (void **)&tls->set_address},
        {"ERR_clear_error", crypto, (void **)&tls->clear_errors},
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        *all[i].place = dlsym(all[i].library, all[i].name);
        if (*all[i].place == NULL) {
            return -1;
        }
    }
    return 0;
}

static int open_library(struct rig_tls *tls) {
    static const char *const names[][2] = {
        {"libssl.so.3", "libcrypto.so.3"},
        {"libssl.so.1.1", "libcrypto.so.1.1"},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        void *ssl = dlopen(names[i][0], RTLD_NOW | RTLD_LOCAL);
        void *crypto = dlopen(names[i][1], RTLD_NOW | RTLD_LOCAL);
        if (ssl != NULL && crypto != NULL && load(tls, ssl, crypto) == 0) {
            return 0;
        }
    }
    return -1;
}

struct rig_tls *rig_tls_make(const char **why) {
    static struct rig_tls tls;
    static const unsigned char http11[] = "\x08http/1.1";
    // OpenSSL writes with write(2), which raises it where a peer has gone.
    signal(SIGPIPE, SIG_IGN);
    if (open_library(&tls) == -1) {
        *why = "libssl";
        return NULL;
    }
    tls.context = tls.context_new(tls.client_method());
    if (tls.context == NULL || tls.context_default_paths(tls.context) != 1 ||
        tls.context_ctrl(tls.context, SSL_CTRL_SET_MIN_PROTO_VERSION, TLS1_2_VERSION, NULL) != 1 ||
        tls.context_set_alpn(tls.context, http11, sizeof http11 - 1) != 0) {
        *why = "certificates";
        return NULL;
    }
    tls.context_set_verify(tls.context, SSL_VERIFY_PEER, NULL);
    return &tls;
}

static int name_peer(struct rig_tls *tls, void *ssl, const char *host, int is_address) {
    if (is_address) {
        return tls->set_address(tls->get_param(ssl), host);
    }
    tls->set_host_flags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return tls->set_host(ssl, host) == 1 &&
           tls->ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                     (void *)host) == 1;
}

struct rig_tls_session *rig_tls_connect(
    struct rig_tls *tls, int fd, const char *host, int is_address, enum rig_tls_end *end) {
    *end = RIG_TLS_FAILED;
    void *ssl = tls->session_new(tls->context);
    if (ssl == NULL) {
        return NULL;
    }
    tls->clear_errors();
    if (name_peer(tls, ssl, host, is_address) != 1 || tls->set_fd(ssl, fd) != 1 ||
        tls->connect(ssl) != 1) {
        if (tls->verify_result(ssl) != X509_V_OK) {
            *end = RIG_TLS_UNTRUSTED;
        }
        tls->session_free(ssl);
        return NULL;
    }
    struct rig_tls_session *session = malloc(sizeof *session);
    if (session == NULL) {
        tls->session_free(ssl);
        return NULL;
    }
    *session = (struct rig_tls_session){tls, ssl};
    *end = RIG_TLS_OK;
    return session;
}

static int chunk(size_t count) { return count > 1 << 20 ? 1 << 20 : (int)count; }

long rig_tls_read(struct rig_tls_session *session, void *room, size_t count) {
    struct rig_tls *tls = session->tls;
    tls->clear_errors();
    int got = tls->read(session->ssl, room, chunk(count));
    if (got > 0) {
        return got;
    }
    return tls->get_error(session->ssl, got) == SSL_ERROR_ZERO_RETURN ? 0 : -1;
}

long rig_tls_write(struct rig_tls_session *session, const void *bytes, size_t count) {
    session->tls->clear_errors();
    int sent = session->tls->write(session->ssl, bytes, chunk(count));
    return sent > 0 ? sent : -1;
}

void rig_tls_close(struct rig_tls_session *session) {
    session->tls->clear_errors();
    session->tls->shutdown(session->ssl);
    session->tls->session_free(session->ssl);
    free(session);
}
