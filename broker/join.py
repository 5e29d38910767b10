"""How a room gets onto the bus: ``async with join(hall=..., room="devices", ...).running() as bus: ...``."""

from pathlib import Path

from broker.client import Bus
from broker.clock import Clock
from broker.credentials import password
from broker.ids import ulids
from broker.paho import PahoTransport
from broker.topics import Topic
from broker.transport import Packet


class CannotWork(Exception):
    """A room can't do its work here. The message is all there is to say, what to do about it included."""


def join(*, hall: str, room: str, host: str, port: int, data: Path, clock: Clock) -> Bus:
    """The bus as `room` of `hall`: it owns its availability, and the broker wills it `offline`.

    `data` is the hall's folder, where the rooms' credentials lie; raises `OSError` when they can't be read.
    """
    availability = Topic(hall, "room", room, "availability")
    transport = PahoTransport(
        host=host,
        port=port,
        client_id=f"{hall}-{room}",
        username=room,
        password=password(data, room),
        will=Packet(str(availability), b"offline", qos=1, retain=True),
    )
    bus = Bus(hall, room, transport, clock, ulids(clock))
    bus.own_availability(availability)
    return bus
