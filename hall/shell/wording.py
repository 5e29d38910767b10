"""A call as it is shown and as it is spoken."""

from hall.core import Rules
from hall.core.events import Wait
from hall.core.state import Ticket
from hallfile.catalogue import Catalogue
from hallfile.waits import wait_said


def shown(rules: Rules, texts: Catalogue, number: str, counter: str, purpose: str = "") -> str:
    """请A001号到3号窗口办理 (domain.md section 3), or what for: 请A001号到23号窗口缴费."""
    key = "call.shown_for" if purpose else "call.shown"
    return texts(key, number=number, counter=counter_name(rules, texts, counter), purpose=purpose)


def purpose(rules: Rules, texts: Catalogue, ticket: Ticket | None) -> str:
    """What a ticket is called for; nothing where its visit has one step."""
    if ticket is None or ticket.steps_in_all == 1 or ticket.service not in rules.hall.services:
        return ""
    return _step_name(rules, texts, ticket.service)


def steps(rules: Rules, ticket: Ticket) -> str:
    """All steps of a visit from where it stands: 受理 → 缴费 → 领证; nothing where there is one only."""
    if ticket.steps_in_all == 1:
        return ""
    known = [name for name in (ticket.service, *ticket.steps) if name in rules.hall.services]
    return rules.texts("steps").join(_step_name(rules, rules.texts, name) for name in known)


def _step_name(rules: Rules, texts: Catalogue, service: str) -> str:
    entry = rules.service(service)
    return entry.step_name_en if texts.language == "en" else entry.step_name


def spoken(rules: Rules, texts: Catalogue, number: str, counter: str, purpose: str = "") -> str:
    """The same so that a voice reads it well: every letter and digit of the number on its own."""
    letters = "".join(sign for sign in number if not sign.isdigit())
    digits = [_digit(rules, texts, sign) for sign in number if sign.isdigit()]
    together = "".join(digits) if texts.language == "zh-CN" else " ".join(digits)
    spelled = " ".join((*letters, together))
    key = "call.spoken_for" if purpose else "call.spoken"
    return texts(key, number=spelled, counter=_spoken_counter(rules, texts, counter), purpose=purpose)


def counter_name(rules: Rules, texts: Catalogue, counter: str) -> str:
    """A counter's own name, or 3号窗口."""
    named = rules.hall.counters[counter].name if counter in rules.hall.counters else None
    return named if named is not None else texts("counter.numbered", number=counter)


def counter_names(rules: Rules, texts: Catalogue, counters: tuple[str, ...]) -> str:
    """Several counters as a ticket names them: 1、2号窗口, then those that have names."""
    numbers = [name for name in counters if rules.hall.counters[name].name is None]
    named = [counter_name(rules, texts, name) for name in counters if name not in numbers]
    joined = texts("list").join(numbers)
    key = "counter.numbered" if len(numbers) == 1 else "counter.several"
    numbered = [texts(key, number=joined, numbers=joined)] if numbers else []
    return texts("list").join((*numbered, *named))


def forecast(texts: Catalogue, wait: Wait | None) -> str:
    """大约 15–25 分钟, as everywhere; nothing where nothing can be said."""
    return "" if wait is None else wait_said(texts.language, wait)


def _digit(rules: Rules, texts: Catalogue, sign: str) -> str:
    """A digit as it is read out; in Mandarin a 1 as the hall wants it."""
    if sign == "1" and texts.language == "zh-CN":
        return rules.hall.calling.one
    return texts(f"digits.{sign}")


def _spoken_counter(rules: Rules, texts: Catalogue, counter: str) -> str:
    named = rules.hall.counters[counter].name if counter in rules.hall.counters else None
    return named if named is not None else texts("counter.spoken", number=counter)
