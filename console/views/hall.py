"""The supervisor's page in markup: queues, counters, devices, alarms."""

from datetime import datetime
from typing import Final

from broker.messages.hall import AlarmState, CounterState, QueueState
from console.health import Health, health
from console.house import House
from console.markup import Html, el
from console.picture import is_loud
from console.tongue import Tongue
from console.views.counter import status_word

TONES: Final = {
    "online": "good",
    "deviceBusy": "warn",
    "starting": "warn",
    "userError": "warn",
    "unknown": "unknown",
}
"""How a status word is coloured; the rest is bad."""


def figures(house: House, say: Tongue) -> Html:
    """The day in four numbers."""
    picture = house.picture
    controller = picture.controller
    open_counters = sum(state.status in ("open", "serving") for state in picture.counters.values())
    judged = _judged(house)
    ended = controller.ended_at_closing if controller else 0
    return el(
        "div",
        _figure(controller.tickets_today if controller else "—", say("hall.tickets_today")),
        _figure(sum(state.waiting for state in picture.queues.values()), say("hall.waiting")),
        _figure(f"{open_counters}/{len(house.hall.counters)}", say("hall.open_counters")),
        _figure(ended, say("hall.ended_at_closing")) if ended else None,
        _figure(f"{sum(found.well for *_, found in judged)}/{len(judged)}", say("hall.devices_well")),
        cls="figures",
    )


def _figure(value: object, name: str) -> Html:
    return el("div", el("b", value), el("span", name), cls="figure")


def queues(house: House, say: Tongue) -> Html:
    """One row a service."""
    names = ("service", "waiting", "serving", "last_called", "open_counters", "forecast")
    head = el("tr", *(el("th", say(f"hall.{name}")) for name in names))
    rows = [_queue(house, say, name, house.picture.queues.get(name)) for name in house.hall.services]
    return el("table", el("thead", head), el("tbody", *rows), cls="table queues folds")


def _queue(house: House, say: Tongue, name: str, state: QueueState | None) -> Html:
    service = house.hall.services[name]
    title = el("td", el("b", service.prefix, cls="prefix"), say.named(service))
    if state is None:
        return el("tr", title, el("td", say("hall.not_heard"), colspan=5, cls="soft"))
    crowded = "crowded" if state.waiting > house.hall.overload.waiting else ""

    def cell(key: str, value: object, cls: str = "number") -> Html:
        return el("td", value, cls=cls, data_label=say(f"hall.{key}"))

    wait = cell("forecast", say.wait(state.forecast_minutes), "soft wait whole")
    closed = el("td", say.sent(state, "closed_text") or "—", cls="soft whole")
    return el(
        "tr",
        title,
        cell("waiting", state.waiting, f"number {crowded}"),
        cell("serving", state.serving),
        cell("last_called", state.last_called or "—"),
        cell("open_counters", state.open_counters),
        wait if state.open or state.closed_reason == "not_direct" else closed,
    )


def counters(house: House, say: Tongue) -> Html:
    """A tile for each counter: what it is doing, for whom, since when."""
    now = house.clock.now()
    tiles = [_tile(say, name, house.picture.counters.get(name), now) for name in house.hall.counters]
    return el("div", *tiles, cls="tiles")


def _tile(say: Tongue, name: str, state: CounterState | None, now: datetime) -> Html:
    status = state.status if state else "unknown"
    since = (state.serving_since or state.called_at) if state and state.number else None
    return el(
        "a",
        el("b", name),
        el("strong", (state.number if state else None) or "—"),
        el("span", say(f"counter_status.{status_word(state)}")),
        el("small", say.elapsed((now - since).total_seconds()) if since else _clerk(say, state)),
        href=f"/counter/{name}",
        cls=f"tile {status}",
    )


def _clerk(say: Tongue, state: CounterState | None) -> str:
    return (state.clerk if state else None) or say("hall.nobody")


def devices(house: House, say: Tongue) -> Html:
    """What is not well first, each with its sentence; the rest as a count."""
    judged = _judged(house)
    troubled = [entry for entry in judged if not entry[2].well]
    well = len(judged) - len(troubled)
    rest = say("hall.well_rest", count=well) if troubled else say("hall.all_well", count=well)
    by_tone = sorted(troubled, key=lambda entry: ("bad", "warn", "unknown").index(_tone(entry[2])))
    rows = [_device(house, say, kind, name, found) for kind, name, found in by_tone]
    return el("div", *rows, el("p", rest, cls="soft rest"), cls="devices")


def _judged(house: House) -> list[tuple[str, str, Health]]:
    places = [(kind, name) for kind, entries in house.hall.devices().items() for name in entries]
    places += [("kiosk", name) for name, entry in house.hall.kiosks.items() if entry.screen]
    return [(kind, name, health(house.picture, house.clock, kind, name)) for kind, name in places]


def _tone(found: Health) -> str:
    if found.note == "unverified":
        return "unknown"
    if found.word == "online":
        return "good" if found.well else "warn"
    return TONES.get(found.word, "bad")


def _device(house: House, say: Tongue, kind: str, name: str, found: Health) -> Html:
    since = say("hall.since", time=say.clock(found.since, house.clock.now())) if found.since else None
    why = _why(say, found)
    return el(
        "div",
        badge(say, found),
        el("b", name),
        el("span", say(f"kind.{kind}"), cls="soft"),
        el("span", why, cls="cause") if why else None,
        el("small", since, cls="soft") if since else None,
        cls="device",
    )


def _why(say: Tongue, found: Health) -> str | None:
    """The device's own sentence, else what is known of it without one."""
    if found.cause or found.doubt:
        return say.sent(found, "cause") or say(f"doubt.{found.doubt}")
    return say(f"note.{found.note}") if found.note else None


def badge(say: Tongue, found: Health) -> Html:
    """A health word as a coloured label, with the standard's own word on hover."""
    attention = found.word == "online" and not found.well
    word = "unverified" if found.note == "unverified" else "attention" if attention else found.word
    return el("span", say(f"device.{word}"), cls=f"badge {_tone(found)}", title=found.word)


def alarm(house: House, say: Tongue, alarm_state: AlarmState) -> Html:
    """What happened, where, since when, and who has seen it."""
    now = house.clock.now()
    place = alarm_state.where
    if alarm_state.kind == "overload" and place in house.hall.services:
        place = say.named(house.hall.services[place])
    elif place in house.hall.counters:
        place = say("alarm.where_counter", where=place)
    elif "/" in place:
        kind, _, name = place.partition("/")
        place = f"{say.known(f'kind.{kind}', kind)} {name}"
    is_sound = alarm_state.kind == "noise" and alarm_state.level is not None
    level = say("alarm.level", level=f"{alarm_state.level:.0f}") if is_sound else None
    over = (
        say("alarm.cleared", time=say.clock(alarm_state.cleared, now))
        if alarm_state.cleared
        else say("alarm.going_on")
    )
    return el(
        "div",
        el("b", say(f"alarm.{alarm_state.kind}"), " · ", place),
        el("span", level, cls="level") if level else None,
        el("span", say.sent(alarm_state, "text"), cls="words"),
        el("span", say("alarm.raised", time=say.clock(alarm_state.raised, now)), " · ", over, cls="soft"),
        el("span", found, cls="soft") if (found := _found(say, alarm_state)) else None,
        _escalation(say, alarm_state, now),
        cls="alarm-words",
    )


def _found(say: Tongue, alarm_state: AlarmState) -> str | None:
    """What a manager found there, and the picture that was taken."""
    said = []
    if alarm_state.verdict is not None:
        said.append(say(f"alarm.verdict.{alarm_state.verdict}"))
    if alarm_state.why:
        said.append(alarm_state.why)
    if alarm_state.picture is not None:
        said.append(say("alarm.picture", file=alarm_state.picture))
    if alarm_state.picture_fault is not None:
        said.append(say("alarm.no_picture", why=alarm_state.picture_fault))
    return " · ".join(said) or None


def note(house: House, say: Tongue) -> Html:
    """What staff should know of the day."""
    controller = house.picture.controller
    said = None if controller is None else say.sent(controller, "note")
    return el("p", said, cls="note") if said else Html()


def promise(say: Tongue, alarm_state: AlarmState, party: str) -> str:
    """What a party says with its button: that it knows, and what it does about it while that is needed."""
    kind = "over" if alarm_state.cleared else alarm_state.kind
    return say("alarm.promise", party=party, deed=say(f"alarm.deed.{kind}"))


def _escalation(say: Tongue, alarm_state: AlarmState, now: datetime) -> Html | None:
    if alarm_state.escalated is None or not is_loud(alarm_state):
        return None
    return el("strong", say("alarm.escalated", time=say.clock(alarm_state.escalated, now)))
