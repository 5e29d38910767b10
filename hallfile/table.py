"""What every table of the hall file is made of."""

from typing import Annotated

import msgspec
from msgspec import Meta

Id = Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9-]{0,63}$")]
TimeOfDay = Annotated[str, Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Interval = tuple[TimeOfDay, TimeOfDay]
Positive = Annotated[float, Meta(gt=0)]
Share = Annotated[float, Meta(ge=0, le=1)]


class Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the hall file: an unknown key in it is an error."""
