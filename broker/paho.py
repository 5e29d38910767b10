"""The real connection to the broker: paho-mqtt 2 (MQTT 5), driven by the event loop.

paho is used as a codec and a state machine for one connection at a time: every attempt gets a client of its
own, so nothing that was on its way when a connection broke is sent again behind the application's back.
What must survive a broken connection is kept where its meaning is known: states by `broker.client.Bus`,
events by `broker.outbox.Outbox`, commands by the asker, who asks again with the same id.
"""

import asyncio
import contextlib
import logging
import math
import socket
from collections.abc import AsyncIterator, Callable
from typing import Any, Final

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from broker.messages.envelope import MAX_BYTES
from broker.transport import NotConnected, Packet

log = logging.getLogger(__name__)

FIRST_RETRY_S: Final = 0.1
LAST_RETRY_S: Final = 2.0
"""A room is back on the bus at most 2 s after the broker is, so the back-off stops growing there."""
KEEPALIVE_S: Final = 15
"""The broker wills a frozen room `offline` after one and a half of this."""
SESSION_EXPIRY_S: Final = 3600
"""The broker keeps a room's subscriptions, and what arrives for it, this long."""
CONNECT_TIMEOUT_S: Final = 2.0
GOODBYE_S: Final = 3.0
"""How long a room that leaves waits for the broker to take its last words."""
MOST_UNACKNOWLEDGED: Final = 2000
"""Publishes on their way to a broker that has stopped answering; the next one is refused."""
MAX_PACKET_BYTES: Final = MAX_BYTES + 4096
"""The largest packet taken: the largest payload and room for its topic and properties."""


class PahoTransport:
    """One room's connection: reconnects by itself, and keeps nothing while it is away."""

    def __init__(
        self,
        *,
        host: str,
        port: int,
        client_id: str,
        username: str | None = None,
        password: str | None = None,
        will: Packet | None = None,
    ) -> None:
        self.on_packet: Callable[[Packet], None] = _ignore
        self.on_up: Callable[[], None] = _ignore
        self.on_down: Callable[[str], None] = _ignore
        self._host = host
        self._port = port
        self._client_id = client_id
        self._username = username
        self._password = password
        self._will = will
        self._client: Client | None = None
        """The client whose connection the broker has accepted."""
        self._unacknowledged: set[int] = set()
        self._all_taken = asyncio.Event()
        self._complained: str | None = None
        self._refused = 0
        """Messages of this connection that the broker did not take; the first is logged."""

    async def run(self) -> None:
        """Connect, and reconnect with back-off, until cancelled; on cancelling say goodbye properly."""
        retry_s = FIRST_RETRY_S
        while True:
            started = asyncio.get_running_loop().time()
            self._complain(await self._connection())
            if asyncio.get_running_loop().time() - started > LAST_RETRY_S:
                retry_s = FIRST_RETRY_S
            await asyncio.sleep(retry_s)
            retry_s = min(LAST_RETRY_S, retry_s * 2)

    def publish(self, packet: Packet) -> None:
        """Hand a packet to the broker; raises `NotConnected`."""
        if self._client is None:
            raise NotConnected(f"the broker at {self._host}:{self._port} is out of reach")
        info = self._client.publish(
            packet.topic, packet.payload, packet.qos, packet.retain, properties=_properties(packet)
        )
        if info.rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
            raise NotConnected(f"the broker at {self._host}:{self._port} takes nothing ({info.rc.name})")
        if packet.qos:
            self._unacknowledged.add(info.mid)
            self._all_taken.clear()

    def subscribe(self, filters: list[str]) -> None:
        """Ask for topics, QoS 1; raises `NotConnected`."""
        if self._client is None:
            raise NotConnected(f"the broker at {self._host}:{self._port} is out of reach")
        # as published: a command somebody retained must be seen to be retained, or it would be obeyed
        options = SubscribeOptions(qos=1, retainAsPublished=True)
        self._client.subscribe([(filter_, options) for filter_ in filters])

    def unsubscribe(self, filters: list[str]) -> None:
        """Ask for topics no more; raises `NotConnected`."""
        if self._client is None:
            raise NotConnected(f"the broker at {self._host}:{self._port} is out of reach")
        self._client.unsubscribe(filters)

    async def _connection(self) -> str:
        """One connection from its attempt to its end; returns why it ended."""
        ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        client = self._new_client(ended)
        try:
            async with self._opened(client):
                while not ended.done():
                    await asyncio.wait([ended], timeout=1.0)
                    client.loop_misc()
                return ended.result()
        except asyncio.CancelledError:
            raise
        except OSError as error:
            return str(error)
        except Exception as error:
            log.exception("the connection to the broker failed in a way that is our fault; connecting again")
            return repr(error)

    @contextlib.asynccontextmanager
    async def _opened(self, client: Client) -> AsyncIterator[None]:
        """A TCP connection for `client`, served by the loop; on the way out, goodbye and close."""
        attempt = asyncio.ensure_future(asyncio.to_thread(self._dial, client))
        try:
            await asyncio.shield(attempt)
            self._serve(client)
            yield
        finally:
            # a thread can't be cancelled: its connection is closed once it has one
            await asyncio.wait([attempt])
            with contextlib.suppress(Exception):
                attempt.result()
            await self._goodbye(client)
            _hang_up(client)

    def _dial(self, client: Client) -> None:
        """Blocking, in a thread: before the socket callbacks are set, so none runs outside the loop."""
        properties = _new_properties(PacketTypes.CONNECT)
        properties.SessionExpiryInterval = SESSION_EXPIRY_S
        properties.MaximumPacketSize = MAX_PACKET_BYTES
        client.connect(self._host, self._port, KEEPALIVE_S, clean_start=False, properties=properties)

    def _serve(self, client: Client) -> None:
        """Let the event loop read and write the client's socket from here on."""
        loop = asyncio.get_running_loop()
        sock = client.socket()
        if sock is None:
            raise ConnectionError("the broker closed the connection at once")
        if isinstance(sock, socket.socket):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        number = sock.fileno()

        def write_when_ready(*_: object) -> None:
            loop.add_writer(number, _turn, client, client.loop_write)

        def wrote_all(*_: object) -> None:
            loop.remove_writer(number)

        def forget(*_: object) -> None:
            loop.remove_reader(number)
            loop.remove_writer(number)

        client.on_socket_register_write = write_when_ready
        client.on_socket_unregister_write = wrote_all
        client.on_socket_close = forget
        loop.add_reader(number, _turn, client, client.loop_read)
        if client.want_write():
            write_when_ready()

    async def _goodbye(self, client: Client) -> None:
        """Wait until the broker has taken what was sent, then disconnect without raising the last will."""
        if self._client is not client:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE_S):
                await self._all_taken.wait()
        client.disconnect()
        _turn(client, client.loop_write)

    def _new_client(self, ended: asyncio.Future[str]) -> Client:
        client = Client(
            CallbackAPIVersion.VERSION2, client_id=self._client_id, protocol=MQTTProtocolVersion.MQTTv5
        )
        client.suppress_exceptions = True
        client.connect_timeout = CONNECT_TIMEOUT_S
        client.max_queued_messages_set(MOST_UNACKNOWLEDGED)
        client.username_pw_set(self._username, self._password)
        if self._will is not None:
            client.will_set(self._will.topic, self._will.payload, self._will.qos, self._will.retain)
        self._unacknowledged.clear()
        self._all_taken.set()
        self._refused = 0

        def connected(_: Client, __: Any, ___: ConnectFlags, reason: ReasonCode, ____: Any) -> None:
            if reason.is_failure:
                _end(ended, f"the broker refuses {self._client_id}: {reason}")
            else:
                self._came_up(client)

        def disconnected(_: Client, __: Any, ___: DisconnectFlags, reason: ReasonCode, ____: Any) -> None:
            # paho's name for a connection that just ended
            why = "the connection was lost" if reason == "Unspecified error" else str(reason)
            _end(ended, why)
            if self._client is client:
                self._client = None
                self._call(self.on_down, why)

        def published(_: Client, __: Any, mid: int, reason: ReasonCode, ____: Any) -> None:
            self._taken(mid, reason)

        client.on_connect = connected
        client.on_disconnect = disconnected
        client.on_publish = published
        client.on_message = lambda _, __, message: self._arrived(message)
        return client

    def _came_up(self, client: Client) -> None:
        self._client = client
        self._complained = None
        log.info("%s is on the bus at %s:%d", self._client_id, self._host, self._port)
        self._call(self.on_up)

    def _taken(self, mid: int, reason: ReasonCode) -> None:
        self._unacknowledged.discard(mid)
        if not self._unacknowledged:
            self._all_taken.set()
        if reason.is_failure:
            level = logging.DEBUG if self._refused else logging.WARNING
            log.log(level, "the broker refused a message of %s: %s", self._client_id, reason)
            self._refused += 1

    def _arrived(self, message: MQTTMessage) -> None:
        try:
            packet = _packet(message)
        except UnicodeDecodeError:
            return
        self._call(self.on_packet, packet)

    def _call(self, callback: Callable[..., None], *values: object) -> None:
        try:
            callback(*values)
        except Exception:
            log.exception("what follows a message from the broker failed; %s goes on", self._client_id)

    def _complain(self, why: str) -> None:
        """Log why the broker is out of reach, once for each reason until it is back."""
        if why != self._complained:
            log.warning("the broker at %s:%d is out of reach: %s; trying again", self._host, self._port, why)
            self._complained = why


def _ignore(*_: object) -> None:
    """What a transport calls until somebody listens."""


def _end(ended: asyncio.Future[str], why: str) -> None:
    if not ended.done():
        ended.set_result(why)


def _turn(client: Client, step: Callable[[], MQTTErrorCode]) -> None:
    """Read or write once; bytes that paho itself stumbles over end the connection, not the room."""
    try:
        step()
    except Exception:
        log.exception("the broker sent what could not be read; connecting again")
        _hang_up(client)


def _hang_up(client: Client) -> None:
    """Close the TCP connection if it is still open: paho then fails to read and lets go of it."""
    sock = client.socket()
    if sock is not None:
        if client.on_socket_close is not None:
            client.on_socket_close(client, None, sock)
        sock.close()
        client.loop_read()


def _new_properties(packet_type: int) -> Properties:
    properties: Properties = Properties(packet_type)  # type: ignore[no-untyped-call]  # paho's is not annotated
    return properties


def _properties(packet: Packet) -> Properties | None:
    if packet.response_topic is None and packet.correlation is None and packet.expiry_s is None:
        return None
    properties = _new_properties(PacketTypes.PUBLISH)
    if packet.response_topic is not None:
        properties.ResponseTopic = packet.response_topic
    if packet.correlation is not None:
        properties.CorrelationData = packet.correlation
    if packet.expiry_s is not None:
        properties.MessageExpiryInterval = max(1, math.ceil(packet.expiry_s))
    return properties


def _packet(message: MQTTMessage) -> Packet:
    properties = message.properties
    return Packet(
        message.topic,
        bytes(message.payload),
        message.qos,
        message.retain,
        response_topic=getattr(properties, "ResponseTopic", None),
        correlation=getattr(properties, "CorrelationData", None),
        expiry_s=getattr(properties, "MessageExpiryInterval", None),
    )
