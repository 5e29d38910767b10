"""What rating pads and call pads share: a USB keypad whose keys mean something (protocols.md 3.2)."""

import logging
import tomllib
from abc import abstractmethod
from pathlib import Path
from typing import Any, ClassVar, Final, Generic, TypeVar

import msgspec

from devices.kit.device import Device
from devices.kit.errors import Misconfigured
from devices.kit.keys import EVENT, Debounce, KeyDecoder
from devices.kit.link import Link

log = logging.getLogger(__name__)

Meaning = TypeVar("Meaning")

JUNK_LIMIT: Final = 10 * EVENT.size
"""So many bytes in a row without one event, and what is plugged in is no keyboard."""


class Keypad(Device, Generic[Meaning]):
    """A pad that speaks only when a key is pressed: open and silent, it is online.

    A pad with another wire (a vendor's serial frames, HTTP) overrides `serve` and calls `pressed`
    (protocols.md 3.3).
    """

    keymaps: ClassVar[Path]
    """A folder with one ``<model>.toml`` for each kind of pad: key code → meaning."""
    meanings: ClassVar[Any]
    """The type of a key map: ``dict[int, …]``."""

    @abstractmethod
    def pressed(self, meaning: Meaning) -> None:
        """A key of the map went down."""

    async def serve(self, link: Link) -> None:
        keymap = self._keymap()
        decoder, debounce = KeyDecoder(), Debounce()
        self.report("online")
        while True:
            junk_before = decoder.junk
            for key in decoder.feed(await link.read()):
                if key.pressed and debounce.admits(key) and key.code in keymap:
                    self.pressed(keymap[key.code])
            self._judge(decoder, decoder.junk - junk_before)

    def _judge(self, decoder: KeyDecoder, junk: int) -> None:
        if junk:
            self.errors += 1
        if decoder.junk_in_a_row >= JUNK_LIMIT:
            self.report(
                "hardwareError",
                f"{self.entry.link} sends bytes that are no key events; plug a keypad in there",
            )
        elif decoder.junk_in_a_row == 0:
            self.report("online")

    def _keymap(self) -> dict[int, Meaning]:
        model = str(getattr(self.entry, "model", ""))
        known = {path.stem: path for path in sorted(self.keymaps.glob("*.toml"))}
        if model not in known:
            raise Misconfigured(
                f"there is no key map for the model {model!r} of {self.name}; known are: {', '.join(known)}"
            )
        try:
            table = tomllib.loads(known[model].read_text(encoding="utf-8"))
            keymap: dict[int, Meaning] = msgspec.convert(table.get("keys"), self.meanings, str_keys=True)
        except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
            raise Misconfigured(
                f"the key map {known[model].name} can't be used: {error}; correct it"
            ) from None
        return keymap
