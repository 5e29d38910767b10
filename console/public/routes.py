"""What everybody may open: a ticket's own page, and the display; without a log-in, light, and guarded."""

import asyncio
import contextlib
import logging
import re
from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from broker.messages import hall as bus_hall
from broker.messages import reminders as bus_reminders
from console.house import House
from console.markup import Html, el
from console.public import contact
from console.public.guard import Guard
from console.public.live import Live, Regions, View, as_json, stream
from console.public.page import HEADERS, answer, page
from console.tongue import LANGUAGE_COOKIE, Tongue
from console.views import display, ticket
from hallfile.notes import REACH, Note, Notes, NotesUnavailable

log = logging.getLogger(__name__)

TICKET_ID: Final = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")
"""A ULID: 80 of its bits are chance."""
NOT_DIALLED: Final = re.compile(r"[\s()-]")
PHONE: Final = re.compile(r"\+?[0-9]{6,15}")
"""As an SMS gateway takes it (ITU-T E.164: 15 digits at most)."""
LONGEST_FORM: Final = 1024


class Public:
    """The public pages of one hall."""

    def __init__(self, house: House) -> None:
        self.live = Live(house.feed)
        self.guard = Guard(house.clock.monotonic)
        self._house = house

    def routes(self) -> list[BaseRoute]:
        """Where they are."""
        return [
            Route("/t/{ticket}", self._ticket),
            Route("/t/{ticket}/live", endpoint=_asgi(self._ticket_live)),
            Route("/t/{ticket}/rate", self._rate, methods=["POST"]),
            Route("/t/{ticket}/contact", self._contact, methods=["POST"]),
            Route("/t/{ticket}/remind", self._remind, methods=["POST"]),
            Route("/t/{ticket}/leave", self._ask_to_leave),
            Route("/t/{ticket}/leave", self._leave, methods=["POST"]),
            Route("/display", self._display),
            Route("/display/live", endpoint=_asgi(self._display_live)),
        ]

    async def _ticket(self, request: Request) -> Response:
        say, name = self._reader(request), request.path_params["ticket"]
        if (refused := await self._refused(request, say, name)) is not None:
            return refused
        regions = ticket.regions(self._house, say, name)
        return answer(self._ticket_page(say, regions, name))

    async def _ticket_live(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        say, name = self._reader(request), request.path_params["ticket"]
        if (refused := await self._refused(request, say, name)) is not None:
            await refused(scope, receive, send)
            return
        house = self._house
        view = View(
            ("ticket", name, say.language),
            lambda: ticket.shape(house, name),
            lambda: ticket.regions(house, say, name),
        )
        await self._follow(request, view, send)

    async def _rate(self, request: Request) -> Response:
        """A grade by touch: the window's rules are the controller's, as for a key of the pad."""
        say, name = self._reader(request), request.path_params["ticket"]
        if (refused := await self._refused(request, say, name)) is not None:
            return refused
        grade = (await _form(request)).get("grade", "")
        if grade not in ("1", "2", "3", "4", "5"):
            return answer(self._words_page(say, say("ticket.not_rated", text=grade[:1]), name), 400)
        given = await self._house.orders.controller(
            bus_hall.Rate, "console/ticket", ticket=name, grade=int(grade)
        )
        if given.ok:
            words = say("ticket.rated")
        elif (refusal := say.sent(given, "text")) is not None:
            words = say("ticket.not_rated", text=refusal)
        else:
            words = say("ticket.silence")
        bad = given.ok and int(grade) <= self._house.hall.rating.bad_at_most
        return answer(self._words_page(say, words, name, contact.asked(say, name) if bad else None))

    async def _contact(self, request: Request) -> Response:
        """How to reach one who was not satisfied."""
        say, name = self._reader(request), request.path_params["ticket"]
        if (refused := await self._refused(request, say, name)) is not None:
            return refused
        words = await contact.take(self._house, say, name, await _form(request))
        return answer(self._words_page(say, words, name))

    async def _remind(self, request: Request) -> Response:
        """A number to be told by goes into the hall's private file; the bus hears only that there is one."""
        say, name = self._reader(request), request.path_params["ticket"]
        if (refused := await self._refused(request, say, name)) is not None:
            return refused
        phone = NOT_DIALLED.sub("", (await _form(request)).get("phone", ""))
        if not ticket.can_remind(self._house) or PHONE.fullmatch(phone) is None:
            return answer(self._words_page(say, say("ticket.bad_phone"), name), 400)
        return answer(self._words_page(say, await self._keep(say, name, phone), name))

    async def _ask_to_leave(self, request: Request) -> Response:
        """A number that was given up is not given back: it is asked once more."""
        say, name = self._reader(request), request.path_params["ticket"]
        if (refused := await self._refused(request, say, name)) is not None:
            return refused
        if (why_not := ticket.why_stay(self._house, say, name)) is not None:
            return answer(self._words_page(say, why_not, name))
        sure = el(
            "form",
            el("button", say("ticket.leave_sure")),
            method="post",
            action=f"/t/{name}/leave?lang={say.language}",
            cls="card",
        )
        return answer(self._words_page(say, say("ticket.leave_asked"), name, sure))

    async def _leave(self, request: Request) -> Response:
        say, name = self._reader(request), request.path_params["ticket"]
        if (refused := await self._refused(request, say, name)) is not None:
            return refused
        if (why_not := ticket.why_stay(self._house, say, name)) is not None:
            return answer(self._words_page(say, why_not, name), 409)
        given = await self._house.orders.controller(bus_hall.Cancel, "console/ticket", ticket=name)
        words = say("ticket.has_left") if given.ok else say.sent(given, "text")
        return answer(self._words_page(say, words or say("ticket.silence"), name))

    async def _keep(self, say: Tongue, name: str, phone: str) -> str:
        house, reach = self._house, Notes(self._house.premises.data, REACH)
        try:
            await asyncio.to_thread(reach.keep, name, Note(phone=phone), house.clock.now())
        except NotesUnavailable:
            log.warning("a number to be told by could not be kept; its owner was told so")
            return say("ticket.silence")
        given = await house.orders.controller(bus_reminders.Remind, "console/ticket", ticket=name)
        if given.ok:
            return say("ticket.remind_set")
        if not given.silence:  # it may have been heard only where nobody answered
            with contextlib.suppress(NotesUnavailable):
                await asyncio.to_thread(reach.erase, [name])
        return say.sent(given, "text") or say("ticket.silence")

    async def _refused(self, request: Request, say: Tongue, name: str) -> Response | None:
        """The answer to one who may not look, or looks for what is not there; None for who may."""
        house, address = self._house, request.client.host if request.client else ""
        if not await self.guard.admits(address):
            return answer(self._words_page(say, say("ticket.slow")), 429, {"Retry-After": "30"})
        if not ticket.known(house, name) and TICKET_ID.fullmatch(name):
            await house.past.look_for(name, house.picture)
        if ticket.known(house, name):
            return None
        self.guard.missed(address)
        return answer(self._words_page(say, say("ticket.unknown")), 404)

    async def _display(self, request: Request) -> Response:
        say, zone = self._tongue(request), self._zone(request)
        regions = display.regions(self._house, say, zone)
        parts = (el("div", regions[name], id=name) for name in regions)
        title = f"{say('page.display')} · {say.named(self._house.hall.hall)}"
        where = f"/display/live?lang={say.language}" + (f"&zone={zone}" if zone else "")
        body = el("div", *parts, id="screen", cls="page page-display")
        return answer(page(title, say.language, "display.css", body, live=where))

    async def _display_live(self, scope: Scope, receive: Receive, send: Send) -> None:
        request, house = Request(scope, receive), self._house
        say, zone = self._tongue(request), self._zone(request)
        view = View(
            ("display", zone, say.language),
            lambda: display.shape(house, zone),
            lambda: display.regions(house, say, zone),
        )
        await self._follow(request, view, send)

    async def _follow(self, request: Request, view: View, send: Send) -> None:
        if "once" in request.query_params:
            said = Response(as_json(view.render()), media_type="application/json", headers=HEADERS)
            await said(request.scope, request.receive, send)
        else:
            await stream(self.live, view, request.receive, send)

    def _zone(self, request: Request) -> str | None:
        zone = request.query_params.get("zone", "")
        return zone if zone in self._house.hall.zones else None

    def _tongue(self, request: Request) -> Tongue:
        """The hall's language, or the one that was chosen."""
        chosen = request.query_params.get("lang") or request.cookies.get(LANGUAGE_COOKIE)
        return self._house.tongue(chosen)

    def _reader(self, request: Request) -> Tongue:
        """As `_tongue`; who has not chosen is spoken to in their phone's language."""
        if "lang" in request.query_params or LANGUAGE_COOKIE in request.cookies:
            return self._tongue(request)
        return self._house.tongue(_wanted(request.headers.get("accept-language", ""), self._house))

    def _ticket_page(self, say: Tongue, regions: Regions, name: str) -> str:
        others = [one for one in self._house.tongues.values() if one.language != say.language]
        links = (
            el("a", one("language"), href=f"/t/{name}?lang={one.language}", lang=one.language)
            for one in others
        )
        body = el(
            "main",
            el("h1", say.named(self._house.hall.hall)),
            el("div", say("ticket.lost"), cls="lost-note", role="status"),
            el("div", regions["note"], id="note"),
            el("div", regions["standing"], id="standing", cls="card", aria_live="polite"),
            el("div", regions["rating"], id="rating", cls="card"),
            contact.form(self._house, say, name),
            el("div", regions["remind"], id="remind", cls="card"),
            el("small", say("ticket.keep")),
            el("div", regions["leave"], id="leave"),
            *links,
            cls="ticket-page",
        )
        return page(say("ticket.title"), say.language, "ticket.css", body, live=_live_of(name, say))

    def _words_page(
        self, say: Tongue, words: str, back_to: str | None = None, more: Html | None = None
    ) -> str:
        """A page with a sentence on it, and what else there is to do."""
        back = el("a", say("ticket.back"), href=f"/t/{back_to}?lang={say.language}") if back_to else None
        body = el(
            "main",
            el("h1", say.named(self._house.hall.hall)),
            el("div", el("p", words), cls="card"),
            more,
            back,
            cls="ticket-page",
        )
        return page(say("ticket.title"), say.language, "ticket.css", body)


def _live_of(name: str, say: Tongue) -> str:
    return f"/t/{name}/live?lang={say.language}"


def _wanted(accepted: str, house: House) -> str | None:
    """The first of the reader's languages there is a catalogue for (Accept-Language, RFC 9110 12.5.4)."""
    for part in accepted.split(",")[:8]:
        wanted = part.split(";")[0].strip().lower()
        for name in house.tongues:
            if wanted and wanted.split("-")[0] == name.lower().split("-")[0]:
                return name
    return None


async def _form(request: Request) -> dict[str, str]:
    """The first value of every key of a short form."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LONGEST_FORM:
            return {}
    fields = parse_qs(body.decode("utf-8", "replace"), max_num_fields=10)
    return {key: values[0] for key, values in fields.items()}


def _asgi(handle: Callable[[Scope, Receive, Send], Awaitable[None]]) -> ASGIApp:
    """An application of its own, which a route hands its connection to and leaves."""

    class Application:
        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            await handle(scope, receive, send)

    return Application()
