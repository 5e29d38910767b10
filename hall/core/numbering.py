"""Numbers: a prefix and digits, from one on every day, from the journal and never from a count."""

from hall.core.rules import Rules
from hall.core.state import State


def next_ordinal(state: State, rules: Rules, service: str) -> int:
    """The ordinal that comes after the last one given; one that was voided is not given again."""
    last = state.numbers.get(rules.service(service).prefix)
    return rules.hall.numbering.first if last is None else last + 1


def number(rules: Rules, service: str, ordinal: int) -> str:
    """How the number reads: A001. Past the last of its digits it grows longer, it does not begin again."""
    return f"{rules.service(service).prefix}{ordinal:0{rules.hall.numbering.digits}d}"
