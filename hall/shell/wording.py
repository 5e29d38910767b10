"""A call as it is shown and as it is spoken."""

from hall.core import Rules
from hall.core.events import Wait
from hallfile.catalogue import Catalogue
from hallfile.waits import wait_said


def shown(rules: Rules, texts: Catalogue, number: str, counter: str) -> str:
    """请A001号到3号窗口办理 (domain.md section 3)."""
    return texts("call.shown", number=number, counter=counter_name(rules, texts, counter))


def spoken(rules: Rules, texts: Catalogue, number: str, counter: str) -> str:
    """The same so that a voice reads it well: every letter and digit of the number on its own."""
    letters = "".join(sign for sign in number if not sign.isdigit())
    digits = [texts(f"digits.{sign}") for sign in number if sign.isdigit()]
    together = "".join(digits) if texts.language == "zh-CN" else " ".join(digits)
    spelled = " ".join((*letters, together))
    return texts("call.spoken", number=spelled, counter=_spoken_counter(rules, texts, counter))


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


def _spoken_counter(rules: Rules, texts: Catalogue, counter: str) -> str:
    named = rules.hall.counters[counter].name if counter in rules.hall.counters else None
    return named if named is not None else texts("counter.spoken", number=counter)
