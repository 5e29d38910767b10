"""Who is next, and why."""

from hall.core import commands as c
from hall.core.events import TicketCalled
from tests.hall.kit import Hall


def test_first_come_first_served() -> None:
    hall = Hall()
    for _ in range(3):
        hall.take()
    assert hall.calls() == ["A001", "A002", "A003"]
    assert "取号最早" in hall.all(TicketCalled)[0].why


def test_priority_is_a_credit_in_minutes() -> None:
    hall = Hall()
    hall.take()
    hall.after(19 * 60)
    hall.take()
    hall.after(60 * 0.5)
    hall.take(priority=("elderly",))
    # came 19.5 minutes after the first and 0.5 after the second, and is worth 20
    assert hall.call().number == "A003"
    why = hall.last(TicketCalled).why
    assert "老年人" in why
    assert "20 分钟" in why
    assert "A001" in why
    assert hall.calls() == ["A001", "A002"]


def test_nobody_is_overtaken_by_one_who_came_later_than_the_credit() -> None:
    hall = Hall()
    hall.take()
    hall.after(20 * 60 + 1)
    hall.take(priority=("elderly",))
    assert hall.calls() == ["A001", "A002"]


def test_of_several_classes_the_best_counts() -> None:
    hall = Hall()
    assert hall.take(priority=("veteran", "disabled")).credit_minutes == 30
    assert hall.take(priority=("unheard-of",)).credit_minutes == 0


def test_appointments_go_first_but_never_more_than_three_in_a_row() -> None:
    hall = Hall()
    for _ in range(2):
        hall.take()
    for code in range(7):
        hall.take(appointment=f"B{code}")
    assert hall.calls() == ["A003", "A004", "A005", "A001", "A006", "A007", "A008", "A002", "A009"]
    whys = [call.why for call in hall.all(TicketCalled)]
    assert "预约优先（连续第 3 位" in whys[2]
    assert "已连续叫了 3 位预约" in whys[3]
    assert "没有其他人" in whys[8]


def test_the_run_counts_for_those_who_wait_whichever_counter_calls() -> None:
    hall = Hall(calling={"appointments_in_a_row": 1})
    hall.take()
    for code in range(2):
        hall.take(appointment=f"B{code}")
    assert [hall.call("1").number, hall.call("2").number] == ["A002", "A001"]


def test_who_is_sent_on_while_waiting_has_been_passed_already() -> None:
    hall = Hall(calling={"appointments_in_a_row": 1})
    waiting = hall.take("a")
    for code in range(2):
        hall.take("a", appointment=f"B{code}")
    assert hall.call("2").number == "A002"
    hall.done(c.Transfer, ticket=waiting.id, to="b")
    assert hall.call("2").number == waiting.number


def test_appointments_with_nobody_waiting_are_no_run() -> None:
    hall = Hall(calling={"appointments_in_a_row": 1})
    for code in range(3):
        hall.take(appointment=f"B{code}")
    hall.call()
    hall.call()
    hall.take()
    assert hall.call().number == "A003"


def test_a_counter_takes_the_longest_waiting_of_all_its_services() -> None:
    hall = Hall()
    hall.take("b")
    hall.after(1)
    hall.take("a")
    hall.after(1)
    hall.take("b")
    assert hall.calls("2") == ["B001", "A001", "B002"]


def test_a_missed_call_comes_back_after_three_others() -> None:
    hall = Hall()
    for _ in range(6):
        hall.take()
    hall.call()
    hall.done(c.NoShow, counter="1")
    assert hall.calls() == ["A002", "A003", "A004", "A001", "A005", "A006"]
    assert "过号" in hall.all(TicketCalled)[4].why


def test_a_missed_call_comes_back_at_once_when_nobody_else_waits() -> None:
    hall = Hall()
    hall.take()
    hall.call()
    hall.done(c.NoShow, counter="1")
    assert hall.call().number == "A001"
    assert "没有其他人" in hall.last(TicketCalled).why


def test_a_transfer_keeps_its_place_in_time() -> None:
    hall = Hall()
    hall.take("a")
    hall.after(60)
    hall.take("b")
    hall.call("1")
    hall.after(60)
    hall.done(c.Transfer, counter="1", to="b")
    assert hall.calls("2") == ["A001", "B001"]
    assert "转来" in hall.all(TicketCalled)[1].why


def test_with_nobody_waiting_next_says_so() -> None:
    hall = Hall()
    assert hall.refused(c.CallNext, counter="1").reason == "nobody_waiting"
