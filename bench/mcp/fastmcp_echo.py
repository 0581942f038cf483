"""The echo pack's `say`, written by hand with FastMCP."""

from fastmcp import FastMCP
from pydantic import BaseModel, Field

server = FastMCP("echo")


class Said(BaseModel):
    text: str


@server.tool
def say(text: str = Field(max_length=100_000), repeat: int = Field(default=1, ge=1, le=10)) -> Said:
    """Says the text again."""
    return Said(text=text * repeat)


if __name__ == "__main__":
    server.run(show_banner=False)
