"""The ID-card reader on the bus: a card is read once, and no more is said of its holder than is needed."""

import asyncio
import logging
from typing import Any, ClassVar, Final, Self

from broker.messages.devices import CardFailed, CardMedia, CardRead, ReaderState
from devices.id_reader.card import Card, NotACard, UnknownKind, read_card
from devices.id_reader.codec import SPEEDS
from devices.id_reader.privacy import FOLDER, DayKey, age_band, masked, person_hash, priorities
from devices.id_reader.reader import Broken, CardFault, SamReader
from devices.kit.device import Device, Opener, Surroundings
from devices.kit.errors import Misconfigured, NoAnswer
from devices.kit.link import Link
from hallfile.devices import IdReader as Entry
from hallfile.links import BadLink, parse_link
from hallfile.premises import Premises

log = logging.getLogger(__name__)

AGAIN_S: Final = 0.3
"""Pause before a card that could not be read is tried once more."""
BROKEN_POLL_S: Final = 1.0
TRIES: Final = 3
"""How often a card is tried while it lies there."""


class IdReader(Device):
    """A SAM_V reader of identity cards and residence permits."""

    kind: ClassVar[str] = "id_reader"

    def __init__(
        self, name: str, entry: Entry, opener: Opener, around: Surroundings, day_key: DayKey
    ) -> None:
        super().__init__(name, entry, opener, around)
        self._day_key = day_key
        self._poll_s = entry.poll_ms / 1000
        self._media: CardMedia = "unknown"
        self._module: str | None = None
        self._baud: int | None = None
        self._reads = self._failures = self._retries = 0
        self._reading_ms: float | None = None

    @classmethod
    def build(cls, name: str, entry: Any, premises: Premises, opener: Opener, around: Surroundings) -> Self:
        return cls(name, entry, opener, around, DayKey(premises.data / FOLDER))

    def state(self) -> ReaderState:
        return ReaderState(
            **self.state_keys(),
            media=self._media,
            module=self._module,
            baud=self._baud,
            reads=self._reads,
            failures=self._failures,
            retries=self._retries,
            reading_ms=self._reading_ms,
        )

    async def serve(self, link: Link) -> None:
        reader = SamReader(link)
        try:
            await reader.tune(self._wanted_baud())
            self._baud = reader.baud
            while True:
                try:
                    await self._attend(reader)
                except Broken as broken:
                    await self._mend(reader, broken)
        finally:
            self._media = "unknown"
            self._count(reader)

    async def _mend(self, reader: SamReader, broken: Broken) -> None:
        """Say that the reader is unwell, and start its module anew after a while."""
        if self.word != "hardwareError":
            log.warning("id_reader %s says that it can't work (%s); switch it off and on", self.name, broken)
        self._media = "unknown"
        self.report("hardwareError", self.around.sentence("reader_broken"))
        await asyncio.sleep(BROKEN_POLL_S)
        await reader.reset()

    async def _attend(self, reader: SamReader) -> None:
        """Look for cards and read them for as long as the reader is well."""
        await reader.check()
        self._module = await self._told_module(reader)
        self.report("online")
        while True:
            if not await reader.find():
                # a card that was read can't be seen any more on most readers, so not that it left either
                self._see("unknown" if reader.has_read else "notPresent")
            elif self._media != "present":
                # until it is lifted, it lies there without being read again
                self._see("present")
                await self._take(reader)
            else:
                # this one goes on finding a card it has read, so it will see it leave
                reader.has_read = False
            self._count(reader)
            await asyncio.sleep(self._poll_s)

    async def _told_module(self, reader: SamReader) -> str | None:
        """Its module's number, for whoever keeps the books; a reader may keep it to itself."""
        try:
            return await reader.identity()
        except NoAnswer:
            return None

    async def _take(self, reader: SamReader) -> None:
        """Read the card just found and tell the hall, once, whose it is or that it can't be used."""
        clock = self.around.clock
        began = clock.monotonic()
        try:
            card = await self._read(reader)
        except CardFault as fault:
            self._failures += 1
            self.tell(CardFailed(id=self.around.bus.new_id(), at=clock.now(), reason=fault.reason))
        else:
            self.tell(self._event(card))
            self._reads += 1
            self._reading_ms = round(1000 * (clock.monotonic() - began), 1)
        self.changed()

    async def _read(self, reader: SamReader) -> Card:
        for left in reversed(range(TRIES)):
            try:
                return self._understood(await reader.read())
            except CardFault as fault:
                if not (fault.may_pass and left):
                    raise
                self._retries += 1
                await asyncio.sleep(AGAIN_S)
                if not await reader.find():
                    raise
        raise CardFault("read_failed")

    def _understood(self, text: bytes) -> Card:
        try:
            card = read_card(text)
        except (NotACard, UnknownKind) as error:
            log.info("id_reader %s: a card was rejected: %s", self.name, error)
            raise CardFault("rejected") from None
        if not card.has_good_number or card.birth > self.around.clock.now().date():
            raise CardFault("bad_number")
        return card

    def _event(self, card: Card) -> CardRead:
        """All that leaves of a card."""
        now = self.around.clock.now()
        today = now.date()
        age = card.age_on(today)
        return CardRead(
            id=self.around.bus.new_id(),
            at=now,
            person=person_hash(card.number, self._day_key.of(today)),
            card_type=card.kind,
            name_masked=masked(card.shown_name),
            age_band=age_band(age),
            priority=priorities(age),
            valid=card.is_valid_on(today),
        )

    def _count(self, reader: SamReader) -> None:
        self.errors, reader.faults = self.errors + reader.faults, 0
        self._retries, reader.retries = self._retries + reader.retries, 0

    def _see(self, media: CardMedia) -> None:
        if media != self._media:
            self._media = media
            self.changed()

    def _wanted_baud(self) -> int:
        try:
            return parse_link(self.entry.link).number("baud", SPEEDS[0])
        except BadLink as error:
            raise Misconfigured(f"{error}; correct it in the hall file") from None
