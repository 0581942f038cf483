// The network, and sockets as a way to others on this machine.

import dgram from "node:dgram";
import dns from "node:dns";
import http from "node:http";
import net from "node:net";
import os from "node:os";
import process from "node:process";
import tls from "node:tls";
import { attempt, Denied, fresh, mine, outcome, Skip } from "./attempts.mjs";

const port = () => {
    if (!process.env.RIG_CANARY_PORT) throw new Skip("RIG_CANARY_PORT is not set");
    return Number(process.env.RIG_CANARY_PORT);
};
const connects = (name, options) =>
    attempt(name, async () => {
        const socket = net.connect(options());
        try {
            await outcome(socket, "connect", 1500);
        } finally {
            socket.destroy();
        }
        return "connected";
    });
connects("net.connect_canary", () => ({ host: "127.0.0.1", port: port() }));
connects("net.connect_canary_by_zero", () => ({ host: "0.0.0.0", port: port() }));
connects("net.connect_canary_by_name", () => ({ host: "localhost", port: port() }));
connects("net.connect_canary6", () => ({ host: "::1", port: port() }));
connects("net.connect_canary_mapped", () => ({ host: "::ffff:127.0.0.1", port: port() }));
connects("unix.abstract_canary", () => {
    if (!process.env.RIG_CANARY_ABSTRACT) throw new Skip("RIG_CANARY_ABSTRACT is not set");
    return { path: `\0${process.env.RIG_CANARY_ABSTRACT}` };
});
for (const [name, path] of [
    ["docker", "/var/run/docker.sock"],
    ["dbus", "/run/dbus/system_bus_socket"],
    ["systemd", "/run/systemd/private"],
]) {
    connects(`unix.${name}`, () => ({ path }));
}
// An address where nobody answers: a route or its absence can be told.
const asks = (name, host) =>
    attempt(name, async () => {
        const socket = net.connect({ host, port: 80 });
        try {
            await outcome(socket, "connect", 300);
        } catch (error) {
            if (error instanceof Denied) return `on the way to ${host}`;
            throw error;
        } finally {
            socket.destroy();
        }
        return "connected";
    });
asks("net.metadata", "169.254.169.254");
asks("net.outside", "192.0.2.1");
asks("net.private_network", "10.255.255.1");

attempt("net.http_get", async () => {
    const request = http.get(`http://127.0.0.1:${port()}/`, { timeout: 500 });
    request.once("timeout", () => request.emit("reached"));
    try {
        await outcome(request, "reached", 1500);
    } finally {
        request.on("error", () => {});
        request.destroy();
    }
    return "reached";
});
attempt("net.fetch", () =>
    fetch(`http://127.0.0.1:${port()}/`, { signal: AbortSignal.timeout(700) }).then(
        () => "fetched",
        (error) => {
            // A listener that does not speak HTTP was reached all the same.
            if (error.name === "TimeoutError") return "reached";
            throw error.cause || error;
        },
    ),
);
attempt("net.tls", async () => {
    const socket = tls.connect({ host: "127.0.0.1", port: port() });
    socket.on("error", () => {});
    const raw = await Promise.race([
        outcome(socket, "secureConnect", 500).catch((error) => error),
        new Promise((resolve) => socket.once("connect", () => resolve("connected"))),
    ]);
    socket.destroy();
    if (raw instanceof Error) throw raw;
    return "connected";
});
attempt("net.web_socket", async () => {
    if (typeof WebSocket === "undefined") throw new Skip("this node has no WebSocket");
    const socket = new WebSocket(`ws://127.0.0.1:${port()}/`);
    return new Promise((resolve, reject) => {
        setTimeout(() => resolve("reached"), 700);
        socket.onerror = () => reject(new Denied("EPERM refused"));
        socket.onopen = () => resolve("open");
    });
});
const listens = (name, ...where) =>
    attempt(name, async () => {
        const server = net.createServer();
        const [first, ...rest] = where;
        server.listen(typeof first === "function" ? first() : first, ...rest);
        try {
            await outcome(server, "listening");
        } finally {
            server.close();
        }
        return "listening";
    });
listens("net.listen_everywhere", 0, "0.0.0.0");
listens("net.listen_loopback", 0, "127.0.0.1");
listens("net.listen_unix", () => fresh("listener"));
listens("net.listen_abstract", `\0rig-escape-${process.pid}`);
const datagrams = (name, type, action) =>
    attempt(name, async () => {
        const socket = dgram.createSocket(type);
        try {
            return await new Promise((resolve, reject) => {
                socket.once("error", reject);
                action(socket, (error) => (error ? reject(error) : resolve("sent")));
            });
        } finally {
            try {
                socket.close();
            } catch {}
        }
    });
datagrams("net.datagram", "udp4", (socket, done) => socket.send("", 9, "127.0.0.1", done));
datagrams("net.datagram6", "udp6", (socket, done) => socket.send("", 9, "::1", done));
datagrams("net.bind_datagram", "udp4", (socket, done) => socket.bind(0, "127.0.0.1", done));
attempt("net.resolve", async () => {
    try {
        return JSON.stringify(await dns.promises.lookup("rig-escape.invalid"));
    } catch (error) {
        // An answer "no such name" came from a server where datagrams can be sent.
        const socket = dgram.createSocket("udp4");
        const canSend = await new Promise((resolve) => {
            socket.once("error", () => resolve(false));
            socket.bind(0, "127.0.0.1", () => resolve(true));
        });
        socket.close();
        if (canSend) return "asked a name server";
        throw error;
    }
});
attempt("net.resolver", async () => {
    // c-ares sends its own datagrams.
    const resolver = new dns.promises.Resolver({ timeout: 300, tries: 1 });
    resolver.setServers(["192.0.2.53"]);
    try {
        return JSON.stringify(await resolver.resolve4("rig-escape.invalid"));
    } catch (error) {
        if (error.code === "ETIMEOUT") return "sent";
        throw error;
    }
});
attempt("net.interfaces", () => {
    const names = Object.keys(os.networkInterfaces());
    if (names.every((name) => name === "lo")) throw new Denied("EMPTY lo only");
    return names.join();
});
attempt("net.channel_as_socket", async () => {
    // Descriptors could be passed to the sidecar over a socket.
    const channel = new net.Socket({ fd: 4, readable: false });
    const kind = channel._handle?.constructor?.name;
    if (kind === "Pipe" && !channel._handle.getpeername) throw new Denied("CLEAN a pipe");
    return kind;
});
const tunnels = (name, target) =>
    attempt(`proxy.${name}`, async () => {
        if (!process.env.RIG_PROXY) throw new Skip("no egress was granted");
        const [host, number] = process.env.RIG_PROXY.split(":");
        const where = target();
        const socket = net.connect({ host, port: Number(number) });
        await outcome(socket, "connect");
        socket.write(`CONNECT ${where} HTTP/1.1\r\nHost: ${where}\r\n\r\n`);
        const [answer] = await outcome(socket, "data");
        socket.destroy();
        const line = answer.toString("latin1").split("\r\n")[0];
        if (!line.includes(" 200")) throw new Denied(`REFUSED ${line}`);
        return line;
    });
tunnels("forbidden_host", () => "not-granted.example:443");
tunnels("loopback", () => `127.0.0.1:${port()}`);
tunnels("metadata", () => "169.254.169.254:80");
void mine;
