"""The passwords by which the broker knows the rooms: made by chance once, readable by their owner only."""

import os
import secrets
from pathlib import Path

from broker.topics import ID_PATTERN


def password(data: Path, room: str) -> str:
    """The password of `room`, from ``<data>/credentials/<room>``; made when there is none yet.

    Whoever asks first makes it, the broker's configuration or the room; raises `OSError`.
    """
    if not ID_PATTERN.fullmatch(room):
        raise ValueError(f"a room's name is made of a-z, 0-9 and -, not {room!r}")
    folder = data / "credentials"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / room
    if not path.exists():
        _create(path, secrets.token_urlsafe(24))
    return path.read_text(encoding="ascii").strip()


def _create(path: Path, text: str) -> None:
    """Write a new file that appears whole or not at all, also when two processes make it at once."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    number = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(number, "w", encoding="ascii") as file:
        file.write(text + "\n")
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
