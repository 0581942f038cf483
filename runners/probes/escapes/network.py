"""The network, and sockets as a way to others on this machine."""

import ctypes
import errno
import os
import socket
import struct

from .attempts import REFUSALS, WORK, Denied, Skip, attempt
from .calls import BAD, LIBC, reached

STREAM, DGRAM, RAW, SEQPACKET = 1, 2, 3, 5


def makes(name, *kind):
    @attempt(f"net.socket_{name}")
    def _():
        try:
            socket.socket(*kind).close()
        except OSError as error:
            # The kernel was asked and does not know it.
            if error.errno in (errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT, errno.ESOCKTNOSUPPORT):
                return "asked the kernel"
            raise
        return "made"


for _name, _kind in (
    ("tcp", (2, STREAM, 0)), ("udp", (2, DGRAM, 0)), ("raw", (2, RAW, 1)), ("ping", (2, DGRAM, 1)),
    ("tcp6", (10, STREAM, 0)), ("udp6", (10, DGRAM, 0)), ("raw6", (10, RAW, 58)),
    ("sctp", (2, STREAM, 132)), ("mptcp", (2, STREAM, 262)), ("dccp", (2, 6, 33)),
    ("udplite", (2, DGRAM, 136)), ("netlink_route", (16, RAW, 0)), ("netlink_audit", (16, RAW, 9)),
    ("netlink_netfilter", (16, RAW, 12)), ("netlink_uevent", (16, RAW, 15)),
    ("netlink_generic", (16, RAW, 16)), ("netlink_diag", (16, RAW, 4)),
    ("packet", (17, RAW, 0)), ("packet_datagram", (17, DGRAM, 0)), ("alg", (38, SEQPACKET, 0)),
    ("vsock", (40, STREAM, 0)), ("bluetooth", (31, RAW, 1)), ("can", (29, RAW, 1)),
    ("xdp", (44, RAW, 0)), ("tipc", (30, STREAM, 0)), ("key", (15, RAW, 2)), ("kcm", (41, SEQPACKET, 0)),
    ("qrtr", (42, DGRAM, 0)), ("smc", (43, STREAM, 0)), ("unix", (1, STREAM, 0)),
    ("unix_datagram", (1, DGRAM, 0)), ("unix_packet", (1, SEQPACKET, 0)), ("rds", (21, SEQPACKET, 0)),
    ("phonet", (35, DGRAM, 0)), ("nfc", (39, SEQPACKET, 0)), ("x25", (9, SEQPACKET, 0)),
    ("mctp", (45, DGRAM, 0)), ("ipx", (4, DGRAM, 0)),
):  # fmt: skip
    makes(_name, *_kind)


@attempt("net.socket_high_bits")
def _():
    # AF_INET with bits that the kernel cuts off and a filter may not.
    return reached("socket", 2 | 1 << 32, STREAM | 1 << 32, 0)


def connects(name, host, port, family=socket.AF_INET):
    @attempt(f"net.{name}")
    def _():
        number = port() if callable(port) else port
        with socket.socket(family, socket.SOCK_STREAM) as client:
            client.settimeout(1)
            client.connect((host, number))
        return f"{host}:{number}"


def canary_port():
    port = os.environ.get("RIG_CANARY_PORT")
    if not port:
        raise Skip("RIG_CANARY_PORT is not set")
    return int(port)


connects("connect_canary", "127.0.0.1", canary_port)
connects("connect_canary_by_zero", "0.0.0.0", canary_port)
connects("connect_canary_by_other_loopback", "127.9.9.9", canary_port)
connects("connect_canary6", "::1", canary_port, socket.AF_INET6)
connects("connect_canary_mapped", "::ffff:127.0.0.1", canary_port, socket.AF_INET6)


@attempt("net.usual_local_ports")
def _():
    """Anything that this machine serves to itself."""
    refusal = None
    for port in (22, 25, 53, 80, 111, 443, 631, 2375, 2376, 3306, 5432, 6379, 8080, 8741, 10250):
        with socket.socket() as client:
            client.settimeout(0.3)
            try:
                client.connect(("127.0.0.1", port))
                return f"127.0.0.1:{port}"
            except OSError as error:
                refusal = error
    if refusal.errno == errno.ECONNREFUSED and can_reach_canary_net():
        return "asked the machine's own loopback"
    raise refusal


def can_reach_canary_net():
    try:
        port = canary_port()
        with socket.socket() as client:
            client.connect(("127.0.0.1", port))
        return True
    except (OSError, Skip):
        return False


def asks(name, host, port):
    """An address where nobody answers: only a route or its absence can be told."""

    @attempt(f"net.{name}")
    def _():
        with socket.socket() as client:
            client.setblocking(False)
            code = client.connect_ex((host, port))
        if code in (errno.EINPROGRESS, 0):
            return f"on the way to {host}:{port}"
        raise OSError(code, os.strerror(code))


asks("metadata", "169.254.169.254", 80)
asks("outside", "192.0.2.1", 443)
asks("private_network", "10.255.255.1", 80)
asks("multicast", "224.0.0.1", 80)
asks("docker_bridge", "172.17.0.1", 2375)


@attempt("net.named_host")
def _():
    target = os.environ.get("RIG_CANARY_HOST")
    if not target:
        raise Skip("RIG_CANARY_HOST is not set")
    host, _, port = target.rpartition(":")
    socket.create_connection((host, int(port)), 2).close()
    return target


@attempt("net.resolve")
def _():
    # Of a domain that never exists: an answer "no such name" came from a server.
    try:
        socket.getaddrinfo("rig-escape.invalid", 80)
    except socket.gaierror as error:
        if error.errno == socket.EAI_NONAME and can_make_datagrams():
            return "asked a name server"
        raise
    return "resolved"


def can_make_datagrams():
    try:
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close()
        return True
    except OSError:
        return False


@attempt("net.datagram")
def _():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.sendto(b"", ("127.0.0.1", 9))
    return "sent"


@attempt("net.dns_datagram")
def _():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.connect(("192.0.2.53", 53))
    return "routed"


@attempt("net.multicast_datagram")
def _():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 0)
        client.connect(("224.0.0.251", 5353))
    return "routed"


@attempt("net.fast_open")
def _():
    # MSG_FASTOPEN connects without connect().
    with socket.socket() as client:
        client.settimeout(1)
        client.sendto(b"x", 0x20000000, ("127.0.0.1", canary_port()))
    return "sent"


@attempt("net.listen_everywhere")
def _():
    with socket.socket() as server:
        server.bind(("0.0.0.0", 0))
        server.listen()
    return "listening"


@attempt("net.listen_without_bind")
def _():
    with socket.socket() as server:
        server.listen()
    return "listening"


@attempt("net.listen_unix")
def _():
    path = os.path.join(WORK, "listener")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        os.unlink(path)
        server.listen()
    return "listening"


@attempt("net.listen_abstract")
def _():
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(f"\0rig-escape-{os.getpid()}")
        server.listen()
    return "listening"


def talks(name, kind, address):
    @attempt(f"unix.{name}")
    def _():
        target = address() if callable(address) else address
        with socket.socket(socket.AF_UNIX, kind) as client:
            client.connect(target)
        return "connected"


def abstract():
    name = os.environ.get("RIG_CANARY_ABSTRACT")
    if not name:
        raise Skip("RIG_CANARY_ABSTRACT is not set")
    return "\0" + name


def in_file_system():
    path = os.environ.get("RIG_CANARY_UNIX")
    if not path:
        raise Skip("RIG_CANARY_UNIX is not set")
    return path


talks("abstract_canary", socket.SOCK_STREAM, abstract)
talks("canary", socket.SOCK_DGRAM, in_file_system)
talks("docker", socket.SOCK_STREAM, "/var/run/docker.sock")
talks("containerd", socket.SOCK_STREAM, "/run/containerd/containerd.sock")
talks("dbus", socket.SOCK_STREAM, "/run/dbus/system_bus_socket")
talks("systemd", socket.SOCK_STREAM, "/run/systemd/private")
talks("name_service", socket.SOCK_STREAM, "/var/run/nscd/socket")


@attempt("unix.datagram_from_pair")
def _():
    """A socket of a pair is a Unix socket: with an address it sends to others."""
    left, right = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with left, right:
        return str(left.sendto(b"x", in_file_system()))


@attempt("unix.reconnect_pair")
def _():
    left, right = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with left, right:
        left.connect(in_file_system())
    return "connected"


@attempt("unix.message_from_pair")
def _():
    left, right = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with left, right:
        left.sendmsg([b"x"], [], 0, in_file_system())
    return "sent"


@attempt("unix.out_of_band")
def _():
    left, right = socket.socketpair()
    with left, right:
        left.send(b"x", socket.MSG_OOB)
        return right.recv(1, socket.MSG_OOB)


@attempt("net.scm_rights_passing")
def _():
    left, right = socket.socketpair()
    with left, right:
        socket.send_fds(left, [b"x"], [0])
        _, fds, _, _ = socket.recv_fds(right, 1, 1)
        for fd in fds:
            os.close(fd)
    return "passed to itself"


@attempt("net.scm_rights_on_channel")
def _():
    with socket.socket(fileno=os.dup(4)) as channel:
        socket.send_fds(channel, [b"x"], [0])
    return "passed to the sidecar"


@attempt("net.scm_credentials")
def _():
    left, right = socket.socketpair()
    with left, right:
        who = struct.pack("iII", 1, 0, 0)
        left.sendmsg([b"x"], [(socket.SOL_SOCKET, 2, who)])
    return "said to be root"


def option(name, level, number, value=b"\0" * 16):
    """Of a pair that is always there; EINVAL and the like say that the kernel looked."""

    @attempt(f"sockopt.{name}")
    def _():
        left, right = socket.socketpair()
        with left, right:
            try:
                left.setsockopt(level, number, value)
            except OSError as error:
                if error.errno in REFUSALS:
                    raise
                return f"asked the kernel: {errno.errorcode.get(error.errno)}"
        return "set"


option("bind_to_device", 1, 25, b"lo\0")
option("attach_filter", 1, 26)
option("attach_bpf", 1, 50)
option("mark", 1, 36, struct.pack("i", 1))
option("pass_credentials", 1, 16, struct.pack("i", 1))
option("receive_buffer_force", 1, 33, struct.pack("i", 1 << 20))
option("upper_protocol", 6, 31, b"tls\0")
option("repair", 6, 19, struct.pack("i", 1))
option("iptables", 0, 64)
option("zero_copy", 1, 60, struct.pack("i", 1))
option("busy_poll", 1, 46, struct.pack("i", 1))


@attempt("net.interfaces")
def _():
    names = [name for _, name in socket.if_nameindex()]
    if names == ["lo"]:
        raise Denied("EMPTY lo only")
    return ",".join(names)


@attempt("net.interface_ioctl")
def _():
    left, right = socket.socketpair()
    with left, right:
        return reached("ioctl", left.fileno(), 0x8912, BAD)  # SIOCGIFCONF


@attempt("net.bring_interface_up")
def _():
    left, right = socket.socketpair()
    with left, right:
        return reached("ioctl", left.fileno(), 0x8914, BAD)  # SIOCSIFFLAGS


def proxy():
    target = os.environ.get("RIG_PROXY")
    if not target:
        raise Skip("no egress was granted")
    host, _, port = target.rpartition(":")
    return socket.create_connection((host, int(port)), 3)


def tunnels(name, target):
    @attempt(f"proxy.{name}")
    def _():
        where = target() if callable(target) else target
        with proxy() as client:
            client.sendall(f"CONNECT {where} HTTP/1.1\r\nHost: {where}\r\n\r\n".encode())
            answer = client.recv(64).decode("latin-1")
        if " 200" in answer:
            return answer.split("\r\n")[0]
        raise Denied("REFUSED " + answer.split("\r\n")[0])


tunnels("forbidden_host", "not-granted.example:443")
tunnels("loopback", lambda: f"127.0.0.1:{canary_port()}")
tunnels("loopback_by_name", lambda: f"localhost:{canary_port()}")
tunnels("metadata", "169.254.169.254:80")
tunnels("mapped_loopback", lambda: f"[::ffff:127.0.0.1]:{canary_port()}")
tunnels("decimal_loopback", lambda: f"2130706433:{canary_port()}")


@attempt("net.raw_connect_call")
def _():
    """connect() on a descriptor that is no socket: ENOTSOCK where the call is reached."""
    LIBC.connect.argtypes = None
    address = ctypes.create_string_buffer(16)
    return reached("connect", 0, ctypes.byref(address), 16)
