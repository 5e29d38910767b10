"""Every topic of the hall is built and parsed here, and nowhere else (docs/bus.md).

A topic is ``hall/<hall>/<kind>/<id>/<leaf>``: lower-case ASCII letters, digits and ``-``, and ``_`` in kinds.
"""

import re
from typing import Final, Literal, NamedTuple, get_args

DeviceKind = Literal[
    "ticket_printer",
    "id_reader",
    "rating_pad",
    "call_pad",
    "led_board",
    "mic_monitor",
    "announcer",
]
HallKind = Literal[
    "kiosk", "counter", "queue", "appointments", "alarm", "notice", "task", "controller", "room"
]
Kind = Literal[DeviceKind, HallKind, "simulator"]
Leaf = Literal["availability", "state", "event", "ack", "telemetry", "command", "reply"]

DEVICE_KINDS: Final[tuple[DeviceKind, ...]] = get_args(DeviceKind)
KINDS: Final[tuple[Kind, ...]] = (*DEVICE_KINDS, *get_args(HallKind), "simulator")
LEAVES: Final[tuple[Leaf, ...]] = get_args(Leaf)

CONTROLLER_ID: Final = "main"
"""There is one controller in a hall, and this is its id."""

ID_PATTERN: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
"""What an id may look like, in ``hall.toml`` as on the bus."""


class BadTopic(ValueError):
    """The text is not a topic of a hall; the message says which part is wrong."""


class Topic(NamedTuple):
    """One address on the bus."""

    hall: str
    kind: Kind
    id: str
    leaf: Leaf

    def __str__(self) -> str:
        return f"hall/{self.hall}/{self.kind}/{self.id}/{self.leaf}"

    def sibling(self, leaf: Leaf) -> "Topic":
        """The same owner's topic with another leaf."""
        return self._replace(leaf=leaf)

    @classmethod
    def parse(cls, text: str) -> "Topic":
        """Read a topic, or raise `BadTopic`."""
        parts = text.split("/")
        if len(parts) != 5 or parts[0] != "hall":
            raise BadTopic(f"{text!r} is not hall/<hall>/<kind>/<id>/<leaf>")
        _, hall, kind, owner, leaf = parts
        for what, value in (("hall", hall), ("id", owner)):
            if not ID_PATTERN.fullmatch(value):
                raise BadTopic(f"{what} {value!r} in {text!r} is not made of a-z, 0-9 and -")
        if kind not in KINDS:
            raise BadTopic(f"kind {kind!r} in {text!r} is not one of {', '.join(KINDS)}")
        if leaf not in LEAVES:
            raise BadTopic(f"leaf {leaf!r} in {text!r} is not one of {', '.join(LEAVES)}")
        return cls(hall, kind, owner, leaf)


def topic_filter(hall: str, kind: str = "+", owner: str = "+", leaf: str = "+") -> str:
    """A subscription filter; a part left out matches anything."""
    return f"hall/{hall}/{kind}/{owner}/{leaf}"
