"""Whether a pixel board's receiver lives, asked of its own web pages: DDP itself has no answers.

WLED has ``/json/info``, FPP ``/api/system/status`` (protocols.md 4.3).
"""

import asyncio
import json
from contextlib import suppress
from typing import Final

PAGES: Final = ("/json/info", "/api/system/status")
ANSWER_S: Final = 2.0
MOST_BYTES: Final = 65_536


async def answers(host: str, port: int) -> bool:
    """Whether one of the pages is there and is what it should be, within `ANSWER_S` real seconds."""
    for page in PAGES:
        with suppress(OSError, TimeoutError, ValueError):
            async with asyncio.timeout(ANSWER_S):
                if isinstance(json.loads(await _page(host, port, page)), dict):
                    return True
    return False


async def _page(host: str, port: int, path: str) -> bytes:
    """The body of one page; raises `OSError`, and `ValueError` for anything but a 200."""
    reader, writer = await asyncio.open_connection(host, port)
    try:
        # 1.0: the end of the connection is the end of the page
        writer.write(f"GET {path} HTTP/1.0\r\nHost: {host}\r\nAccept: application/json\r\n\r\n".encode())
        await writer.drain()
        said = bytearray()
        while len(said) < MOST_BYTES and (piece := await reader.read(4096)):
            said += piece
    finally:
        writer.transport.abort()
    head, _, body = bytes(said).partition(b"\r\n\r\n")
    if b" 200 " not in head.partition(b"\r\n")[0] + b" ":
        raise ValueError(f"{path} is not there")
    return body
