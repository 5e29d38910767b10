"""The loudspeaker on the bus: says what it is asked to, one announcement after the other, each to its end."""

import asyncio
from collections.abc import Sequence
from typing import Any, ClassVar, Final, Literal, Self

from broker.client import Received
from broker.door import Refusal
from broker.messages.devices import AnnouncerState, Finished, Level, Say, Started, Unsay
from broker.topics import topic_filter
from devices.announcer.chime import chime
from devices.announcer.loudness import HallNoise, gain_db
from devices.announcer.loudspeaker import sink_opener
from devices.announcer.queue import Announcement, AnnouncementQueue, QueueFull
from devices.announcer.ring import Ring
from devices.announcer.sink import Sink
from devices.announcer.sound import Samples, levelled, pause
from devices.announcer.speech import Espeak, SpeechFailed, Voice
from devices.announcer.voices import voices_of
from devices.kit.device import Device, Opener, Surroundings
from devices.kit.errors import DeviceError, LinkLost, LinkMissing, Misconfigured
from devices.kit.link import Link
from hallfile.devices import Announcer as Entry
from hallfile.links import parse_link
from hallfile.premises import Premises

LONGEST_TEXT: Final = 300
"""Characters: a minute and a half of speech."""

REPEATS: Final = range(1, 6)

BETWEEN_S: Final = 0.6
"""Silence between a text and its repetition."""


CHIME_DB: Final = -6.0
"""The chime is to be noticed, the speech to be understood."""


class Announcer(Device):
    """One loudspeaker with its queue."""

    kind: ClassVar[str] = "announcer"
    takes_commands: ClassVar[bool] = True
    answers_unplugged: ClassVar[bool] = True
    entry: Entry

    @classmethod
    def build(
        cls,
        name: str,
        entry: Entry,
        premises: Premises,
        opener: Opener,  # noqa: ARG003 - a loudspeaker's link is a sink, which only this room can open
        around: Surroundings,
    ) -> Self:
        """A loudspeaker that keeps its files in the hall's audio folder."""
        url = parse_link(entry.link, premises.data)
        ring = Ring(premises.audio / "ring")
        voice = voices_of(entry, premises.path.parent, premises.audio / "cache", around.sentence)
        pickups = [
            pickup
            for pickup, mic in premises.hall.mic_monitors.items()
            if not entry.zones or premises.hall.counters[mic.counter].zone in entry.zones
        ]
        return cls(name, entry, sink_opener(url, ring, around.clock), around, voice, pickups)

    def __init__(
        self,
        name: str,
        entry: Entry,
        opener: Opener,
        around: Surroundings,
        voice: Voice | None = None,
        pickups: Sequence[str] = (),
    ) -> None:
        super().__init__(name, entry, opener, around)
        self._voice = voice or Espeak(around.sentence)
        self._queue = AnnouncementQueue()
        self._playing: Announcement | None = None
        self._begun = False
        self._gain_db: float | None = None
        self._news = asyncio.Event()
        self._noise = HallNoise(around.clock, pickups)
        if entry.speech_db is not None and pickups:
            around.bus.subscribe(topic_filter(around.bus.hall, "mic_monitor", leaf="telemetry"), self._hear)

    def state(self) -> AnnouncerState:
        return AnnouncerState(
            queued=len(self._queue),
            playing=self._playing.text if self._playing else None,
            voice=self._voice.name,
            gain_db=self._gain_db,
            **self.state_keys(),
        )

    async def act(self, command: Say | Unsay) -> dict[str, Any]:
        if isinstance(command, Unsay):
            return self._withdraw(command)
        return self._take_on(command)

    def _take_on(self, command: Say) -> dict[str, Any]:
        """Queue what is to be said; what then becomes of it is told by events."""
        if self.link is None:
            raise self._refusal("device_offline")
        self._check(command)
        announcement = Announcement(
            command.id, command.text, command.lang, command.repeat, command.chime, command.expires
        )
        try:
            replaced = self._queue.add(announcement)
        except QueueFull:
            raise self._refusal("announcements_full") from None
        if replaced is not None:
            self._finish(replaced, "dropped", self.around.sentence("announcement_replaced"))
        self._news.set()
        self.changed()
        return {"outcome": "queued"}

    def _withdraw(self, command: Unsay) -> dict[str, Any]:
        """Also without a loudspeaker: what waits for its return is not to be said then."""
        withdrawn = self._queue.withdraw(command.re)
        if withdrawn is not None:
            self._finish(withdrawn, "dropped", self.around.sentence("announcement_withdrawn"))
            self.changed()
        return {"details": {"dropped": withdrawn is not None}}

    def _check(self, command: Say) -> None:
        if not command.text.strip():
            raise self._refusal("nothing_to_say")
        if len(command.text) > LONGEST_TEXT:
            raise self._refusal("too_long_to_say")
        if not self._voice.speaks(command.lang):
            raise self._refusal("unknown_language")
        if command.repeat not in REPEATS:
            raise self._refusal("malformed")

    def _refusal(self, code: str) -> Refusal:
        return Refusal(code, self.around.sentence(code))

    async def serve(self, link: Link) -> None:
        if not isinstance(link, Sink):
            raise Misconfigured(f"{self.entry.link} is no loudspeaker; write audio:default")
        await self._check_voice()
        while True:
            self.report("online", self.around.sentence("announcement_unheard") if link.unheard else None)
            await self._say(link, await self._next())

    def _hear(self, received: Received) -> None:
        level = received.message()
        if isinstance(level, Level):
            self._noise.hear(received.topic.id, level)

    async def _check_voice(self) -> None:
        try:
            await self._voice.ready()
        except SpeechFailed as error:
            for waiting in self._queue.clear():
                self._finish(waiting, "failed", self.said(error))
            raise

    async def _next(self) -> Announcement:
        while True:
            for late in self._queue.stale(self.around.clock.now()):
                self._finish(late, "dropped", self.around.sentence("announcement_expired"))
            if (announcement := self._queue.take()) is not None:
                return announcement
            self._news.clear()
            await self._news.wait()

    async def _say(self, sink: Sink, announcement: Announcement) -> None:
        """Say it to its end and tell what became of it."""
        self._playing, self._begun = announcement, False
        self.changed()
        try:
            await self._play(sink, announcement)
            self._finish(announcement, "played")
        except Exception as error:
            await sink.abandon()
            if isinstance(error, LinkMissing | LinkLost) and not self._begun:
                self._queue.put_back(announcement)
            else:
                cause = self.said(error) if isinstance(error, DeviceError) else None
                self._finish(announcement, "failed", cause or self.around.sentence("driver_failed"))
            raise
        finally:
            self._playing = None
            self.changed()

    async def _play(self, sink: Sink, announcement: Announcement) -> None:
        """Chime first: it sounds while the speech is still being made."""
        gain = self._gain_db = gain_db(self.entry, self.around.clock.now(), self._noise.background_db())
        speech = asyncio.create_task(self._voice.speak(announcement.text, announcement.lang))
        try:
            if announcement.chime:
                await self._sound(sink, levelled(chime(), gain + CHIME_DB))
            spoken = levelled(await speech, gain)
            for again in range(announcement.repeat):
                if again:
                    await self._sound(sink, pause(BETWEEN_S))
                await self._sound(sink, spoken)
        finally:
            speech.cancel()
            await asyncio.gather(speech, return_exceptions=True)
        await sink.end()
        self.changed()
        await sink.sounded()

    async def _sound(self, sink: Sink, part: Samples) -> None:
        await sink.write(part.tobytes())
        if not self._begun and self._playing is not None:
            self._begun = True
            self._tell_started(self._playing)

    def _tell_started(self, announcement: Announcement) -> None:
        bus, now = self.around.bus, self.around.clock.now()
        self.tell(Started(id=bus.new_id(), at=now, re=announcement.id, text=announcement.text))

    def _finish(
        self,
        announcement: Announcement,
        outcome: Literal["played", "dropped", "failed"],
        cause: str | None = None,
    ) -> None:
        bus, now = self.around.bus, self.around.clock.now()
        self.tell(Finished(id=bus.new_id(), at=now, re=announcement.id, outcome=outcome, cause=cause))
