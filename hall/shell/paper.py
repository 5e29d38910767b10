"""What stands on a ticket: strings for the layout "ticket", which the printer's driver sets."""

from typing import Final

from hall.core import Rules
from hall.core.state import PrintJob, Ticket
from hall.shell import wording

LAYOUT: Final = "ticket"


def fields(rules: Rules, ticket: Ticket, job: PrintJob) -> dict[str, str]:
    """The fields of a paper. Never more of a name than 张*."""
    hall, texts = rules.hall, rules.texts
    service = hall.services[ticket.service]
    pages = hall.console.pages_for_visitors(rules.simulated)
    return {
        "hall": hall.hall.name,
        "hall_en": hall.hall.name_en,
        "service": service.name,
        "service_en": service.name_en,
        "number": ticket.number,
        "ahead": str(job.ahead),
        "forecast": wording.forecast(texts, job.forecast),
        "time": f"{ticket.taken:%Y-%m-%d %H:%M}",
        "zone": hall.zones[service.zone].name,
        "counters": wording.counter_names(rules, texts, rules.counters_of[ticket.service]),
        "label": label(rules, ticket),
        "steps": wording.steps(rules, ticket),
        "name": ticket.name_masked or "",
        "copy": texts("ticket.copy") if job.copy else "",
        "missed": texts(f"ticket.missed_{hall.calling.no_show}", after=hall.calling.back_after),
        "qr": "" if pages is None else f"{pages}/t/{ticket.id}",
        "footer": texts("ticket.footer_plain" if pages is None else "ticket.footer"),
    }


def label(rules: Rules, ticket: Ticket) -> str:
    """预约, 优先 or nothing."""
    if ticket.appointment is not None and not ticket.late:
        return rules.texts("ticket.label_booked")
    return rules.texts("ticket.label_priority") if ticket.credit_minutes else ""
