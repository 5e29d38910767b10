"""What the bus needs of a connection. The real one is paho's (`broker.paho`); tests use `broker.memory`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Packet:
    """One MQTT publish, as it came or as it goes."""

    topic: str
    payload: bytes
    qos: int
    retain: bool = False
    response_topic: str | None = None
    correlation: bytes | None = None
    expiry_s: float | None = None
    """MQTT 5 message expiry, real seconds."""


class NotConnected(ConnectionError):
    """Nothing can be sent now: the broker is out of reach."""


class Transport(Protocol):
    """One connection to the broker: it reconnects by itself, and keeps nothing while it is away."""

    on_packet: Callable[[Packet], None]
    """Called on the event loop for each publish that arrives."""
    on_up: Callable[[], None]
    """Called on the event loop after each (re)connect."""
    on_down: Callable[[str], None]
    """Called on the event loop when the connection is lost, with why."""

    async def run(self) -> None:
        """Connect, and reconnect with back-off, until cancelled; on cancelling say goodbye properly."""

    def publish(self, packet: Packet) -> None:
        """Hand a packet to the broker; raises `NotConnected`."""

    def subscribe(self, filters: list[str]) -> None:
        """Ask for topics, QoS 1; raises `NotConnected`."""

    def unsubscribe(self, filters: list[str]) -> None:
        """Ask for topics no more; raises `NotConnected`."""
