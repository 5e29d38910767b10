"""Whatever staff give as a reason stays in the journal: none may hold a number that is somebody's."""

import pytest

from hall.core import commands as c
from tests.hall.kit import Hall

NUMBERS = ("电话 13800138000", "tel. 138 0013 8000", "11010519491231002X")


@pytest.mark.parametrize("why", NUMBERS)
def test_no_reason_leads_to_anybody(why: str) -> None:
    hall = Hall()
    hall.take()
    hall.call()
    before = hall.state
    assert hall.refused(c.Pause, counter="1", why=why).reason == "names_somebody"
    assert hall.refused(c.Cancel, counter="1", why=why).reason == "names_somebody"
    taken = {"ticket": "t-x", "service": "a", "override": True, "by": "counter/1"}
    assert hall.refused(c.TakeTicket, why=why, **taken).reason == "names_somebody"
    assert hall.state == before


def test_a_number_of_the_hall_may_stand_in_a_reason() -> None:
    hall = Hall()
    hall.done(c.Pause, counter="1", why="A001 到 2 号窗口，11:30 回来")
    assert hall.state.desk("1").paused
