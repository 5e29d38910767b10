"""Giving a number at a page: to somebody without a kiosk, or despite quotas and closing, with a reason."""

from collections.abc import Sequence

from nicegui import background_tasks, ui

from broker.messages.hall import TakeTicket, TicketPrint
from broker.messages.watch import Keep
from console.frame import Frame
from console.pages.buttons import button

NOWHERE = ""
"""No paper."""


def opener(frame: Frame, by: str, services: Sequence[str] | None = None) -> None:
    """A button that opens the question; `services` are those to choose from, None means all."""
    house, say = frame.house, frame.say
    entries = house.hall.services
    names = {
        name: f"{entries[name].prefix} · {say.named(entries[name])}"
        for name in services or entries
        if entries[name].direct
    }
    if not names:
        return
    papers = _Papers(frame, by)
    places = {name: kiosk.place or name for name, kiosk in house.hall.kiosks.items() if kiosk.printers}

    async def give(anyway: bool) -> None:
        keys = {"service": service.value, "override": anyway}
        if anyway:
            keys["why"] = str(why.value or "").strip()
        if place.value != NOWHERE:
            keys["kiosk"] = place.value
        answer = await house.orders.controller(TakeTicket, by, **keys)
        insist.set_visibility(not answer.ok)
        why.set_visibility(not answer.ok)
        frame.tell(answer)
        if answer.ok and answer.reply is not None:
            dialog.close()
            with frame.client:
                ui.notify(say("giving.given", number=answer.reply.number), type="positive", position="top")
            if place.value != NOWHERE and isinstance(answer.reply.ticket, str):
                papers.expect(answer.reply.ticket)

    async def ask() -> None:
        await give(anyway=False)

    async def ask_anyway() -> None:
        if str(why.value or "").strip():
            await give(anyway=True)
        else:
            why.props("error")

    with ui.dialog() as dialog, ui.card().classes("asking"):
        service = ui.select(names, value=next(iter(names)), label=say("giving.service")).props("outlined")
        service.classes("wide")
        choices = {**places, NOWHERE: say("giving.no_paper")}
        place = ui.select(choices, value=next(iter(choices)), label=say("giving.place")).props("outlined")
        place.classes("wide")
        button(say("giving.take"), ask, "action strong")
        why = ui.input(say("giving.why")).props("outlined").classes("wide")
        insist = button(say("giving.anyway"), ask_anyway, "action")

    async def open_dialog() -> None:
        why.set_value("")
        why.props(remove="error")
        insist.set_visibility(False)
        why.set_visibility(False)
        dialog.open()

    button(say("giving.open"), open_dialog, "action giving")


class _Papers:
    """What becomes of the papers of the numbers that this page gave."""

    def __init__(self, frame: Frame, by: str) -> None:
        self._frame = frame
        self._by = by
        self._awaited: set[str] = set()
        frame.follow(self._look, "controller")

    def expect(self, ticket: str) -> None:
        """Say so when the paper of `ticket` does not come."""
        self._awaited.add(ticket)
        self._look()

    def _look(self) -> None:
        for done in self._frame.house.picture.prints:
            if done.ticket in self._awaited:
                self._awaited.remove(done.ticket)
                if done.outcome != "printed":
                    background_tasks.create(self._tell(done))

    async def _tell(self, done: TicketPrint) -> None:
        """Whoever stands here is told their number, and it stays theirs without a paper."""
        if done.outcome == "failed":
            await self._frame.house.orders.controller(Keep, self._by, ticket=done.ticket)
        say = self._frame.say
        why = say.known(f"no_paper.{done.reason}", done.text or "")
        with self._frame.client:
            ui.notify(
                say("giving.no_paper_came", number=done.number, why=why),
                type="warning",
                position="top",
                timeout=0,
                close_button=say("answer.close"),
            )
