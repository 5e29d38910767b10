"""What somebody says who has looked: at a counter where nobody was, at a number without a paper."""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from broker.messages.envelope import Command


class Judge(Command, frozen=True, kw_only=True, tag="judge"):
    """`party` has looked at the counter of an alarm of kind `absence`: nobody was there (空岗, which counts),
    or `why` it is dismissed."""

    alarm: str
    party: str
    confirmed: bool
    why: str | UnsetType = UNSET


class Keep(Command, frozen=True, kw_only=True, tag="keep"):
    """The owner of `ticket` knows their number though it did not print, so it stays; with `seconds` they ask
    for so many real seconds more to decide."""

    ticket: str
    seconds: Annotated[float, Meta(gt=0, le=600)] | UnsetType = UNSET
