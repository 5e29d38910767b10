"""办不成事: who could not get something done gets a number where they help, and an answer in any case."""

from hall.core import events as e
from hall.core import issuing, tasks, workdays
from hall.core import task_commands as ask
from hall.core import task_events as t
from hall.core.commands import TakeTicket
from hall.core.outlook import Outlooks
from hall.core.ratings import zone_name
from hall.core.refusal import Refusal, refuse
from hall.core.rules import Rules
from hall.core.state import State


def report(
    state: State, rules: Rules, command: ask.ReportStuck, outlooks: Outlooks
) -> list[e.Event] | Refusal:
    """A task until it is answered; with a number where one can be given now."""
    settings = rules.hall.stuck
    for reason in command.reasons:
        if reason not in settings.reasons:
            return refuse(rules, "unknown_reason", choice=reason)
    if not command.reasons:
        return refuse(rules, "reason_missing")
    taken = _number(state, rules, command, outlooks)
    first = next((event for event in taken if isinstance(event, e.TicketTaken)), None)
    service = None if settings.service is None else rules.hall.services[settings.service]
    zone = None if service is None else service.zone
    said = [rules.named(settings.reasons[reason]) for reason in command.reasons]
    due = workdays.due(rules, command.at, settings.workdays)
    raised = t.TaskRaised(
        at=command.at,
        by=command.by,
        task=tasks.fitting_id(f"stuck-{command.ticket.lower()}"),
        kind="stuck",
        text=rules.texts("stuck.text", reasons=rules.texts("list").join(said)),
        department=zone_name(rules, zone),
        handler=tasks.handler(state, rules, "stuck", zone, None),
        close_due=due,
        ticket=None if first is None else first.ticket,
        number=None if first is None else first.number,
        service=settings.service,
        note=command.note,
        note_until=None if command.note is None else tasks.note_until(rules, command.at),
        contact=command.note is not None and command.contact,
        reasons=command.reasons,
    )
    return [*taken, raised]


def _number(state: State, rules: Rules, command: ask.ReportStuck, outlooks: Outlooks) -> list[e.Event]:
    """A number of those who help; where none can be given, the matter is written down all the same."""
    service = rules.hall.stuck.service
    if service is None:
        return []
    take = TakeTicket(
        at=command.at,
        by=command.by,
        ticket=command.ticket,
        service=service,
        person=command.person,
        name_masked=command.name_masked,
        kiosk=command.kiosk,
    )
    found = issuing.take(state, rules, take, outlooks)
    return [] if isinstance(found, Refusal) else found
