"""The ID-card reader on the bus: a card is read once, and no more is said of its holder than is needed."""

import asyncio
import logging
from typing import Any, ClassVar, Final, Self

from broker.messages.devices import CardFailed, CardMedia, CardRead, ReaderState
from devices.id_reader.card import NotACard, Resident, UnknownKind, read_card
from devices.id_reader.privacy import DayKey, age_band, masked, person_hash, priorities
from devices.id_reader.reader import SPEEDS, Broken, CardFault, SamReader
from devices.kit.device import Device, Opener, Surroundings
from devices.kit.errors import Misconfigured
from devices.kit.link import Link
from hallfile.links import BadLink, parse_link
from hallfile.premises import Premises
from hallfile.schema import IdReader as Entry

log = logging.getLogger(__name__)

POLL_S: Final = 0.3
"""protocols.md 1.9: a card is looked for not more often than this."""
BROKEN_POLL_S: Final = 1.0
TRIES: Final = 3
"""How often a card is tried while it lies there."""


class IdReader(Device):
    """A SAM_V reader of resident cards."""

    kind: ClassVar[str] = "id_reader"

    def __init__(
        self, name: str, entry: Entry, opener: Opener, around: Surroundings, day_key: DayKey
    ) -> None:
        super().__init__(name, entry, opener, around)
        self._day_key = day_key
        self._media: CardMedia = "unknown"

    @classmethod
    def build(cls, name: str, entry: Any, premises: Premises, opener: Opener, around: Surroundings) -> Self:
        return cls(name, entry, opener, around, DayKey(premises.data / "keys"))

    def state(self) -> ReaderState:
        return ReaderState(**self.state_keys(), media=self._media)

    async def serve(self, link: Link) -> None:
        reader = SamReader(link)
        try:
            await reader.tune(self._baud())
            while True:
                try:
                    await self._attend(reader)
                except Broken as broken:
                    log.debug("id_reader %s: %s", self.name, broken)
                    self._media = "unknown"
                    self.report("hardwareError", self.around.sentence("reader_broken"))
                    await asyncio.sleep(BROKEN_POLL_S)
        finally:
            self._media = "unknown"
            self._count(reader)

    async def _attend(self, reader: SamReader) -> None:
        """Look for cards and read them for as long as the reader is well."""
        await reader.check()
        self.report("online")
        while True:
            if not await reader.find():
                self._see("notPresent")
            elif self._media != "present":
                # until it is lifted, it lies there without being read again
                self._see("present")
                await self._take(reader)
            self._count(reader)
            await asyncio.sleep(POLL_S)

    async def _take(self, reader: SamReader) -> None:
        """Read the card just found and tell the hall, once, whose it is or that it can't be used."""
        try:
            card = await self._read(reader)
        except CardFault as fault:
            self.tell(
                CardFailed(id=self.around.bus.new_id(), at=self.around.clock.now(), reason=fault.reason)
            )
        else:
            self.tell(self._event(card))

    async def _read(self, reader: SamReader) -> Resident:
        for left in reversed(range(TRIES)):
            try:
                return self._understood(await reader.read())
            except CardFault as fault:
                if not (fault.may_pass and left):
                    raise
                await asyncio.sleep(POLL_S)
                if not await reader.find():
                    raise
        raise CardFault("read_failed")

    def _understood(self, text: bytes) -> Resident:
        try:
            card = read_card(text)
        except (NotACard, UnknownKind) as error:
            log.info("id_reader %s: a card was rejected: %s", self.name, error)
            raise CardFault("rejected") from None
        if not card.has_good_number or card.birth > self.around.clock.now().date():
            raise CardFault("bad_number")
        return card

    def _event(self, card: Resident) -> CardRead:
        """All that leaves of a card."""
        now = self.around.clock.now()
        today = now.date()
        age = card.age_on(today)
        return CardRead(
            id=self.around.bus.new_id(),
            at=now,
            person=person_hash(card.number, self._day_key.of(today)),
            card_type="resident",
            name_masked=masked(card.name),
            age_band=age_band(age),
            priority=priorities(age),
            valid=card.is_valid_on(today),
        )

    def _count(self, reader: SamReader) -> None:
        self.errors, reader.faults = self.errors + reader.faults, 0

    def _see(self, media: CardMedia) -> None:
        if media != self._media:
            self._media = media
            self.changed()

    def _baud(self) -> int:
        try:
            return parse_link(self.entry.link).number("baud", SPEEDS[0])
        except BadLink as error:
            raise Misconfigured(f"{error}; correct it in the hall file") from None
