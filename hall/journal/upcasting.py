"""Events that were written when their type had other keys, brought up to what the program knows now."""

from collections.abc import Callable, Mapping
from typing import Any, Final, get_args

import msgspec

from hall.core.events import AnyEvent, Event, decode, type_of

Body = dict[str, Any]

Upcaster = Callable[[Body], Body]
"""Turns a body of one version into that of the next."""

UPCASTERS: Final[Mapping[tuple[str, int], Upcaster]] = {}
"""(type, version) → what makes the next version of it. A new key with a default needs none."""

CLASSES: Final[dict[str, type[Event]]] = {
    str(kind.__struct_config__.tag): kind for kind in get_args(AnyEvent)
}
VERSIONS: Final[dict[str, int]] = {
    name: kind.__struct_defaults__[kind.__struct_fields__.index("v") - len(kind.__struct_fields__)]
    for name, kind in CLASSES.items()
}


def version_of(event: Event) -> int:
    """The version of the event's type that this program writes."""
    return VERSIONS[type_of(event)]


def read(
    kind: str, v: int, body: bytes, upcasters: Mapping[tuple[str, int], Upcaster] = UPCASTERS
) -> AnyEvent:
    """The event of a body of any version; raises `msgspec.MsgspecError` when it can't be read."""
    known = VERSIONS.get(kind)
    if known == v:
        return decode(body)
    if known is None or v > known:
        raise msgspec.ValidationError(
            f"{kind} of version {v} is of a newer program than this one; update the program"
        )
    said: Body = msgspec.json.decode(body)
    for version in range(v, known):
        upcast = upcasters.get((kind, version))
        if upcast is None:
            raise msgspec.ValidationError(f"nothing turns {kind} of version {version} into the next")
        said = upcast(said)
    said["type"], said["v"] = kind, known
    event: AnyEvent = msgspec.convert(said, AnyEvent)
    return event
