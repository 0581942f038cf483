"""The real clients, each behind the same four verbs. Which of them can be had depends on what is
installed: the two generations of the SDK do not fit into one folder."""

import contextlib
import dataclasses
import importlib.metadata
import os

import anyio

GENERATION = int(importlib.metadata.version("mcp").split(".")[0])


@dataclasses.dataclass
class Result:
    is_error: bool
    text: str
    structured: object
    meta: dict


class UnknownTool(Exception):
    pass


class Target:
    """What a client connects to: a command, or an address with its headers."""

    def __init__(self, command=None, url=None, headers=None):
        self.command, self.url, self.headers = command, url, headers or {}


def environment():
    return {"HOME": os.environ.get("HOME", "/"), "PATH": os.environ["PATH"]}


@contextlib.asynccontextmanager
async def sdk1(target, on_form=None):
    """mcp 1.x: a handshake, at 2025-11-25."""
    from mcp import ClientSession, StdioServerParameters
    from mcp.client.stdio import stdio_client
    from mcp.client.streamable_http import streamablehttp_client
    from mcp.shared.exceptions import McpError
    from mcp.types import ElicitResult

    async def elicit(_context, params):
        action, content = on_form(params.message)
        return ElicitResult(action=action, content=content)

    if target.command:
        command = StdioServerParameters(
            command=target.command[0], args=target.command[1:], env=environment()
        )
        streams = stdio_client(command)
    else:
        streams = streamablehttp_client(target.url, headers=target.headers)
    async with (
        streams as (reading, writing, *_),
        ClientSession(
            reading, writing, elicitation_callback=elicit if on_form else None
        ) as session,
    ):
        hello = await session.initialize()

        class Client:
            revision = hello.protocolVersion

            async def list(self):
                return [tool.name for tool in (await session.list_tools()).tools]

            async def call(self, name, arguments, on_progress=None):
                try:
                    result = await session.call_tool(name, arguments, progress_callback=on_progress)
                except McpError as error:
                    raise UnknownTool(error.error.code) from error
                return Result(
                    result.isError,
                    result.content[0].text,
                    result.structuredContent,
                    result.meta or {},
                )

        yield Client()


def sdk2(mode):
    """mcp 2.x: `auto` asks which era there is, `legacy` shakes hands, a date takes that."""

    @contextlib.asynccontextmanager
    async def connect(target, on_form=None):
        from mcp import Client as SDKClient
        from mcp import MCPError, StdioServerParameters
        from mcp.client.stdio import stdio_client
        from mcp.client.streamable_http import streamable_http_client
        from mcp_types import ElicitResult

        async def elicit(_context, params):
            action, content = on_form(params.message)
            return ElicitResult(action=action, content=content)

        async with contextlib.AsyncExitStack() as stack:
            if target.command:
                server = stdio_client(
                    StdioServerParameters(
                        command=target.command[0], args=target.command[1:], env=environment()
                    )
                )
            else:
                import httpx2

                http = await stack.enter_async_context(
                    httpx2.AsyncClient(headers=target.headers, timeout=60)
                )
                server = streamable_http_client(target.url, http_client=http)
            client = await stack.enter_async_context(
                SDKClient(server, mode=mode, elicitation_callback=elicit if on_form else None)
            )

            class Client:
                revision = client.protocol_version

                async def list(self):
                    return [tool.name for tool in (await client.list_tools()).tools]

                async def call(self, name, arguments, on_progress=None):
                    try:
                        result = await client.call_tool(
                            name, arguments, progress_callback=on_progress
                        )
                    except MCPError as error:
                        raise UnknownTool(error.error.code) from error
                    return Result(
                        result.is_error,
                        result.content[0].text,
                        result.structured_content,
                        result.meta or {},
                    )

            yield Client()

    return connect


def fastmcp(mode):
    @contextlib.asynccontextmanager
    async def connect(target, on_form=None):
        from fastmcp import Client as FastClient
        from fastmcp.client.elicitation import ElicitResult
        from fastmcp.client.transports import StdioTransport, StreamableHttpTransport
        from mcp import MCPError

        async def elicit(message, _response_type, _params, _context):
            action, content = on_form(message)
            return ElicitResult(action=action, content=content)

        if target.command:
            transport = StdioTransport(
                target.command[0], target.command[1:], env=environment(), keep_alive=False
            )
        else:
            transport = StreamableHttpTransport(target.url, headers=target.headers)
        options = {"elicitation_handler": elicit} if on_form else {}
        async with FastClient(transport, mode=mode, **options) as client:

            class Client:
                revision = None

                async def list(self):
                    return [tool.name for tool in await client.list_tools()]

                async def call(self, name, arguments, on_progress=None):
                    async def progress(done, total, message):
                        await on_progress(done, total, message)

                    try:
                        result = await client.call_tool_mcp(
                            name,
                            arguments,
                            progress_handler=progress if on_progress else None,
                        )
                    except MCPError as error:
                        raise UnknownTool(error.error.code) from error
                    return Result(
                        result.is_error,
                        result.content[0].text,
                        result.structured_content,
                        result.meta or {},
                    )

            yield Client()

    return connect


if GENERATION == 1:
    CLIENTS = {"mcp 1": (sdk1, "2025-11-25")}
else:
    CLIENTS = {
        "mcp 2 auto": (sdk2("auto"), "2026-07-28"),
        "mcp 2 legacy": (sdk2("legacy"), "2025-11-25"),
        "mcp 2 pinned": (sdk2("2026-07-28"), "2026-07-28"),
        "fastmcp auto": (fastmcp("auto"), None),
        "fastmcp legacy": (fastmcp("legacy"), None),
    }


def run(function, *arguments):
    return anyio.run(function, *arguments)
