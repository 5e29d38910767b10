"""What a model of pad is: which key means what, and how it says so. One TOML file a model."""

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from devices.kit.errors import Misconfigured
from devices.kit.keyframes import FrameShape
from devices.kit.keyposts import PostShape


class PadModel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A pad of Linux input events, unless a `frame` or `posts` says otherwise."""

    keys: dict[int, Any]
    """Key code (a frame's key byte, a post's number) → what it means."""
    lights: tuple[int, ...] = ()
    """The lamps to be lit while a key is waited for, where the pad has them (input-event-codes.h, LED_…)."""
    frame: FrameShape | None = None
    posts: PostShape | None = None

    def __post_init__(self) -> None:
        if self.frame is not None and self.posts is not None:
            raise ValueError("a pad has frames or posts, not both")


def find_model(name: str, folders: Iterable[Path], meanings: Any) -> PadModel:
    """The model `name` out of the first folder that has it, its keys read as `meanings`.

    Raises `Misconfigured`, which names the models there are, or the mistake in the file.
    """
    known: dict[str, Path] = {}
    for folder in folders:
        for path in sorted(folder.glob("*.toml")):
            known.setdefault(path.stem, path)
    if name not in known:
        raise Misconfigured(f"there is no key map {name!r}; known are: {', '.join(known)}")
    try:
        table = tomllib.loads(known[name].read_text(encoding="utf-8"))
        model = msgspec.convert(table, PadModel, str_keys=True)
        return msgspec.structs.replace(model, keys=msgspec.convert(model.keys, meanings))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise Misconfigured(f"the key map {known[name].name} can't be used: {error}; correct it") from None
