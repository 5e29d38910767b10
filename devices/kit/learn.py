"""Learn mode: somebody presses the keys of an unknown pad in the order asked, and out comes its key map.

Pure. `hallkeeper doctor pad --learn LINK` asks and listens.
"""

from collections.abc import Mapping, Sequence
from typing import Final, Generic, Literal, TypeVar

import tomli_w

Meaning = TypeVar("Meaning")

Verdict = Literal["taken", "taken_before", "over"]

ASKED: Final[Mapping[str, tuple[int | str, ...]]] = {
    "rating_pad": (5, 4, 3, 2, 1),
    "call_pad": ("next", "recall", "pass", "hold", "finish"),
}
"""Kind → what its keys mean, in the order they are asked for."""


class Lesson(Generic[Meaning]):
    """Asks for one meaning after the other."""

    def __init__(self, asked: Sequence[Meaning]) -> None:
        self.keymap: dict[int, Meaning] = {}
        """What has been learned: key code → meaning."""
        self._asked = list(asked)

    @property
    def wanted(self) -> Meaning | None:
        """The meaning whose key is to be pressed next; None when all are known."""
        known = len(self.keymap)
        return self._asked[known] if known < len(self._asked) else None

    def press(self, code: int) -> Verdict:
        """A key went down. One that means something already is not taken again."""
        wanted = self.wanted
        if wanted is None:
            return "over"
        if code in self.keymap:
            return "taken_before"
        self.keymap[code] = wanted
        return "taken"


def keymap_toml(keymap: Mapping[int, Meaning], remark: str) -> str:
    """A model file as `devices.kit.padmodel` reads it, `remark` above it."""
    table = {"lights": [0, 1, 2], "keys": {str(code): meaning for code, meaning in keymap.items()}}
    return f"# {remark}\n\n{tomli_w.dumps(table)}"
