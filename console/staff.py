"""Who works on tasks: by name, with a code of their own, so that what was done has somebody who did it."""

import hmac
import os
import secrets
import tomllib
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from broker.clock import Clock

DIGITS: Final = 6
TRIES: Final = 5
"""So many wrong codes within `TRIES_S` real seconds; then nobody is let in for a while."""
TRIES_S: Final = 60.0


class Codes:
    """The staff's codes: a file in the hall's data folder, for its technician to hand out."""

    def __init__(self, data: Path, clock: Clock) -> None:
        self.path = data / "private" / "staff-codes.toml"
        self._clock = clock
        self._wrong: deque[float] = deque(maxlen=TRIES)

    def make(self, staff: Iterable[str]) -> None:
        """Give everybody who has none a code; raises `OSError`."""
        known = self._read()
        fresh = {name: f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}" for name in staff if name not in known}
        if not fresh:
            return
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lines = "".join(f'{name} = "{code}"\n' for name, code in {**known, **fresh}.items())
        aside = self.path.with_suffix(".new")
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(lines)
        aside.replace(self.path)

    @property
    def may_try(self) -> bool:
        """Whether a code may be tried now."""
        now = self._clock.monotonic()
        return len(self._wrong) < TRIES or now - self._wrong[0] > TRIES_S

    def fits(self, name: str, code: str) -> bool:
        """Whether it is the code of `name`; a wrong one is counted."""
        known = self._read().get(name)
        if known is not None and hmac.compare_digest(known.encode(), code.strip().encode()):
            return True
        self._wrong.append(self._clock.monotonic())
        return False

    def _read(self) -> dict[str, str]:
        with suppress(OSError, tomllib.TOMLDecodeError, UnicodeDecodeError):
            found = tomllib.loads(self.path.read_text(encoding="utf-8"))
            return {name: str(code) for name, code in found.items()}
        return {}
