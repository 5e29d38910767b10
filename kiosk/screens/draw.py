"""From a model to what is on the screen."""

from kiosk.presenters.pages import (
    Asking,
    CardTrouble,
    CheckInPage,
    ClosedService,
    Confirm,
    DepartmentPage,
    Finder,
    ItemPage,
    Page,
    PhoneForm,
    Refused,
    Reported,
    Services,
    StuckForm,
    TicketPage,
    Unanswered,
    Voided,
)
from kiosk.screens.appointment import check_in
from kiosk.screens.confirm import confirm
from kiosk.screens.frame import Frame
from kiosk.screens.guide import department, item
from kiosk.screens.home import home
from kiosk.screens.notices import (
    asking,
    card_trouble,
    closed,
    giving_up,
    out_of_service,
    refused,
    reported,
    unanswered,
    voided,
)
from kiosk.screens.search import search
from kiosk.screens.services import services
from kiosk.screens.stuck import phone_form, stuck
from kiosk.screens.ticket import ticket_page
from kiosk.screens.widgets import Widget


def draw(frame: Frame) -> list[Widget]:
    """The page that the model is on."""
    if frame.model.screen == "out-of-service":
        return out_of_service(frame)
    match frame.model.page:
        case TicketPage(giving_up=True) as page:
            return giving_up(frame, page)
        case TicketPage() as page:
            return ticket_page(frame, page)
        case Asking() as page:
            return asking(frame, page)
        case Unanswered() as page:
            return unanswered(frame, page)
        case Refused() as page:
            return refused(frame, page)
        case ClosedService() as page:
            return closed(frame, page)
        case CardTrouble() as page:
            return card_trouble(frame, page)
        case Voided() as page:
            return voided(frame, page)
        case Reported():
            return reported(frame)
        case page:
            return _behind_a_door(frame, page)


def _behind_a_door(frame: Frame, page: Page) -> list[Widget]:
    match page:
        case Services():
            return services(frame, page)
        case Confirm():
            return confirm(frame, page)
        case Finder():
            return search(frame, page)
        case DepartmentPage():
            return department(frame, page)
        case ItemPage():
            return item(frame, page)
        case CheckInPage():
            return check_in(frame, page)
        case StuckForm():
            return stuck(frame, page)
        case PhoneForm():
            return phone_form(frame, page)
        case _:
            return home(frame)
