"""The evening's score: what was told with the numbers against what came."""

import pytest

from hall.core import commands as c
from hall.core.events import TicketTaken
from hall.reports.scores import scores
from tests.hall.kit import Hall


def test_what_was_told_is_held_against_what_came() -> None:
    hall = Hall()
    hall.done(c.Logout, counter="2")
    first, second = hall.take("a"), hall.take("a")
    hall.call()
    hall.after(600)
    hall.call()
    whole, by_service = scores(hall.rules.hall, hall.events)
    told = [event.forecast for event in hall.events if isinstance(event, TicketTaken)]
    assert told[0] is not None
    assert told[1] is not None
    assert by_service == {"a": whole}
    assert whole.told == 2
    assert whole.error == pytest.approx((told[0].median + abs(told[1].median - 10)) / 2)
    # one before, ten minutes typed in, one counter: just what came
    assert whole.divided == pytest.approx(0)
    assert (
        whole.inside_share
        == sum(one.low <= came <= one.high for one, came in zip(told, (0, 10), strict=True) if one) / 2
    )
    assert (first.number, second.number) == ("A001", "A002")


def test_a_number_that_is_never_called_has_no_score() -> None:
    hall = Hall()
    hall.take("a")
    whole, by_service = scores(hall.rules.hall, hall.events)
    assert (whole.told, whole.error, whole.inside_share, by_service) == (0, None, None, {})
