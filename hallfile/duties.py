"""The tables of what somebody must answer: bad ratings, promised days, visitors asked, matters not done.

Working days are the hall's: `[hours] holidays` says which those are. A day on which something happens is not
counted, and what is due on a working day is due when the hall closes on it.
"""

from typing import Annotated, Literal

from msgspec import Meta, field

from hallfile.table import Id, Share, Table

Workdays = Annotated[int, Meta(ge=0, le=250)]
"""So many working days."""


class Rating(Table, frozen=True, kw_only=True):
    """[rating]: 好差评. Dezhou closes in 5 working days, Zhejiang in 15; 1-5-15 is all three."""

    window_s: Annotated[float, Meta(gt=0)] = 20
    """How long a pad takes a key after a service, real seconds."""
    bad_at_most: Annotated[int, Meta(ge=1, le=5)] = 2
    parties: list[str] = field(default_factory=lambda: ["hall"])
    """Who hears of a bad rating at once."""
    contact_workdays: Workdays = 1
    """A rater who left a name or a number is contacted within so many working days."""
    close_workdays: Workdays = 5
    """A bad rating is answered and closed within so many."""
    complex_workdays: Workdays | None = 15
    """… and within so many, where whoever answers it says that it is complex, and why; none: never longer."""
    overdue_parties: list[str] = field(default_factory=lambda: ["supervision"])
    """Who hears of it when one of these is missed."""
    again_workdays: Workdays = 5
    """追评: so long after it was put right may the rater rate once more."""


class Staff(Table, frozen=True, kw_only=True):
    """[staff.<id>]: somebody by name who answers tasks."""

    name: str
    name_en: str
    zones: list[Id] = field(default_factory=list)
    """Whose counters and cases they answer for; none named means all."""
    tasks: list[Literal["rating", "deadline", "followup", "stuck"]] = field(default_factory=list)
    """What they answer; none named means everything."""


class Tasks(Table, frozen=True, kw_only=True):
    """[tasks]: how long what was answered stays to be seen."""

    kept_workdays: Workdays = 5
    """A closed task stays on the page for so many working days."""
    notes_until: Literal["closed", "day_end"] = "closed"
    """When a name, a number and words left with a task are erased: when it is closed, or already when the day
    is over (whoever is not called back by then, can't be)."""


class CardTexts(Table, frozen=True, kw_only=True):
    """[deadlines.consequence]: what each card leads to; one left out is told in the hall's own words."""

    blue: str | None = None
    yellow: str | None = None
    red: str | None = None
    discipline: str | None = None


class Deadlines(Table, frozen=True, kw_only=True):
    """[deadlines]: 亮牌 (Dezhou): cards for cases that are late or about to be."""

    blue_before: Workdays = 2
    """Blue: still open so many working days before the promised day."""
    yellow_after: Annotated[int, Meta(ge=1, le=250)] = 1
    """Yellow: open so many working days after it."""
    red_after: Annotated[int, Meta(ge=1, le=250)] = 2
    """Red: open so many working days after it."""
    discipline_reds: Annotated[int, Meta(ge=1)] = 3
    """So many red cards of one department …"""
    discipline_workdays: Annotated[int, Meta(ge=1, le=250)] = 22
    """… within so many working days go to the discipline body."""
    parties: list[str] = field(default_factory=lambda: ["supervision"])
    """Who hears of a card."""
    discipline_parties: list[str] = field(default_factory=lambda: ["discipline"])
    """Who hears of repeated ones."""
    on_time_goal: Share = 0.99
    """The share of cases that are to be done in time (Yulin)."""
    consequence: CardTexts = field(default_factory=CardTexts)


class FollowUp(Table, frozen=True, kw_only=True):
    """[followup]: 回访: every day some of those who were served are asked how it was."""

    share: Share = 0.10
    """At least so large a part of each day's visitors (Ankang); 0: nobody is asked."""
    workdays: Workdays = 1
    """They are asked within so many working days."""


class Reason(Table, frozen=True, kw_only=True):
    """[stuck.reasons.<id>]: one answer to "what could you not get done?"."""

    name: str
    name_en: str


def _reasons() -> dict[Id, Reason]:
    return {
        "told-wrong": Reason(name="没有一次讲清要什么材料", name_en="I was not told everything at once"),
        "sent-around": Reason(name="几个窗口互相推", name_en="I was sent from counter to counter"),
        "refused": Reason(name="不受理，也不说明原因", name_en="I was refused without a reason"),
        "late": Reason(name="超过承诺时间还没办好", name_en="It is later than promised"),
        "system": Reason(name="系统或设备出错", name_en="A system or device failed"),
        "manner": Reason(name="工作人员态度不好", name_en="I was treated badly"),
        "other": Reason(name="其他", name_en="Something else"),
    }


class Stuck(Table, frozen=True, kw_only=True):
    """[stuck]: 办不成事: a visitor says what could not be done, and somebody must answer."""

    service: Id | None = None
    """Whose windows take such visitors; none: it is only written down."""
    workdays: Workdays = 5
    """It is answered within so many working days."""
    parties: list[str] = field(default_factory=lambda: ["hall"])
    """Who hears of one that is overdue."""
    reasons: dict[Id, Reason] = field(default_factory=_reasons)
    """What can be chosen."""
