"""The tasks page in markup: what is to be answered, by whom, until when, and who did what."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from broker.messages.tasks import TaskDone, TaskState
from console.house import House
from console.markup import Html, el
from console.tongue import Tongue

KINDS: Final = ("rating", "deadline", "followup", "stuck")
HISTORY_SHOWN: Final = 6
BY_ITSELF: Final = "clock"
"""Who has done what nobody asked for (docs/bus.md)."""
LATE: Final = ("yellow", "red", "discipline")
"""Cards of what is late already."""
TONES: Final = {"blue": "blue", "yellow": "warn", "red": "bad", "discipline": "bad"}


@dataclass(frozen=True)
class Filter:
    """What of the tasks is looked at."""

    kind: str | None = None
    state: str = "open"
    """open, late, closed, all."""
    handler: str | None = None


def chosen(tasks: dict[str, TaskState], wanted: Filter) -> list[tuple[str, TaskState]]:
    """The tasks that fit: what is overdue first, then what is due soonest, then what was closed last."""
    fits: Callable[[TaskState], bool] = {
        "open": lambda task: task.closed is None,
        "late": lambda task: task.closed is None and is_late(task),
        "closed": lambda task: task.closed is not None,
    }.get(wanted.state, lambda _: True)
    found = [
        (name, task)
        for name, task in tasks.items()
        if fits(task)
        and wanted.kind in (None, task.kind)
        and (wanted.handler is None or task.handler == wanted.handler)
    ]
    return sorted(found, key=lambda entry: _urgency(entry[1]))


def _urgency(task: TaskState) -> tuple[bool, bool, float, float]:
    """A card is as urgent as what it says: red before everything, blue after what is due."""
    due = _next_due(task)
    until = due.timestamp() if due is not None else float("inf")
    late = is_late(task)
    return (task.closed is not None, not late, until, -task.raised.timestamp())


def is_late(task: TaskState) -> bool:
    """Whether a clock was missed, or the case it is about is over its day."""
    return bool(task.overdue) or task.card in LATE


def _next_due(task: TaskState) -> datetime | None:
    moments = [moment for moment in (task.contact_due, task.close_due) if moment is not None]
    return min(moments, default=None)


def counts(tasks: Iterable[TaskState]) -> tuple[int, int]:
    """How many are open, and how many of them are overdue."""
    left = [task for task in tasks if task.closed is None]
    return len(left), sum(map(is_late, left))


def still(task: TaskState) -> TaskState:
    """The task without what moves with every heartbeat."""
    return replace(task, id="", at=task.raised)


def head(say: Tongue, task: TaskState) -> Html:
    """What kind it is, how far it is, and what happened."""
    card = el("span", say(f"tasks.card.{task.card}"), cls=f"badge {TONES[task.card]}") if task.card else None
    return el(
        "div",
        el("b", say(f"tasks.kind.{task.kind}")),
        card,
        el("span", say(f"tasks.status.{task.status}"), cls=f"badge {_tone(task)}"),
        el("span", say.sent(task, "text"), cls="words"),
        el("span", say.sent(task, "consequence"), cls="soft") if task.consequence else None,
        cls="task-head",
    )


def _tone(task: TaskState) -> str:
    if task.closed is not None:
        return "good"
    return "unknown" if task.status == "new" else "blue"


def facts(house: House, say: Tongue, task: TaskState) -> Html:
    """Whose it is, until when, and what else is known of it."""
    now = house.clock.now()
    parts = [
        *_clocks(say, task, now),
        el("span", _handler(house, say, task), cls="" if task.handler else "bad-words"),
        el("span", _department(house, say, task)) if task.department else None,
        el("span", say(f"tasks.stage_{task.stage}")) if task.stage == "accepted" else None,
        el("span", say("tasks.promised", day=task.promised.isoformat())) if task.promised else None,
        el("span", say("tasks.again", grade=task.again)) if task.again else None,
        el("span", say("tasks.asked", asked=_asked(task), all=len(task.visits))) if task.visits else None,
        el("span", say(f"tasks.contact_{task.contact}")) if _may_be_called(task) else None,
        el("span", say("tasks.raised", time=moment(task.raised, now)), cls="soft"),
        el("span", say("tasks.closed", time=moment(task.closed, now)), cls="soft") if task.closed else None,
    ]
    return el("div", *parts, cls="task-facts")


def _department(house: House, say: Tongue, task: TaskState) -> str:
    """A part of the hall as it is called in the page's language; any other as it was told."""
    named = {house.tongue(None).named(zone): say.named(zone) for zone in house.hall.zones.values()}
    return named.get(task.department, task.department)


def _may_be_called(task: TaskState) -> bool:
    return task.closed is None and task.kind in ("rating", "stuck")


def _asked(task: TaskState) -> int:
    return sum(visit.result is not None for visit in task.visits)


def _clocks(say: Tongue, task: TaskState, now: datetime) -> list[Html]:
    if task.closed is not None:
        return []
    shown = []
    for clock, due in (("contact", task.contact_due), ("close", task.close_due)):
        name = say(f"tasks.clock_{clock}")
        if clock in task.overdue:
            shown.append(el("strong", say("tasks.overdue", clock=name), cls="bad-words"))
        elif due is not None:
            today = due.date() == now.date()
            key = "tasks.due_today" if today else "tasks.due"
            shown.append(el("strong", say(key, clock=name, time=moment(due, now))))
    return shown


def _handler(house: House, say: Tongue, task: TaskState) -> str:
    if task.handler is None:
        return say("tasks.no_handler")
    return say("tasks.handler", name=person(house, say, task.handler))


def history(house: House, say: Tongue, task: TaskState) -> Html | None:
    """Who did what when; the last few."""
    if not task.history:
        return None
    now = house.clock.now()
    lines = [_done(house, say, done, now) for done in task.history[-HISTORY_SHOWN:]]
    return el("ol", *lines, cls="task-history soft")


def _done(house: House, say: Tongue, done: TaskDone, now: datetime) -> Html:
    outcome = None
    if done.outcome is not None:
        outcome = say.known(f"tasks.outcome.{done.outcome}", person(house, say, done.outcome))
    by = (
        say("tasks.by_itself")
        if done.by == BY_ITSELF
        else person(house, say, done.by.removeprefix("console/"))
    )
    return el(
        "li",
        el("span", moment(done.at, now)),
        " ",
        el("b", by),
        " ",
        say.known(f"tasks.step.{done.step}", done.step),
        f" · {outcome}" if outcome else None,
        f" · {done.why}" if done.why else None,
    )


def person(house: House, say: Tongue, name: str) -> str:
    """How one of the staff is called; anybody else by their login."""
    known = house.hall.staff.get(name)
    return name if known is None else say.named(known)


def moment(at: datetime, like: datetime) -> str:
    """A time of day, with the day where it is another than that of `like`; in the hall's zone."""
    local = at.astimezone(like.tzinfo)
    return f"{local:%H:%M}" if local.date() == like.date() else f"{local:%m-%d %H:%M}"
