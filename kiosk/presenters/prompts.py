"""What is said on each page in spoken mode. It never names the visitor, nor their priority."""

from kiosk.presenters.model import Model
from kiosk.presenters.pages import CardTrouble, CheckInPage, Finder, Home, ItemPage, TicketPage
from kiosk.presenters.words import Words


def prompt_of(model: Model) -> Words:
    """The sentence of the page on show: a key of the catalogue, which may have none, and its values."""
    if model.screen == "out-of-service":
        return "prompt.out_of_service", {}
    match model.page:
        case Home():
            return f"prompt.{_home(model)}", {}
        case ItemPage(item):
            return f"prompt.{_item(model, item)}", {}
        case Finder(query) if query:
            return "prompt.guide_typed", {}
        case CheckInPage(code="") if model.visitor and model.visitor.bookings:
            return "prompt.check_in_found", {}
        case CheckInPage() if not model.reads_cards:
            return "prompt.check_in_code", {}
        case TicketPage(ticket, giving_up=True):
            return "prompt.giving_up", {"number": ticket.number}
        case TicketPage(ticket):
            return f"prompt.ticket_{ticket.paper}", {"number": ticket.number}
        case CardTrouble(reason):
            return f"card.{reason}_how", {}
        case _:
            return f"prompt.{model.screen.replace('-', '_')}", {}


def _home(model: Model) -> str:
    if all(model.facts.is_shut(service.id) for service in model.floor.services):
        return "home_closed"
    if model.visitor is not None:
        return "home_card"
    return "home" if model.reads_cards else "home_no_reader"


def _item(model: Model, item: str) -> str:
    """What its buttons do; a list that nothing can print is read from the screen."""
    if not model.in_service:
        return "item_away"
    shut = model.facts.is_shut(model.floor.guide.items[item].service)
    if model.usable_printers:
        return "item_closed" if shut else "item"
    return "item_closed_no_paper" if shut else "item_no_paper"
