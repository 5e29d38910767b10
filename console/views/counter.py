"""A clerk's page in markup: who is here, how long, why, and who waits."""

from broker.messages.hall import CounterState
from console.house import House
from console.markup import Html, el
from console.tongue import Tongue
from hallfile.services import Service


def in_hand(house: House, say: Tongue, counter: str) -> Html:
    """The number this counter has in hand, very large."""
    state = house.picture.counters.get(counter)
    status = status_word(state)
    number = state.number if state else None
    at_step = step(house, say, counter)
    return el(
        "div",
        el("span", say(f"counter_status.{status}"), cls=f"status {status}"),
        el("div", number or say("counter.none"), cls="huge" if number else "huge nobody"),
        el("span", at_step, cls="step") if at_step else None,
        el("span", _elapsed(house, say, counter), cls="elapsed"),
        el("span", say("counter.prechecked"), cls="badge good") if state and state.prechecked else None,
        cls="in-hand",
    )


def status_word(state: CounterState | None) -> str:
    """A counter's state in a word; whoever is called and not there yet is not being served."""
    if state is None:
        return "unknown"
    is_called = state.status == "serving" and state.serving_since is None
    return "called" if is_called else state.status


def step(house: House, say: Tongue, counter: str) -> str | None:
    """Which step of its visit the number in hand is at; None where it has only one."""
    state = house.picture.counters.get(counter)
    if state is None or state.number is None or state.steps == 1:
        return None
    service = house.hall.services.get(state.service or "")
    name = "" if service is None else step_name(say, service)
    return say("counter.step", step=state.step, steps=state.steps, name=name)


def step_name(say: Tongue, service: Service) -> str:
    """How a service is called as a step of a visit."""
    return service.step_name if say.language.startswith("zh") else service.step_name_en


def transfers(house: House, say: Tongue, counter: str) -> tuple[tuple[str, str], ...]:
    """Where the number in hand can be sent, and how that is called: the next step of its visit first, and not
    to where it is."""
    state = house.picture.counters.get(counter)
    services = house.hall.services
    further = [name for name in state.further if name in services] if state else []
    here = state.service if state else None
    others = [name for name in services if name not in further and name != here]
    steps = [(name, _step_to_come(say, services[name], number)) for number, name in enumerate(further)]
    return (*steps, *((name, _business(say, services[name])) for name in others))


def _step_to_come(say: Tongue, service: Service, number: int) -> str:
    key = "counter.step_later" if number else "counter.step_next"
    return say(key, prefix=service.prefix, name=step_name(say, service))


def _business(say: Tongue, service: Service) -> str:
    return f"{service.prefix} · {say.named(service)}"


def on_break(house: House, say: Tongue, counter: str) -> str | None:
    """Why the counter is paused, and until when, as far as its clerk has said."""
    state = house.picture.counters.get(counter)
    if state is None or state.status != "paused":
        return None
    named = {entry.name: say.named(entry) for entry in house.hall.hours.breaks}
    said = [named.get(state.pause_reason or "", state.pause_reason or "")]
    if state.back_at is not None:
        said.append(say("counter.back_at", time=say.clock(state.back_at, house.clock.now())[:5]))
    return " · ".join(filter(None, said)) or None


def _elapsed(house: House, say: Tongue, counter: str) -> str:
    state = house.picture.counters.get(counter)
    if state is None:
        return ""
    if state.number is None:
        return on_break(house, say, counter) or say(f"counter.idle_{state.status}")
    now = house.clock.now()
    if state.serving_since is not None:
        return say("counter.served_for", time=say.elapsed((now - state.serving_since).total_seconds()))
    if state.called_at is not None:
        return say("counter.called_for", time=say.elapsed((now - state.called_at).total_seconds()))
    return ""


def why(house: House, say: Tongue, counter: str) -> Html:
    """Why this person and not the one before, as it can be read out."""
    call = house.picture.call_in_hand(counter)
    if call is None:
        return el("p", cls="why empty")
    return el(
        "p",
        el("b", say("counter.why")),
        el("span", say.sent(call, "why") or say("counter.why_unknown")),
        el("small", say("counter.nth", nth=call.nth)) if call.nth > 1 else None,
        cls="why",
    )


def waiting(house: House, say: Tongue, counter: str) -> Html:
    """How many wait for each of this counter's services."""
    lines = [_service(house, say, service) for service in house.hall.counters[counter].services]
    return el("div", el("h2", say("counter.services")), *lines, cls="services")


def _service(house: House, say: Tongue, name: str) -> Html:
    service = house.hall.services[name]
    state = house.picture.queues.get(name)
    count = state.waiting if state else None
    return el(
        "div",
        el("b", service.prefix, cls="prefix"),
        el("span", say.named(service)),
        el("strong", "—" if count is None else count),
        el("small", say.wait(state.forecast_minutes) if state else say("hall.not_heard"), cls="soft"),
        cls="service",
    )


def held_name(house: House, say: Tongue, ticket: str) -> str:
    """What a held ticket is called by: its number where the bus has told it."""
    seen = house.picture.tickets.get(ticket)
    return seen.number if seen else say("counter.held_unknown", tail=ticket[-4:])
