"""A day as a picture, and the week's and month's tables: from events alone, and loading nothing."""

import re
from datetime import date
from pathlib import Path

import pytest

from hall.core import commands as c
from hall.journal import Journal
from hall.reports.day import figures
from hall.reports.paper import Reader
from hall.reports.period import period_csv, period_html, period_report, span
from hall.reports.picture import day_picture
from hall.reports.story import Story, story
from tests.hall.kit import Hall
from tests.unit.test_hall_reports import DAY, a_day


def test_counters_serve_are_idle_paused_and_closed() -> None:
    hall = Hall("08:30")
    hall.take()
    hall.call()
    hall.after(600)
    hall.done(c.Finish, counter="1")
    hall.after(300)
    hall.done(c.Pause, counter="1")
    hall.after(120)
    hall.done(c.Reopen, counter="1")
    hall.at("12:00")
    told = story(hall.events).counters["1"]
    assert [(one.doing, (one.end - one.start).total_seconds()) for one in told[:3]] == [
        ("serving", 600),
        ("idle", 300),
        ("paused", 120),
    ]
    assert told[0].number == "A001"
    assert f"{told[-1].end:%H:%M}" == "12:00"


def test_queues_grow_and_shrink_and_end_empty() -> None:
    hall = Hall()
    tickets = [hall.take() for _ in range(3)]
    hall.call()
    hall.done(c.NoShow, counter="1")
    hall.done(c.Transfer, ticket=tickets[1].id, to="b")
    told = story(hall.events).queues
    assert [count for _, count in told["a"]] == [1, 2, 3, 2, 3, 2]
    assert [count for _, count in told["b"]] == [1]
    hall.at("18:31")
    assert all(curve[-1][1] == 0 for curve in story(hall.events).queues.values())


def test_waits_stand_beside_what_was_told() -> None:
    told = story(a_day().events)
    assert len(told.waits) == 3
    assert [round(wait.came_to) for wait in told.waits] == [4, 14, 24]
    assert [grade.grade for grade in told.grades] == [5, 2]
    assert [alarm.kind for alarm in told.alarms.values()] == ["rating"]


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_picture_loads_nothing_and_says_everything(language: str) -> None:
    hall = a_day()
    reader = Reader.of(hall.rules.hall, language)
    page = day_picture(reader, figures(DAY, hall.events), story(hall.events))
    assert not re.search(r"https?://|src=|<script|<link|@import|url\(", page)
    assert page.count("<svg") >= 4
    assert "prefers-color-scheme:dark" in page
    assert not re.search(r">(day|figure|queues|waits|counters|alarms|grades|booked)\.[a-z]", page)
    assert ("各业务等候人数" in page) is (language == "zh-CN")
    assert ("People waiting" in page) is (language == "en")


def test_a_day_without_anybody_says_so() -> None:
    reader = Reader.of(Hall().rules.hall, "zh-CN")
    assert "没有取号" in day_picture(reader, figures(DAY, []), Story())


def test_weeks_and_months() -> None:
    assert span("week", date(2026, 11, 20)) == (date(2026, 11, 16), date(2026, 11, 22))
    assert span("month", date(2026, 2, 3)) == (date(2026, 2, 1), date(2026, 2, 28))


def test_a_week_of_counters_and_services(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    hall = a_day()
    journal = Journal.open(path)
    assert period_report(path, "week") is None
    with journal.transaction():
        journal.append(hall.events)
    week = period_report(path, "week")
    journal.close()
    assert week is not None
    assert [day.day for day in week.days] == [DAY]
    reader = Reader.of(hall.rules.hall, "zh-CN")
    rows = period_csv(reader, week)
    assert rows.startswith("\ufeff小厅 周通报 2026-11-16 至 2026-11-22")
    (counter,) = [row for row in rows.splitlines() if row.startswith("1 号窗口")]
    assert counter == "1 号窗口,3,3,0,0,14.0,24.0,6.0,66.7%（2/3）,50.0%（1/2）,1"
    assert "A 纳税,5,3,0,1" in rows
    page = period_html(Reader.of(hall.rules.hall, "en"), week)
    assert "weekly report" in page
    assert "66.7% (2/3)" in page
