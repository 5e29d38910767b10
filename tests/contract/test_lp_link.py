"""The lp: link on a pseudo-terminal, which is a character device as /dev/usb/lp0 is."""

import asyncio
import os
import tty
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from devices.kit.errors import LinkLost, LinkMissing, Misconfigured
from devices.kit.links import lp, open_link
from hallfile.links import parse_link


@pytest.fixture
def printer(tmp_path: Path) -> Iterator[int]:
    """The device's end; its own name is ``tmp_path/lp0``."""
    master, slave = os.openpty()
    tty.setraw(slave)
    (tmp_path / "lp0").symlink_to(os.ttyname(slave))
    yield master
    os.close(slave)
    with suppress(OSError):  # a test may have pulled it out
        os.close(master)


async def test_bytes_go_both_ways(printer: int, tmp_path: Path) -> None:
    link = await open_link(parse_link(f"lp:{tmp_path}/lp0"))
    await link.write(b"\x10\x04\x02")
    assert os.read(printer, 10) == b"\x10\x04\x02"
    os.write(printer, b"\x12")
    assert await link.read() == b"\x12"
    assert (link.sent, link.received) == (3, 1)
    await link.close()
    await link.close()
    with pytest.raises(LinkLost):
        await link.read()
    with pytest.raises(LinkLost):
        await link.write(b"x")


async def test_an_empty_answer_is_no_farewell(
    printer: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = await open_link(parse_link(f"lp:{tmp_path}/lp0"))
    answers = iter([b"", b"", b"\x12"])
    monkeypatch.setattr(lp.os, "read", lambda *_: next(answers))
    monkeypatch.setattr(lp, "EMPTY_S", 0.001)
    async with asyncio.timeout(5):
        assert await link.read() == b"\x12"
    await link.close()


async def test_a_printer_that_goes_away_is_lost(printer: int, tmp_path: Path) -> None:
    link = await open_link(parse_link(f"lp:{tmp_path}/lp0"))
    waiting = asyncio.create_task(link.read())
    await asyncio.sleep(0)
    os.close(printer)
    with pytest.raises(LinkLost, match="lp0 is gone: .*; plug it in again"):
        async with asyncio.timeout(5):
            await waiting
    await link.close()


async def test_what_is_no_printer(tmp_path: Path) -> None:
    with pytest.raises(LinkMissing, match="plug the printer in"):
        await open_link(parse_link(f"lp:{tmp_path}/lp7"))
    (tmp_path / "file").write_text("x")
    with pytest.raises(Misconfigured, match="no printer device"):
        await open_link(parse_link(f"lp:{tmp_path}/file"))
