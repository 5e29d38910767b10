"""How the screen suits whoever is before it (domain.md section 4). All of it ends with the visit."""

from dataclasses import dataclass, replace
from typing import Final, Literal, get_args

Mode = Literal["elder", "low", "contrast", "spoken"]
MODES: Final[tuple[Mode, ...]] = get_args(Mode)


@dataclass(frozen=True)
class Modes:
    """What was switched on."""

    elder: bool = False
    """Everything larger, less of it at a time, and spoken."""
    low: bool = False
    """Every control within reach of somebody in a wheelchair."""
    contrast: bool = False
    """Black and white, with hard edges."""
    spoken: bool = False
    """Prompts are said, and stand on the screen in words."""

    def has(self, mode: Mode) -> bool:
        return bool(getattr(self, mode))

    def switched(self, mode: Mode, on: bool) -> "Modes":
        """With `mode` on or off; what is larger is spoken as well."""
        if mode == "elder":
            return replace(self, elder=on, spoken=on)
        return replace(self, **{mode: on})


PLAIN: Final = Modes()
"""As the next visitor finds the screen."""
