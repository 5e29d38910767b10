"""From a model to what is on the screen."""

from kiosk.presenters.model import (
    Asking,
    CardTrouble,
    ClosedService,
    Refused,
    TicketPage,
    Unanswered,
    Voided,
)
from kiosk.screens.frame import Frame
from kiosk.screens.home import home
from kiosk.screens.notices import (
    asking,
    card_trouble,
    closed,
    giving_up,
    out_of_service,
    refused,
    unanswered,
    voided,
)
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
        case _:
            return home(frame)
