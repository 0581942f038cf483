"""Goes where it is told, with the clients that everybody uses."""

import http.client
import os
import socket
import ssl
import urllib.error
import urllib.request
from urllib.parse import urlsplit


def rig_pack_metadata():
    return {"rsp": "1.0", "name": "rig-pack-wanderer", "version": "1.0.0"}


def rig_tools():
    return [
        {
            "rtp": "1.0",
            "name": "go",
            "description": "Goes to a URL.",
            "risk": "read",
            "input_schema": {"type": "object"},
            "auth": [
                {"slot": "token", "kind": "bearer", "required": False, "description": "A token."}
            ],
        }
    ]


def urllib_client(url, headers):
    request = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=15) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def http_client(url, headers):
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname, parts.port, timeout=15)
    connection.request(
        "GET", parts.path + ("?" + parts.query if parts.query else ""), headers=headers
    )
    response = connection.getresponse()
    return response.status, response.read()


def ssl_client(url, headers):
    """TLS by hand, without anything that knows of HTTP."""
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port), timeout=15) as plain:
        context = ssl.create_default_context()
        with context.wrap_socket(plain, server_hostname=parts.hostname) as secure:
            lines = [f"GET {parts.path} HTTP/1.1", f"Host: {parts.netloc}", "Connection: close"]
            lines += [f"{name}: {value}" for name, value in headers.items()]
            secure.sendall("\r\n".join([*lines, "", ""]).encode())
            answer = b""
            while True:
                more = secure.recv(65536)
                if not more:
                    break
                answer += more
    head, body = answer.split(b"\r\n\r\n", 1)
    return int(head.split(b" ")[1]), body


CLIENTS = {"urllib": urllib_client, "http.client": http_client, "ssl": ssl_client}


def go(args, ctx):
    headers = dict(args.get("headers", {}))
    token = ctx.secrets.get("token")
    if args.get("sends_token") and token:
        headers["Authorization"] = "Bearer " + token
    result = {"token": token, "variables": sorted(os.environ)}
    try:
        status, body = CLIENTS[args["how"]](args["url"], headers)
        return {**result, "status": status, "body": body.decode("utf-8", "replace")}
    except (OSError, http.client.HTTPException) as error:
        return {**result, "error": f"{type(error).__name__}: {error}"}


def rig_impls():
    return {"go": go}
