"""What touches mean behind the doors: choosing, confirming, searching, reading the guide, checking in."""

from dataclasses import replace
from typing import Final

from broker.ids import NewId
from kiosk.presenters.actions import (
    Action,
    CheckIn,
    ChooseService,
    Claim,
    Door,
    Erase,
    LeavePhone,
    OpenDepartment,
    OpenDoor,
    OpenItem,
    PrintChecklist,
    SendReport,
    ShowTicket,
    SwitchKeys,
    TakeNumber,
    Tick,
    TurnTo,
    Type,
)
from kiosk.presenters.asking import Turned, arrive, ask, choose, take, turned_to
from kiosk.presenters.finding import DIGITS, LETTERS, MOST_TYPED
from kiosk.presenters.model import Model
from kiosk.presenters.pages import (
    CheckInPage,
    Confirm,
    DepartmentPage,
    Finder,
    Home,
    ItemPage,
    Page,
    PhoneForm,
    Refused,
    Services,
    StuckForm,
    TicketPage,
)
from kiosk.presenters.requests import Checklist, Report, Request

CODE_MOST: Final = 40
CODE_LEAST: Final = 6
"""Characters of an appointment's code (docs/bus.md, `check_in`)."""
PHONE_LEAST: Final = 7
PHONE_MOST: Final = 15
"""Digits: a local number without its area code, and the longest there is (ITU-T E.164)."""
CODE_SIGNS: Final = "-"
"""What stands in one besides letters and digits."""
CODE_KEYS: Final = LETTERS + DIGITS + CODE_SIGNS

DOORS: Final[dict[Door, Page]] = {
    "services": Services(),
    "check-in": CheckInPage(),
    "guide": Finder(),
    "stuck": StuckForm(),
}


def behind_the_doors(model: Model, action: Action, now: float, new_id: NewId) -> Turned:
    """A touch on one of these pages; one that came too late for its page means nothing."""
    page = model.page
    match action:
        case OpenDoor(door) if isinstance(page, Home | Services | Finder | Refused):
            return _through(model, door, now, new_id)
        case ChooseService(service) if model.in_service and isinstance(
            page, Home | Services | Finder | DepartmentPage
        ):
            return choose(model, service, page, now, new_id)
        case TakeNumber(service) if model.in_service and isinstance(page, Confirm | ItemPage):
            back = page.back if isinstance(page, Confirm) else page
            claims = page.claims if isinstance(page, Confirm) else ()
            return take(model, service, back, now, new_id, claims)
        case ShowTicket(ticket) if isinstance(page, Home):
            return _ticket(model, ticket, now)
        case CheckIn(booking) if model.in_service and isinstance(page, Home | CheckInPage):
            return _check_in(model, page, booking, now, new_id)
        case PrintChecklist(item) if isinstance(page, ItemPage) and page.item == item:
            return _checklist(model, page, new_id)
        case SendReport() if isinstance(page, StuckForm) and page.reasons and model.in_service:
            return ask(model, Request(new_id(), Report(page.reasons, model.visitor)), page, now)
        case SendReport() if isinstance(page, PhoneForm) and model.in_service:
            phone = page.phone if len(page.phone) >= PHONE_LEAST else ""
            return ask(model, Request(new_id(), Report(page.reasons, model.visitor, phone)), page, now)
        case LeavePhone() if isinstance(page, StuckForm) and page.reasons and model.facts.keeps_phones:
            return turned_to(model, PhoneForm(page.reasons), now), None
        case _:
            return _turned(model, action, now), None


def _through(model: Model, door: Door, now: float, new_id: NewId) -> Turned:
    """A door; whose card was read need not say at the second one who they are."""
    if door == "check-in" and model.visitor is not None and model.in_service:
        return arrive(model, CheckInPage(), now, new_id)
    return turned_to(model, DOORS[door], now), None


def _ticket(model: Model, ticket: str, now: float) -> Turned:
    mine = model.visitor.tickets if model.visitor else ()
    found = next((one for one in mine if one.id == ticket), None)
    return (model, None) if found is None else (turned_to(model, TicketPage(found), now), None)


def _check_in(
    model: Model, page: Home | CheckInPage, booking: str | None, now: float, new_id: NewId
) -> Turned:
    if booking is not None and model.visitor is not None:
        return arrive(model, page, now, new_id, booking=booking)
    if isinstance(page, CheckInPage) and len(page.code) >= CODE_LEAST:
        return arrive(model, page, now, new_id, code=page.code)
    return model, None


def _checklist(model: Model, page: ItemPage, new_id: NewId) -> Turned:
    """On paper, without leaving the page: here, or at the nearest printer that may work."""
    printers = model.usable_printers
    if not printers or page.paper == "printing":
        return model, None
    request = Request(new_id(), Checklist(page.item, printers[0].id))
    return replace(model, page=replace(page, paper="printing", asked=request.id)), request


def _turned(model: Model, action: Action, now: float) -> Model:
    """What asks nothing of anybody."""
    match model.page, action:
        case Finder() | DepartmentPage() as page, OpenItem(item) if item in model.floor.guide.items:
            return turned_to(model, ItemPage(item, page), now)
        case Finder(), OpenDepartment(name) if name in model.floor.guide.departments:
            return turned_to(model, DepartmentPage(name), now)
        case page, _:
            return replace(model, page=_written(model, page, action))


def _written(model: Model, page: Page, action: Action) -> Page:
    """The page with one more key, choice or sheet; nothing moves away under the next touch."""
    match page, action:
        case Services() | DepartmentPage() | ItemPage() | Finder(), TurnTo(start):
            return replace(page, start=max(0, start))
        case Finder(query), Type(key) if key in LETTERS + DIGITS and len(query) < MOST_TYPED:
            return Finder(query + key if query[-1:].isdigit() == key.isdigit() else key)
        case Finder(query), Erase():
            return Finder(query[:-1])
        case CheckInPage(code), Type(key) if key in CODE_KEYS and len(code) < CODE_MOST:
            return replace(page, code=code + key.upper())
        case CheckInPage(code), Erase():
            return replace(page, code=code[:-1])
        case PhoneForm(phone=phone), Type(key) if key in DIGITS and len(phone) < PHONE_MOST:
            return replace(page, phone=phone + key)
        case PhoneForm(phone=phone), Erase():
            return replace(page, phone=phone[:-1])
        case CheckInPage(), SwitchKeys(letters):
            return replace(page, letters=letters)
        case Confirm(claims=claims), Claim(reason, wanted) if model.floor.declared:
            others = tuple(one for one in claims if one != reason)
            return replace(page, claims=(*others, reason) if wanted else others)
        case StuckForm(reasons), Tick(reason, on) if reason in dict(model.floor.reasons):
            rest = tuple(one for one in reasons if one != reason)
            return StuckForm((*rest, reason) if on else rest)
        case _:
            return page
