"""What is said on each page in spoken mode. It never names the visitor, nor their priority."""

from kiosk.presenters.model import Model
from kiosk.presenters.pages import CardTrouble, Home, TicketPage
from kiosk.presenters.words import Words


def prompt_of(model: Model) -> Words:
    """The sentence of the page on show: a key of the catalogue, which may have none, and its values."""
    match model.page:
        case Home() if model.in_service and model.visitor is not None:
            return "prompt.home_card", {}
        case TicketPage(ticket, giving_up=True):
            return "prompt.giving_up", {"number": ticket.number}
        case TicketPage(ticket):
            return f"prompt.ticket_{ticket.paper}", {"number": ticket.number}
        case CardTrouble(reason):
            return f"card.{reason}_how", {}
        case _:
            return f"prompt.{model.screen.replace('-', '_')}", {}
