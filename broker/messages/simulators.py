"""What stands in for a hand at a simulated device. Only halls that simulate have these topics."""

from typing import Any

import msgspec

from broker.messages.envelope import Command, Event, Message


class Switch(Command, frozen=True, kw_only=True, tag="switch"):
    """Turn `control` of a simulated device to `value`: cover, paper_mm, card, key, scene, …"""

    control: str
    value: bool | int | float | str | None


class Touch(Command, frozen=True, kw_only=True, tag="touch"):
    """A finger on a kiosk that has no screen of its own, in the screen's pixels."""

    x: int
    y: int


class SimulatorState(Message, frozen=True, kw_only=True, tag="state"):
    """The whole visible state of one simulated device."""

    kind: str
    """The kind of device it stands for."""
    controls: dict[str, Any]
    """What can be switched, and how it stands now."""
    choices: dict[str, list[str]] = msgspec.field(default_factory=dict)
    """For controls that pick one of several."""
    shows: dict[str, Any] = msgspec.field(default_factory=dict)
    """What can be seen on it: lines on a board, levels, the last key."""
    picture: str | None = None
    """File name in the hall's pictures folder; null where there is nothing to see."""
    picture_version: int = 0


class FirstByte(Event, frozen=True, kw_only=True, tag="first_byte"):
    """The first byte of a job reached the simulated device: what the bench measures against."""

    monotonic_ns: int
    """CLOCK_MONOTONIC of the machine, ns."""
    what: str
    """The job: ``print``, ``show``."""
