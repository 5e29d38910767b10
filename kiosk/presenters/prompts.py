"""What is said on each page in spoken mode. It never names the visitor, nor their priority."""

from kiosk.presenters.model import Model
from kiosk.presenters.pages import CardTrouble, CheckInPage, Finder, Home, ItemPage, TicketPage
from kiosk.presenters.words import Words


def prompt_of(model: Model) -> Words:
    """The sentence of the page on show: a key of the catalogue, which may have none, and its values."""
    match model.page:
        case Home() if model.in_service and _nothing_is_open(model):
            return "prompt.home_closed", {}
        case ItemPage() if not model.in_service:
            return "prompt.item_away", {}
        case ItemPage(item) if _is_shut(model, model.floor.guide.items[item].service):
            return "prompt.item_closed", {}
        case Home() if model.in_service and model.visitor is not None:
            return "prompt.home_card", {}
        case Finder(query) if query:
            return "prompt.guide_typed", {}
        case CheckInPage(code="") if model.visitor and model.visitor.bookings:
            return "prompt.check_in_found", {}
        case TicketPage(ticket, giving_up=True):
            return "prompt.giving_up", {"number": ticket.number}
        case TicketPage(ticket):
            return f"prompt.ticket_{ticket.paper}", {"number": ticket.number}
        case CardTrouble(reason):
            return f"card.{reason}_how", {}
        case _:
            return f"prompt.{model.screen.replace('-', '_')}", {}


def _nothing_is_open(model: Model) -> bool:
    return all(_is_shut(model, service.id) for service in model.floor.services)


def _is_shut(model: Model, service: str) -> bool:
    line = model.facts.lines.get(service)
    return line is not None and not line.open
