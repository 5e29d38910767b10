"""What is done in the hall: each kind of business, its numbers, and the steps of a visit."""

from typing import Annotated

from msgspec import Meta, field

from hallfile.table import Id, Positive, Table, TimeOfDay


class Issuing(Table, frozen=True, kw_only=True):
    """[[services.<id>.issuing]]: a time of day in which numbers are given."""

    opens: TimeOfDay
    closes: TimeOfDay
    most: Annotated[int, Meta(ge=0)] | None = None
    """Numbers in it; none means no limit."""


class Service(Table, frozen=True, kw_only=True):
    """[services.<id>]: one kind of business with its own queue."""

    prefix: Annotated[str, Meta(pattern="^[A-Z]{1,2}$")]
    name: str
    name_en: str
    zone: Id
    mean_minutes: Positive
    """What a service takes before the journal has taught better."""
    quota: Annotated[int, Meta(ge=0)] | None = None
    """Numbers a day; none means no limit."""
    issuing: list[Issuing] = field(default_factory=list)
    """限号: the only times of day when numbers are given, each with its most; none: while a counter works."""
    then: list[Id] = field(default_factory=list)
    """The further steps of a visit, in order: services whose counters the same number goes on to."""
    step: str = ""
    """How it is called as one step of a visit (受理, 缴费, 领证); empty: by its name."""
    step_en: str = ""
    direct: bool = True
    """False: no number is taken for it, people only come to it as a further step or by a transfer."""

    @property
    def step_name(self) -> str:
        return self.step or self.name

    @property
    def step_name_en(self) -> str:
        return self.step_en or self.name_en
