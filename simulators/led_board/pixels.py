"""The simulated pixel board of one entry in the hall file: a DDP receiver, its lamps, and its web page."""

import asyncio
import json
import socket
from functools import partial
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from hallfile.devices import LedBoard
from hallfile.links import BadLink, LinkUrl, parse_link
from simulators.kit.control import Control, flag, number
from simulators.kit.picture import Picture
from simulators.kit.stand_in import Stage, StandIn
from simulators.led_board.ddp import FALLS_BACK_S, Receiver
from simulators.led_board.drawing import LAMP, MASK, PITCH

MOST_AT_ONCE: Final = 256
"""Datagrams read in one go, so that a stream leaves room for the others."""


class PixelStandIn(StandIn):
    """A board of which every pixel is sent; its packets may be lost on the way."""

    kind: ClassVar[str] = "led_board"

    def __init__(self, name: str, entry: LedBoard, stage: Stage) -> None:
        link = parse_link(entry.link, stage.premises.data)
        if link.scheme != "udp":
            raise BadLink(f"led_board {name}: {link} can't be simulated as pixels; give it udp://HOST:PORT")
        super().__init__(name, link, stage)
        self.receiver = Receiver(entry.width, entry.height)
        self.picture: Picture = Picture(stage.premises.pictures / f"{name}.png", stage.studio)
        self._size = (entry.width, entry.height)
        self._web = WebPage(link, self._size)
        self._socket: socket.socket | None = None
        self._loss = 0.0
        self._chance = stage.chance(name)
        self._fallback: asyncio.TimerHandle | None = None
        self._was_lit = b""

    def controls(self) -> dict[str, Control]:
        return {
            "loss": number(lambda: self._loss, lambda share: setattr(self, "_loss", share), 0, 100),
            "web": flag(lambda: self._web.answers, lambda on: setattr(self._web, "answers", on)),
            "unplugged": self.plug_control(),
        }

    def shows(self) -> dict[str, Any]:
        receiver = self.receiver
        return {
            "lit": int(receiver.pixels(self.stage.clock.monotonic()).any(axis=2).sum()),
            "out_of_order": receiver.out_of_order,
            "refused": receiver.refused,
        }

    @property
    def plugged(self) -> bool:
        return self._socket is not None

    def plug(self) -> None:
        if self._socket is None:
            listening = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            try:
                listening.bind((self.link.host, self.link.port))
                self._web.plug()
            except OSError:
                listening.close()
                raise
            listening.setblocking(False)
            self._socket = listening
            asyncio.get_running_loop().add_reader(listening, self._readable)
            self._look()

    def unplug(self) -> None:
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()
            self._socket = None
        self._web.unplug()
        if self._fallback is not None:
            self._fallback.cancel()
            self._fallback = None

    def _readable(self) -> None:
        assert self._socket is not None
        now = self.stage.clock.monotonic()
        for _ in range(MOST_AT_ONCE):
            try:
                datagram = self._socket.recv(65536)
            except OSError:
                break
            if self._chance.random() * 100 >= self._loss:
                self.receiver.receive(datagram, now)
        self._look()

    def _look(self) -> None:
        """See whether the lamps have changed, now and when the receiver falls back."""
        now = self.stage.clock.monotonic()
        pixels = self.receiver.pixels(now)
        if (lit := pixels.tobytes()) != self._was_lit:
            self._was_lit = lit
            self.picture.want(partial(draw, pixels))
            self.changed()
        if self._fallback is not None:
            self._fallback.cancel()
        self._fallback = asyncio.get_running_loop().call_later(FALLS_BACK_S + 0.1, self._look)


class WebPage:
    """WLED's ``/json/info``, where the link asks for a check: enough of it to be known by."""

    def __init__(self, link: LinkUrl, size: tuple[int, int]) -> None:
        self.answers = True
        self._wanted = link.options.get("check") == "http"
        self._address = (link.host, link.number("check_port", 80))
        self._size = size
        self._listening: socket.socket | None = None
        self._callers: set[asyncio.Task[None]] = set()

    def plug(self) -> None:
        """Listen, where anybody will ask; raises `OSError`."""
        if self._wanted and self._listening is None:
            self._listening = socket.create_server(self._address)
            self._listening.setblocking(False)
            asyncio.get_running_loop().add_reader(self._listening, self._accept)

    def unplug(self) -> None:
        """Be gone."""
        if self._listening is not None:
            asyncio.get_running_loop().remove_reader(self._listening)
            self._listening.close()
            self._listening = None
        for caller in self._callers:
            caller.cancel()

    def _accept(self) -> None:
        assert self._listening is not None
        try:
            peer, _ = self._listening.accept()
        except OSError:
            return
        caller = asyncio.create_task(self._serve(peer), name="a page of a simulated board")
        self._callers.add(caller)
        caller.add_done_callback(self._callers.discard)

    async def _serve(self, peer: socket.socket) -> None:
        reader, writer = await asyncio.open_connection(sock=peer)
        try:
            async with asyncio.timeout(5):
                head = await reader.readuntil(b"\r\n\r\n")
                found = self.answers and head.startswith(b"GET /json/info ")
                width, height = self._size
                leds = {"count": width * height, "matrix": {"w": width, "h": height}}
                info = {"brand": "WLED", "leds": leds}
                body = json.dumps(info).encode() if found else b""
                status = "200 OK" if found else "404 Not Found"
                writer.write(f"HTTP/1.0 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
                await writer.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()


def draw(pixels: NDArray[np.uint8]) -> Image.Image:
    """The lamps behind their mask, each a dot."""
    height, width, _ = pixels.shape
    picture = np.full((height, PITCH, width, PITCH, 3), MASK, dtype=np.uint8)
    picture[:, :LAMP, :, :LAMP] = np.maximum(pixels, 26)[:, None, :, None]
    return Image.fromarray(picture.reshape(height * PITCH, width * PITCH, 3))
