"""Who may say and hear what on the bus: the least each room needs, as Mosquitto's access control list."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from broker.topics import CONTROLLER_ID, DEVICE_KINDS, ID_PATTERN, LEAVES, topic_filter

KIOSK_PREFIX: Final = "kiosk-"

_OWNED: Final = ("availability", "state", "event", "telemetry", "reply")
"""The leaves an owner writes."""
_ASKED: Final = ("command", "ack")
"""The leaves an owner reads."""
_SEEN: Final = ("availability", "state", "event", "telemetry")
"""What anybody may be shown: no commands, no answers meant for another."""
_CONTROLLED: Final = ("controller", "queue", "counter", "alarm", "notice", "task", "appointments")
"""The kinds the controller owns."""


class Rights(NamedTuple):
    """Topics and filters a room may hear and may write."""

    read: list[str]
    write: list[str]


class UnknownRoom(ValueError):
    """Nothing is known of what this room needs."""


def rights(hall: str, room: str) -> Rights:
    """What `room` of `hall` may hear and say; raises `UnknownRoom`."""
    own = _its_own(hall, room)
    if room.startswith(KIOSK_PREFIX) and ID_PATTERN.fullmatch(room.removeprefix(KIOSK_PREFIX)):
        return _joined(own, _kiosk(hall, room.removeprefix(KIOSK_PREFIX)))
    makers = {
        "controller": _controller,
        "devices": _devices,
        "console": _console,
        "simulators": _simulators,
        "observer": _observer,
        "up": _up,
        "bench": _bench,
    }
    if room not in makers:
        raise UnknownRoom(f"{room!r} is none of the rooms {', '.join(makers)} or {KIOSK_PREFIX}<id>")
    return _joined(own, makers[room](hall))


def acl(hall: str, rooms: Iterable[str]) -> str:
    """The access control list (mosquitto.conf(5), acl_file) of all `rooms`; raises `UnknownRoom`."""
    lines: list[str] = []
    for room in rooms:
        may = rights(hall, room)
        lines += [f"user {room}", *_merged(may), ""]
    return "\n".join(lines)


def _merged(may: Rights) -> list[str]:
    both = [topic for topic in may.read if topic in may.write]
    return [
        *(f"topic readwrite {topic}" for topic in both),
        *(f"topic read {topic}" for topic in may.read if topic not in both),
        *(f"topic write {topic}" for topic in may.write if topic not in both),
    ]


def _its_own(hall: str, room: str) -> Rights:
    """Every room tells whether it is there, and gets the answers to what it asks."""
    return Rights(
        read=[topic_filter(hall, "room", room, "reply")],
        write=[topic_filter(hall, "room", room, "availability")],
    )


def _controller(hall: str) -> Rights:
    return Rights(
        read=[
            *_all(hall, (*DEVICE_KINDS, "kiosk"), (*_SEEN, "reply")),
            topic_filter(hall, "controller", CONTROLLER_ID, "command"),
            # it finds what an earlier run left behind, and takes it off the bus
            *_all(hall, _CONTROLLED, ("availability", "state")),
            topic_filter(hall, "room", leaf="availability"),
        ],
        write=[
            *_all(hall, _CONTROLLED, _OWNED),
            *_all(hall, (*DEVICE_KINDS, "kiosk"), _ASKED),
            topic_filter(hall, "room", leaf="reply"),
        ],
    )


def _devices(hall: str) -> Rights:
    return Rights(
        # the microphones must know when the hall itself speaks
        read=[
            *_all(hall, DEVICE_KINDS, _ASKED),
            topic_filter(hall, "announcer", leaf="event"),
            # and loudspeakers how loud the hall is
            topic_filter(hall, "mic_monitor", leaf="telemetry"),
        ],
        write=[*_all(hall, DEVICE_KINDS, _OWNED), topic_filter(hall, "room", leaf="reply")],
    )


def _console(hall: str) -> Rights:
    return Rights(
        read=[topic_filter(hall, leaf=leaf) for leaf in _SEEN],
        write=[
            topic_filter(hall, "controller", CONTROLLER_ID, "command"),
            # how a notice would stand on a board
            topic_filter(hall, "led_board", leaf="command"),
            # only a hall that simulates has anybody who listens there
            topic_filter(hall, "simulator", leaf="command"),
        ],
    )


def _kiosk(hall: str, kiosk: str) -> Rights:
    """A kiosk owns itself and, where it has no screen of its own, the simulated finger on it."""
    itself = [("kiosk", kiosk), ("simulator", kiosk)]
    return Rights(
        read=[
            *(topic_filter(hall, kind, owner, leaf) for kind, owner in itself for leaf in _ASKED),
            *_all(hall, ("controller", "queue", "counter", "appointments"), _SEEN),
            *_all(hall, ("id_reader", "ticket_printer"), ("availability", "state", "event")),
            topic_filter(hall, "room", leaf="availability"),
        ],
        write=[
            *(topic_filter(hall, kind, owner, leaf) for kind, owner in itself for leaf in _OWNED),
            topic_filter(hall, "controller", CONTROLLER_ID, "command"),
            # the technician's test print
            topic_filter(hall, "ticket_printer", leaf="command"),
            topic_filter(hall, "room", leaf="reply"),
        ],
    )


def _simulators(hall: str) -> Rights:
    """The stand-ins own themselves; the simulated crowd takes numbers and works the counters."""
    return Rights(
        read=[
            *_all(hall, ("simulator",), (*_SEEN, *_ASKED)),
            *_all(hall, (*_CONTROLLED, "kiosk", *DEVICE_KINDS, "room"), _SEEN),
        ],
        write=[
            *_all(hall, ("simulator",), (*_OWNED, "command")),
            topic_filter(hall, "controller", CONTROLLER_ID, "command"),
            topic_filter(hall, "room", leaf="reply"),
        ],
    )


def _up(hall: str) -> Rights:
    """`hallkeeper up` shows who is there, and starts again who is not."""
    return Rights(read=[topic_filter(hall, leaf="availability")], write=[])


def _observer(hall: str) -> Rights:
    """A technician with mosquitto_sub: hears everything, says nothing."""
    return Rights(read=[f"hall/{hall}/#", "$SYS/#"], write=[])


def _bench(hall: str) -> Rights:
    """Measurements and tests: hears everything, asks as a kiosk, a clerk or a simulated hand would."""
    return Rights(
        read=[f"hall/{hall}/#"],
        write=[
            topic_filter(hall, "controller", CONTROLLER_ID, "command"),
            topic_filter(hall, "simulator", leaf="command"),
            # a technician calibrates a pickup
            topic_filter(hall, "mic_monitor", leaf="command"),
        ],
    )


def _all(hall: str, kinds: Sequence[str], leaves: Sequence[str]) -> list[str]:
    """A filter for each kind and leaf; one for the kind where all leaves are meant."""
    if set(leaves) == set(LEAVES):
        return [topic_filter(hall, kind) for kind in kinds]
    return [topic_filter(hall, kind, leaf=leaf) for kind in kinds for leaf in leaves]


def _joined(one: Rights, other: Rights) -> Rights:
    return Rights(
        read=list(dict.fromkeys((*one.read, *other.read))),
        write=list(dict.fromkeys((*one.write, *other.write))),
    )
