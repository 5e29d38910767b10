"""爽约: what becomes of those who book and do not come, and how they come out of it again."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from hall.core import booking_commands as ask
from hall.core import booking_events as b
from hall.core.diary import Ban, Client
from hall.core.happening import Event
from hall.core.reasons import WHY_MOST, is_staff, names_somebody
from hall.core.refusal import Refusal, refuse
from hall.core.rules import CLOCK, Rules
from hall.core.state import State
from hallfile.appointments import Penalty


def missing(state: State, rules: Rules, now: datetime) -> Iterator[Event]:
    """The first booking whose owner has not come in time, and what that leads to."""
    diary = state.diary
    if not diary.due or diary.due[0][0] > now.timestamp():
        return
    booking = diary.bookings[diary.due[0][1]]
    client = diary.clients[booking.client]
    yield b.BookingMissed(at=now, by=CLOCK, booking=booking.id, client=booking.client)
    found = _penalty(rules, client, booking.missed_at)
    if found is None or client.known_by == "code":
        return
    penalty, misses = found
    yield _ban(booking.client, client.ban, penalty, misses, booking.missed_at, now)
    if penalty.voids_bookings:
        for other in client.open:
            if other != booking.id:
                yield b.BookingCancelled(at=now, by=CLOCK, booking=other, why="banned")


def forgetting(state: State, now: datetime) -> Iterator[Event]:
    """When a day is over: what is over with it leads to nobody any more."""
    known = state.diary.known.traces
    if over := tuple(booking.id for booking in state.diary.over() if booking.id in known):
        yield b.BookingsForgotten(at=now, by=CLOCK, bookings=over)


def forgetting_clients(state: State, rules: Rules, now: datetime) -> Iterator[Event]:
    """Files in which nothing counts any more."""
    since = now - timedelta(days=rules.hall.appointments.misses_kept_days)
    week = now.date() - timedelta(days=now.weekday())
    counted = min(week, now.date().replace(day=1)).isoformat()
    for name, client in state.diary.clients.items():
        if not client.open and not _counts(client, since, counted, now):
            yield b.ClientForgotten(at=now, by=CLOCK, client=name)


def appeal(state: State, rules: Rules, command: ask.Appeal) -> list[Event] | Refusal:
    """Staff write down what somebody says against their ban."""
    found = _banned_one(state, rules, command)
    if isinstance(found, Refusal):
        return found
    return [b.BanAppealed(at=command.at, by=command.by, client=found, why=command.why[:WHY_MOST])]


def release(state: State, rules: Rules, command: ask.ReleaseBan) -> list[Event] | Refusal:
    """Staff let somebody book again."""
    found = _banned_one(state, rules, command)
    if isinstance(found, Refusal):
        return found
    forgiven = rules.hall.appointments.release_forgives
    return [
        b.BanReleased(
            at=command.at, by=command.by, client=found, why=command.why[:WHY_MOST], forgiven=forgiven
        )
    ]


def banned(rules: Rules, ban: Ban) -> Refusal:
    """The sentence for one who may not book."""
    if ban.kind == "blacklist" and ban.until is None:
        return refuse(rules, "blacklisted", misses=ban.misses)
    if ban.until is None:
        return refuse(rules, "banned_until_released", misses=ban.misses)
    return refuse(rules, "banned", misses=ban.misses, until=f"{ban.until:%Y-%m-%d %H:%M}")


def _penalty(rules: Rules, client: Client, missed_at: datetime) -> tuple[Penalty, int] | None:
    """The rule that one more miss at `missed_at` comes under, and how many misses led to it."""
    table = rules.hall.appointments
    reached = []
    for penalty in table.penalties:
        since = missed_at - timedelta(days=penalty.within_days or table.misses_kept_days)
        misses = 1 + sum(since < miss <= missed_at for miss in client.misses)
        if misses >= penalty.misses:
            reached.append((penalty, misses))
    return max(reached, key=lambda found: found[0].misses, default=None)


def _ban(
    name: str, before: Ban | None, penalty: Penalty, misses: int, missed_at: datetime, now: datetime
) -> b.ClientBanned:
    """The ban of a penalty; one that holds already is never made milder by it."""
    kind = penalty.then
    until = None if penalty.days is None else missed_at + timedelta(days=penalty.days)
    if before is not None and before.holds(now):
        kind = "blacklist" if before.kind == "blacklist" else kind
        until = None if before.until is None or until is None else max(until, before.until)
    return b.ClientBanned(at=now, by=CLOCK, client=name, kind=kind, misses=misses, until=until)


def _counts(client: Client, since: datetime, first_day: str, now: datetime) -> bool:
    """Whether anything of a file still counts; of one that nobody can be matched with, nothing does."""
    if client.known_by != "pseudonym":
        return False
    recent = any(miss > since for miss in client.misses) or any(day >= first_day for day in client.days)
    return recent or client.is_banned(now)


def _banned_one(state: State, rules: Rules, command: ask.OfClient) -> str | Refusal:
    """The banned client a command of staff is about."""
    if not is_staff(command):
        return refuse(rules, "staff_only")
    if no := names_somebody(rules, command.why):
        return no
    name = command.client
    if command.code is not None and (booking := state.diary.known.codes.get(command.code)) is not None:
        name = state.diary.bookings[booking].client
    client = state.diary.clients.get(name or "")
    if name is None or client is None or not client.is_banned(command.at):
        return refuse(rules, "not_banned")
    return name
