"""What the hall decides is said in its other languages too, and stands so in the journal."""

import msgspec
import pytest

from hall.core import Engine, Rules, absence
from hall.core import commands as c
from hall.core import events as e
from hall.core.task_events import TaskRaised
from hall.core.tongues import said
from hall.texts import others, texts
from tests.hall.kit import Hall, small


@pytest.fixture
def hall() -> Hall:
    """The small hall, which says everything in English too."""
    made = Hall("08:00")
    file = small()
    told = tuple(Rules(file, texts(name)) for name in others("zh-CN"))
    made.rules = Rules(file, texts("zh-CN"), others=told)
    made.engine = Engine(made.rules)
    return made.at("09:00")


def test_a_call_says_why_in_both(hall: Hall) -> None:
    hall.done(c.Login, counter="1", clerk="clerk-1")
    hall.take()
    hall.call()
    called = hall.last(e.TicketCalled)
    assert "取号最早" in called.why
    assert called.why_in == {"en": "A001 took the earliest number of those waiting (09:00)."}
    read = msgspec.json.decode(msgspec.json.encode(called), type=e.TicketCalled)
    assert read == called, "the journal keeps both"


def test_a_refusal_names_things_in_the_reader_s_language(hall: Hall) -> None:
    hall.at("20:00")
    refusal = hall.refused(c.TakeTicket, ticket="t1", service="b")
    assert "城建" in refusal.text
    assert "Construction" in refusal.text_in["en"]
    assert (
        hall.refused(c.CallNext, counter="1").text_in["en"].startswith("No clerk is logged in at counter 1")
    )


def test_what_time_brings_and_what_must_be_answered(hall: Hall) -> None:
    hall.done(c.Login, counter="1", clerk="clerk-1")
    ticket = hall.take()
    hall.call()
    hall.done(c.Start, counter="1")
    hall.done(c.Finish, counter="1")
    hall.done(c.Rate, ticket=ticket.id, grade=1)
    told = hall.last(e.AlarmRaised).text_in["en"]
    assert "very dissatisfied" in told
    assert hall.last(TaskRaised).text_in["en"] == told
    task = next(iter(hall.state.duties.tasks.values()))
    assert task.text_in["en"] == told
    assert next(iter(hall.state.alarms.values())).text_in["en"] == told
    hall.take()
    hall.after(16 * 60)
    absent = next(look for look in absence.look(hall.state, hall.rules, hall.now))
    assert isinstance(absent, c.RaiseAlarm)
    assert absent.text_in["en"].startswith("counter 1 has done nothing")


def test_a_hall_of_one_language_decides_once(hall: Hall) -> None:
    plain = Rules(small(), texts("zh-CN"))
    assert said(plain, lambda rules: rules.texts("nobody"))[1] == {}
    alone = Hall()
    assert alone.refused(c.CallNext, counter="1").text_in == {}
