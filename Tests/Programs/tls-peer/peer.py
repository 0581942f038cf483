"""An HTTPS server for tests: answers with what it was asked, in forms that the path names.

peer.py CERTIFICATE KEY     prints its port, serves until its standard input ends
"""

import base64
import gzip
import json
import os
import ssl
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, body, media="application/json", status=200, headers=()):
        self.send_response(status)
        self.send_header("Content-Type", media)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_GET(self):
        url = urlsplit(self.path)
        count = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(count).decode("utf-8", "replace")
        seen = {
            "method": self.command,
            "path": url.path,
            "query": parse_qs(url.query),
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "body": body,
            # What the test may look at although it is taken out of everything else.
            "proof": [
                base64.b16encode(value.encode()).decode()
                for value in [self.headers.get("Authorization", ""), url.query]
            ],
        }
        text = json.dumps(seen).encode()
        bearer = self.headers.get("Authorization", "").split(" ")[-1]
        if url.path == "/text":
            self.answer(b"you sent " + bearer.encode() + b", didn't you", "text/plain")
        elif url.path == "/chunks":
            # The secret cut over several chunks, byte by byte.
            self.send_response(200)
            self.send_header("Content-Type", "text/plain")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for byte in b"<" + bearer.encode() + b">":
                self.wfile.write(b"1\r\n" + bytes([byte]) + b"\r\n")
                self.wfile.flush()
            self.wfile.write(b"0\r\n\r\n")
        elif url.path == "/escaped":
            escaped = "".join(f"\\u{ord(c):04x}" for c in bearer)
            self.answer(('{"token": "' + escaped + '"}').encode())
        elif url.path == "/gzip":
            self.answer(gzip.compress(text), headers=[("Content-Encoding", "gzip")])
        elif url.path == "/header":
            self.answer(b"{}", headers=[("X-Echo", "token=" + bearer)])
        elif url.path == "/away":
            self.answer(b"", status=302, headers=[("Location", "https://other.example.org/x")])
        elif url.path == "/back":
            host = self.headers["Host"]
            self.answer(b"", status=302, headers=[("Location", f"https://{host}/echo?again=1")])
        elif url.path == "/large":
            self.answer(b"0123456789abcdef" * (1 << 17), "application/octet-stream")
        elif url.path == "/cut":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"short")
            self.close_connection = True
        else:
            self.answer(text)

    do_POST = do_PUT = do_DELETE = do_HEAD = do_GET


def main():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1], sys.argv[2])
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    sys.stdin.read()
    os._exit(0)


main()
