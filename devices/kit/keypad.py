"""What rating pads and call pads share: a pad whose keys mean something, whatever wire it hangs on.

The seam of protocols.md 3.3: a USB keypad's input events, a serial pad's frames and a network pad's posts
all end as `pressed`; which of them a pad speaks, and what its keys mean, is its model file's to say.
"""

import asyncio
from abc import abstractmethod
from pathlib import Path
from typing import Any, ClassVar, Final, Generic, Protocol, Self, TypeVar

from devices.kit.device import Device, Opener, Surroundings
from devices.kit.keyframes import FrameKeyDecoder
from devices.kit.keyposts import PostDecoder
from devices.kit.keys import EVENT, Debounce, Key, KeyDecoder
from devices.kit.link import Link
from devices.kit.padend import PadEnd
from devices.kit.padmodel import PadModel, find_model
from hallfile.devices import Device as Entry
from hallfile.premises import Premises

Meaning = TypeVar("Meaning")

JUNK_LIMIT: Final = 10 * EVENT.size
"""So many bytes in a row without one event, and what is plugged in is no keyboard."""


class Decoder(Protocol):
    """A pad's dialect: bytes in, presses and releases out."""

    junk: int
    junk_in_a_row: int

    def feed(self, data: bytes) -> list[Key]:
        """Take in bytes and return the keys they complete."""
        ...


class Keypad(Device, Generic[Meaning]):
    """A pad that speaks only when a key is pressed: open and silent, it is online.

    A pad on the network is online while it asks.
    """

    keymaps: ClassVar[Path]
    """A folder with one ``<model>.toml`` for each kind of pad (devices.kit.padmodel)."""
    meanings: ClassVar[Any]
    """The type of a key map: ``dict[int, …]``."""

    @classmethod
    def build(cls, name: str, entry: Any, premises: Premises, opener: Opener, around: Surroundings) -> Self:
        pad = cls(name, entry, opener, around)
        pad.folders = (premises.path.parent / "keymaps" / cls.kind, *pad.folders)
        return pad

    def __init__(self, name: str, entry: Entry, opener: Opener, around: Surroundings) -> None:
        super().__init__(name, entry, opener, around)
        self.folders: tuple[Path, ...] = (self.keymaps,)
        """Where its model is looked for; a hall's own, ``keymaps/<kind>`` beside its file, comes first."""
        self._lights: tuple[int, ...] = ()

    @abstractmethod
    def pressed(self, meaning: Meaning) -> None:
        """A key of the map went down."""

    @property
    def waiting(self) -> bool:
        """Whether a key pressed now would count."""
        return True

    def signal(self) -> None:
        """Show on the pad whether a key is waited for, where it has a lamp or a screen."""
        if self.link is not None and isinstance(self.link, PadEnd):
            self.link.signal(self.waiting, self._lights)

    async def serve(self, link: Link) -> None:
        model = find_model(str(getattr(self.entry, "model", "")), self.folders, self.meanings)
        self._lights = model.lights
        decoder, debounce = self._decoder(model), Debounce()
        self.signal()
        if model.posts is None:
            self.report("online")
        while True:
            data = await self._heard(link, model.posts.silent_s if model.posts else None)
            junk_before = decoder.junk
            keys = decoder.feed(data)
            if isinstance(decoder, KeyDecoder) and decoder.astray:
                keys += decoder.resync(link.active_keys() if isinstance(link, PadEnd) else None)
            for key in keys:
                if key.pressed and debounce.admits(key) and key.code in model.keys:
                    self.pressed(model.keys[key.code])
            self._judge(decoder, decoder.junk - junk_before)

    async def _heard(self, link: Link, silent_s: float | None) -> bytes:
        """The next bytes; says so when a pad that is to speak does not."""
        while True:
            try:
                async with asyncio.timeout(silent_s):
                    return await link.read()
            except TimeoutError:
                self.report("offline", self.around.sentence("pad_silent"))

    def _decoder(self, model: PadModel) -> Decoder:
        if model.frame is not None:
            return FrameKeyDecoder(model.frame, self._now_us)
        if model.posts is not None:
            return PostDecoder(model.posts, self._now_us)
        return KeyDecoder()

    def _now_us(self) -> int:
        return round(self.around.clock.monotonic() * 1_000_000)

    def _judge(self, decoder: Decoder, junk: int) -> None:
        if junk:
            self.errors += 1
        if decoder.junk_in_a_row >= JUNK_LIMIT:
            self.report(
                "hardwareError",
                f"{self.entry.link} sends bytes that are no key events; plug a keypad in there",
            )
        elif isinstance(decoder, KeyDecoder) and decoder.stuck:
            self.report("userError", self.around.sentence("key_stuck"))
        elif decoder.junk_in_a_row == 0:
            self.report("online")
