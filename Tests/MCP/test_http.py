"""MCP over HTTP by hand: statuses, sessions, streams, and who is let in."""

import http.client
import importlib.util
import json
import os
import socket
import subprocess
import sys
import unittest
import urllib.parse

from . import schemas
from .workbench import BY_HANDSHAKE, MODERN, Workbench

META = {
    "io.modelcontextprotocol/protocolVersion": MODERN,
    "io.modelcontextprotocol/clientCapabilities": {},
}
SAY = {"name": "demo_say", "arguments": {"text": "x"}}


class Connection:
    def __init__(self, url, token):
        self.url = urllib.parse.urlsplit(url)
        self.token = token
        self.seen = []
        self.sent = {}

    def open(self, method, body=None, headers=None, path=None):
        """Returns the response, whose body is not read yet."""
        connection = http.client.HTTPConnection(self.url.hostname, self.url.port, timeout=30)
        self.connection = connection
        fields = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            "Accept": "application/json, text/event-stream",
            **(headers or {}),
        }
        fields = {key: value for key, value in fields.items() if value is not None}
        if body is not None and not isinstance(body, bytes):
            if "method" in body and "id" in body:
                self.sent[json.dumps(body["id"])] = body["method"]
            body = json.dumps(body).encode()
        connection.request(method, path or self.url.path, body, fields)
        return connection.getresponse()

    def ask(self, method, body=None, headers=None, path=None):
        """The status, the messages, and the response."""
        response = self.open(method, body, headers, path)
        data = response.read()
        self.connection.close()
        messages = []
        if response.getheader("Content-Type") == "text/event-stream":
            messages = [event["data"] for event in events(data.decode()) if event["data"]]
        elif response.getheader("Content-Type") == "application/json":
            messages = [json.loads(data)]
        self.seen += messages
        return response.status, messages, response

    def shake_hands(self, revision="2025-11-25", capabilities=None):
        hello = {
            "protocolVersion": revision,
            "capabilities": capabilities or {},
            "clientInfo": {"name": "test", "version": "1"},
        }
        status, _, response = self.ask("POST", request("initialize", hello, 0))
        if status != 200:
            raise ValueError(status)
        return {
            "Mcp-Session-Id": response.getheader("Mcp-Session-Id"),
            "MCP-Protocol-Version": revision,
        }


def events(text):
    """Server-sent events, with their data as JSON."""
    for block in text.split("\n\n"):
        fields = [line.split(": ", 1) for line in block.split("\n") if ": " in line]
        if any(name == "data" for name, _ in fields):
            data = "\n".join(value for name, value in fields if name == "data")
            found = dict(fields)
            found["data"] = json.loads(data) if data else None
            yield found


def request(method, params=None, id=1):
    message = {"jsonrpc": "2.0", "id": id, "method": method}
    if params is not None:
        message["params"] = params
    return message


def modern(method, params=None, id=1, **meta):
    params = dict(params or {})
    headers = {"MCP-Protocol-Version": MODERN, "Mcp-Method": method}
    if "name" in params:
        headers["Mcp-Name"] = params["name"]
    params["_meta"] = {**META, **meta}
    return request(method, params, id), headers


class HTTPTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.bench = Workbench().__enter__()
        cls.server = cls.bench.serve_http()
        cls.url, cls.token = cls.server.__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__(None, None, None)
        cls.bench.__exit__()

    def setUp(self):
        self.client = Connection(self.url, self.token)

    def validate(self, revision):
        if not schemas.FOLDER.is_dir():
            self.skipTest("corpora not found: the official schemas are not beside the checkout")
        for message in self.client.seen:
            schemas.check_message(revision, message, self.client.sent)

    def test_a_session_of_every_revision_with_a_handshake(self):
        for revision in BY_HANDSHAKE:
            with self.subTest(revision):
                client = self.client = Connection(self.url, self.token)
                session = client.shake_hands(revision)
                self.assertRegex(session["Mcp-Session-Id"], "^[!-~]{32,}$")
                note = {"jsonrpc": "2.0", "method": "notifications/initialized"}
                self.assertEqual(client.ask("POST", note, session)[:2], (202, []))
                status, messages, _ = client.ask("POST", request("tools/list"), session)
                self.assertEqual((status, len(messages)), (200, 1))
                status, messages, _ = client.ask("POST", request("tools/call", SAY, 2), session)
                self.assertFalse(messages[0]["result"]["isError"])
                sleep = {"name": "demo_sleep", "arguments": {"seconds": 0.2, "progress": True}}
                sleep["_meta"] = {"progressToken": 7}
                status, messages, response = client.ask(
                    "POST", request("tools/call", sleep, 3), session
                )
                self.assertEqual(response.getheader("Content-Type"), "text/event-stream")
                self.assertGreaterEqual(len(messages), 4)
                self.assertEqual(messages[-1]["id"], 3)
                self.assertEqual(client.ask("DELETE", headers=session)[0], 204)
                self.assertEqual(client.ask("POST", request("ping", id=4), session)[0], 404)
                self.assertEqual(client.ask("DELETE", headers=session)[0], 404)
                client.seen.pop()
                client.seen.pop()
                self.validate(revision)

    def test_self_contained_requests(self):
        client = self.client
        status, messages, response = client.ask("POST", *modern("server/discover"))
        self.assertEqual(status, 200)
        self.assertIsNone(response.getheader("Mcp-Session-Id"))
        self.assertEqual(client.ask("POST", *modern("tools/list", id=2))[0], 200)
        status, messages, _ = client.ask("POST", *modern("tools/call", SAY, 3))
        self.assertEqual(messages[0]["result"]["structuredContent"], {"text": "x"})
        sleep = {"name": "demo_sleep", "arguments": {"seconds": 0.2, "progress": True}}
        message, headers = modern("tools/call", sleep, 4, progressToken="p")
        response = client.open("POST", message, headers)
        text = response.read().decode()
        self.assertEqual(response.getheader("X-Accel-Buffering"), "no")
        self.assertNotIn("\nid:", text)
        client.seen += [event["data"] for event in events(text)]
        for method in ("initialize", "ping", "logging/setLevel", "no/such"):
            status, messages, _ = client.ask("POST", *modern(method, id=5))
            self.assertEqual((status, messages[0]["error"]["code"]), (404, -32601), method)
            self.assertEqual(messages[0]["id"], 5)
        self.validate(MODERN)

    def test_the_head_and_the_body_of_a_request_agree(self):
        message, headers = modern("tools/call", SAY)
        good = {"MCP-Protocol-Version": MODERN}
        plain = request("tools/list")
        unsupported = modern("tools/list", **{next(iter(META)): "v999"})[0]
        cases = [
            (message, {**headers, "Mcp-Name": "other"}, -32020),
            (message, {**headers, "Mcp-Name": None}, -32020),
            (message, {**headers, "Mcp-Method": "tools/list"}, -32020),
            (message, {**headers, "Mcp-Method": None}, -32020),
            (message, {**headers, "MCP-Protocol-Version": "v999"}, -32020),
            (plain, {**good, "Mcp-Method": "tools/list"}, -32602),
            (unsupported, {**good, "Mcp-Method": "tools/list"}, -32020),
            (
                unsupported,
                {"MCP-Protocol-Version": "v999", "Mcp-Method": "tools/list"},
                -32022,
            ),
        ]
        for body, fields, code in cases:
            status, messages, _ = self.client.ask("POST", body, fields)
            self.assertEqual((status, messages[0]["error"]["code"]), (400, code), fields)
        encoded = {**headers, "Mcp-Name": "=?base64?ZGVtb19zYXk=?="}
        self.assertEqual(self.client.ask("POST", message, encoded)[0], 200)

    def test_statuses(self):
        client = self.client
        ping = request("ping")
        session = client.shake_hands()
        cases = [
            (400, "POST", b"garbage", session),
            (400, "POST", ping, {}),
            (404, "POST", ping, {"Mcp-Session-Id": "0" * 32}),
            (415, "POST", b"{}", {**session, "Content-Type": "text/plain"}),
            (406, "POST", ping, {**session, "Accept": "text/html"}),
            (200, "POST", ping, {**session, "Accept": "*/*"}),
            (200, "POST", ping, {**session, "MCP-Protocol-Version": None}),
            (400, "POST", ping, {**session, "MCP-Protocol-Version": "v999"}),
            (405, "GET", None, {}),
            (404, "GET", None, {"Mcp-Session-Id": "x"}),
            (406, "GET", None, {**session, "Accept": "application/json"}),
            (405, "DELETE", None, {}),
            (405, "PUT", b"{}", session),
            (401, "POST", ping, {"Authorization": None}),
            (401, "POST", ping, {"Authorization": "Bearer wrong"}),
            (403, "POST", ping, {**session, "Origin": "http://evil.example.com"}),
            (403, "POST", ping, {**session, "Host": "evil.example.com"}),
            (200, "POST", ping, {**session, "Origin": f"http://{client.url.netloc}"}),
            (413, "POST", b" " * (9 << 20), session),
        ]
        for expected, method, body, headers in cases:
            try:
                status = client.ask(method, body, headers)[0]
            except (ConnectionError, http.client.HTTPException):
                status = 413  # refused by its head, and cut off while it was still sent
            self.assertEqual(status, expected, (method, headers))
        self.assertEqual(client.ask("POST", ping, path="/other")[0], 404)
        path = "/.well-known/oauth-protected-resource"
        self.assertEqual(client.ask("GET", path=path)[0], 404)
        response = client.open("POST", ping, {"Authorization": None})
        self.assertEqual(response.getheader("WWW-Authenticate"), 'Bearer realm="rig"')

    def test_a_session_is_for_who_opened_it(self):
        session = self.client.shake_hands()
        other = {**session, "X-RIG-Actor-Id": "somebody"}
        self.assertEqual(self.client.ask("POST", request("ping"), other)[0], 404)
        self.assertEqual(self.client.ask("POST", request("ping"), session)[0], 200)

    def test_sessions_make_room_among_their_own(self):
        session = self.client.shake_hands()
        hello = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {}}
        hello = request("initialize", hello, 0)
        many = {"X-RIG-Actor-Id": "many"}
        ids = [
            self.client.ask("POST", hello, many)[2].getheader("Mcp-Session-Id") for _ in range(2)
        ]
        busy, quiet = [{**many, "Mcp-Session-Id": id} for id in ids]
        sleep = {"name": "demo_sleep", "arguments": {"seconds": 3, "progress": True}}
        sleep["_meta"] = {"progressToken": 7}
        response = self.client.open("POST", request("tools/call", sleep, 3), busy)
        for _ in range(270):
            self.assertEqual(self.client.ask("POST", hello, many)[0], 200)
        found = [event["data"] for event in events(response.read().decode())]
        self.assertEqual(found[-1]["result"]["structuredContent"], {"slept_seconds": 3})
        self.assertEqual(self.client.ask("POST", request("ping"), quiet)[0], 404)
        self.assertEqual(self.client.ask("POST", request("ping"), session)[0], 200)

    def raw(self, lines, body):
        """A request byte by byte, from a client that sends no more; the status."""
        data = json.dumps(body).encode()
        head = [
            "POST /mcp HTTP/1.1",
            f"Host: {self.client.url.netloc}",
            f"Authorization: Bearer {self.token}",
            "Content-Type: application/json",
            f"Content-Length: {len(data)}",
            *lines,
        ]
        address = (self.client.url.hostname, self.client.url.port)
        with socket.create_connection(address, timeout=20) as connection:
            connection.sendall("\r\n".join([*head, "", ""]).encode() + data)
            connection.shutdown(socket.SHUT_WR)
            return int(connection.makefile("rb").readline().split()[1])

    def test_a_repeated_caller_is_refused(self):
        for name in ("X-RIG-Tenant-Id", "X-RIG-Actor-Id"):
            self.assertEqual(self.raw([f"{name}: a", f"{name}: b"], request("ping")), 400)

    def test_a_client_that_sends_no_more_is_told_that_nothing_is_waited_for(self):
        session = self.client.shake_hands()
        lines = [f"{name}: {value}" for name, value in session.items()]
        sleep = {"name": "demo_sleep", "arguments": {"seconds": 1}}
        self.assertEqual(self.raw(lines, request("tools/call", sleep)), 499)
        message, headers = modern("tools/call", sleep)
        lines = [f"{name}: {value}" for name, value in headers.items()]
        self.assertEqual(self.raw(lines, message), 499)

    def test_what_a_broken_stream_did_not_bring_can_be_had(self):
        client = self.client
        session = client.shake_hands()
        client.ask("POST", request("tools/call", SAY, 2), session)
        sleep = {"name": "demo_sleep", "arguments": {"seconds": 1, "progress": True}}
        sleep["_meta"] = {"progressToken": 7}
        response = client.open("POST", request("tools/call", sleep, 3), session)
        text = ""
        while text.count("\n\n") < 3:
            text += response.readline().decode()
        last = [line for line in text.split("\n") if line.startswith("id: ")][-1][4:]
        response.fp.raw._sock.shutdown(socket.SHUT_RDWR)
        response.close()
        _, messages, _ = client.ask("GET", headers={**session, "Last-Event-ID": last})
        self.assertEqual(messages[-1]["id"], 3)
        self.assertEqual(messages[-1]["result"]["structuredContent"], {"slept_seconds": 1})
        before = [event["data"] for event in events(text) if event["data"]]
        values = [m["params"]["progress"] for m in before + messages if "params" in m]
        self.assertEqual(values, sorted(set(values)))
        # And again, from its beginning.
        again = last.split("-")[0] + "-0"
        _, replayed, _ = client.ask("GET", headers={**session, "Last-Event-ID": again})
        self.assertEqual(replayed[-1], messages[-1])

    def test_a_closed_stream_cancels_a_self_contained_call(self):
        sleep = {"name": "demo_sleep", "arguments": {"seconds": 60, "progress": True}}
        message, headers = modern("tools/call", sleep, progressToken=1)
        response = self.client.open("POST", message, headers)
        response.readline()
        response.fp.raw._sock.shutdown(socket.SHUT_RDWR)
        response.close()
        for _ in range(100):
            rows = self.bench.rig("audit", "query", "--json").stdout
            if "cancelled" in rows:
                return
        self.fail("the call goes on")

    def test_changes_are_told_on_streams_of_both_eras(self):
        with Workbench() as bench, bench.serve_http() as (url, token):
            client = Connection(url, token)
            session = client.shake_hands()
            client.ask("POST", request("tools/call", SAY, 2), session)
            own = client.open("GET", headers=session)
            self.assertEqual(client.ask("GET", headers=session)[0], 409)
            listen, headers = modern(
                "subscriptions/listen", {"notifications": {"toolsListChanged": True}}, "s"
            )
            listening = client.open("POST", listen, headers)
            self.assertIn("event", listening.readline().decode())
            text = bench.config.read_text()
            bench.config.write_text(text.replace("as: demo", "as: other"))
            for response in (own, listening):
                lines = []
                while "list_changed" not in "".join(lines):
                    lines.append(response.readline().decode())
                response.close()
            names = client.ask("POST", request("tools/list"), session)[1][0]["result"]["tools"]
            self.assertIn("other_say", [tool["name"] for tool in names])

    def test_a_token_that_may_use_some_tools_sees_those(self):
        import hashlib

        token = "t" * 40
        digest = hashlib.sha256(token.encode()).hexdigest()
        more = (
            f'tokens:\n  - {{name: half, role: agent, hash: "sha256:{digest}",'
            ' tools: ["demo.s*"]}\n'
        )
        with Workbench(more) as bench, bench.serve_http() as (url, whole):
            client = Connection(url, token)
            session = client.shake_hands()
            listed = client.ask("POST", request("tools/list"), session)[1][0]["result"]["tools"]
            self.assertEqual([tool["name"] for tool in listed], ["demo_say", "demo_sleep"])
            self.assertFalse(
                client.ask("POST", request("tools/call", SAY), session)[1][0]["result"]["isError"]
            )
            for name in ("demo_pay", "demo.pay"):
                hidden = {"name": name, "arguments": {}}
                answer = client.ask("POST", request("tools/call", hidden), session)[1][0]
                self.assertEqual(answer["error"]["code"], -32602)
            other = Connection(url, whole)
            self.assertEqual(
                len(other.ask("POST", *modern("tools/list"))[1][0]["result"]["tools"]), 7
            )

    def test_an_independent_checker_finds_nothing(self):
        if importlib.util.find_spec("mcpcheck") is None:
            self.skipTest("mcpcheck is not installed")
        done = subprocess.run(
            [sys.executable, "-m", "mcpcheck", self.url, "--strict", "--legacy-probes"],
            env={**os.environ, "MCPCHECK_TOKEN": self.token},
            check=False,
            capture_output=True,
            text=True,
        )
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
