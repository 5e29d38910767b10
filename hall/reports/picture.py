"""A day as a picture: queues, waits against forecasts, counters, alarms, ratings and appointments."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from statistics import fmean
from typing import Final

from hall.reports.chart import AXIS, LEFT, RIGHT, WIDTH, Hours, axis, bar, dot, hours, steps, svg, text
from hall.reports.day import Day
from hall.reports.paper import Reader, paper, section, table
from hall.reports.story import Story, Wait
from hallfile.markup import Html, el, join

ROW: Final = 46
"""Height of one queue, pixels of the drawing."""
SHORT: Final = 10
"""A queue that was never longer does not fill its row."""
LANE: Final = 22
"""Height of one counter, kind of alarm, or grade."""
SQUARE: Final = 560
MARGIN: Final = 48
PROMPT_MIN: Final = 5.0
"""Who has an appointment should be called within so many minutes of coming."""
GRADES: Final = (5, 4, 3, 2, 1)
FINE: Final = {5: "good", 4: "good", 3: "neutral", 2: "bad", 1: "bad"}


def day_picture(reader: Reader, day: Day, story: Story) -> str:
    """The HTML file of a day."""
    say = reader.say
    title = say("day.title", hall=reader.named(reader.hall.hall), day=day.day.isoformat())
    if story.begins is None or story.ends is None:
        return paper(title, say.language, el("p", say("day.empty")))
    span = hours(story.begins, story.ends)
    return paper(
        title,
        say.language,
        el("p", say("day.soft"), cls="soft"),
        _headline(reader, day, story),
        _queues(reader, span, story),
        _counters(reader, span, story),
        _waits(reader, story),
        _alarms(reader, span, story),
        el("div", _grades(reader, span, story), _booked(reader, span, story)),
    )


def _headline(reader: Reader, day: Day, story: Story) -> Html:
    whole, ratings = day.whole, day.whole.ratings
    figures = {
        "taken": str(whole.taken),
        "finished": str(whole.finished),
        "wait": reader.minutes(whole.wait.median),
        "p90": reader.minutes(whole.wait.p90),
        "error": reader.minutes(whole.forecast_error.mean),
        "inside": reader.share(sum(wait.inside for wait in story.waits), len(story.waits)),
        "rated": reader.share(ratings.rated, ratings.offered),
        "satisfied": reader.share(ratings.grades[5] + ratings.grades[4], ratings.rated),
    }
    return el(
        "section",
        el(
            "div",
            *(
                el("div", el("b", value), el("span", reader.say(f"figure.{key}")))
                for key, value in figures.items()
            ),
            cls="figures",
        ),
    )


def _queues(reader: Reader, span: Hours, story: Story) -> Html:
    """A curve for each service; a short queue is not drawn as if it were a long one."""
    say = reader.say
    named = [name for name in reader.hall.services if name in story.queues]
    named += [name for name in story.queues if name not in named]
    most = {name: max((count for _, count in story.queues[name]), default=0) for name in named}
    height = len(named) * ROW + AXIS
    parts = axis(span, height)
    for place, name in enumerate(named):
        floor = (place + 1) * ROW
        parts += [
            steps(span, story.queues[name], floor, (ROW - 8) / max(SHORT, most[name])),
            text(LEFT - 10, floor - 6, reader.service(name), "end"),
            text(WIDTH - RIGHT + 8, floor - 6, say("queues.most", most=most[name]), cls="note"),
        ]
    drawing = svg(height, parts, say("queues.title"))
    return section(say("queues.title"), el("p", say("queues.soft"), cls="soft"), drawing)


def _counters(reader: Reader, span: Hours, story: Story) -> Html:
    say = reader.say
    named = [name for name in reader.hall.counters if name in story.counters]
    named += [name for name in story.counters if name not in named]
    height = len(named) * LANE + AXIS
    parts = axis(span, height)
    for place, name in enumerate(named):
        top = place * LANE
        parts.append(text(LEFT - 10, top + 15, reader.counter(name), "end"))
        for one in story.counters[name]:
            title = say(
                "counters.one",
                counter=reader.counter(name),
                doing=say(f"counters.{one.doing}"),
                start=f"{one.start:%H:%M}",
                end=f"{one.end:%H:%M}",
                number=one.number,
            )
            left = span.x(one.start)
            parts.append(bar(left, top + 3, span.x(one.end) - left, LANE - 6, one.doing, title))
    keys = [
        join((el("i", "", cls=f"key {key}"), say(f"counters.{key}"))) for key in ("serving", "idle", "paused")
    ]
    legend = el("p", *keys, " · ", say("counters.soft"), cls="soft")
    return section(say("counters.title"), legend, svg(height, parts, say("counters.title")))


def _waits(reader: Reader, story: Story) -> Html:
    say = reader.say
    most = max((max(wait.median, wait.came_to) for wait in story.waits), default=10.0)
    step = next(step for step in (5, 10, 20, 30, 60, 120, 240, 10_000) if most / step <= 8)
    end = step * (int(most / step) + 1)

    def at(minutes: float) -> float:
        return minutes / end * (SQUARE - MARGIN - 16)

    def x(minutes: float) -> float:
        return MARGIN + at(minutes)

    def y(minutes: float) -> float:
        return SQUARE - MARGIN - at(minutes)

    parts: list[Html] = []
    for tick in range(0, end + 1, step):
        parts.append(el("line", x1=f"{x(tick):.1f}", x2=f"{x(tick):.1f}", y1=y(0), y2=y(end), cls="grid"))
        parts.append(el("line", x1=x(0), x2=x(end), y1=f"{y(tick):.1f}", y2=f"{y(tick):.1f}", cls="grid"))
        parts.append(text(x(tick), SQUARE - MARGIN + 18, str(tick), "middle", "tick"))
        parts.append(text(MARGIN - 8, y(tick) + 4, str(tick), "end", "tick"))
    parts.append(el("line", x1=x(0), y1=y(0), x2=x(end), y2=y(end), cls="rule"))
    parts.append(text(x(end), SQUARE - 8, say("waits.told"), "end", "note"))
    parts.append(text(MARGIN + 6, 14, say("waits.came"), "start", "note"))
    for wait in story.waits:
        title = say(
            "waits.one",
            number=wait.number,
            low=f"{wait.low:.0f}",
            high=f"{wait.high:.0f}",
            came=f"{wait.came_to:.0f}",
        )
        parts.append(dot(x(wait.median), y(wait.came_to), "in" if wait.inside else "out", title))
    drawing = el(
        "svg",
        *parts,
        viewBox=f"0 0 {SQUARE} {SQUARE}",
        role="img",
        aria_label=say("waits.title"),
        cls="square",
    )
    both = el("div", drawing, _scores(reader, story.waits), cls="two")
    return section(say("waits.title"), el("p", say("waits.soft"), cls="soft"), both)


def _scores(reader: Reader, waits: Iterable[Wait]) -> Html:
    """How the forecasts of each service did."""
    by_service: dict[str, list[Wait]] = {}
    for wait in waits:
        by_service.setdefault(wait.service, []).append(wait)
    names = [reader.say(key) for key in ("waits.service", "waits.count", "figure.error", "figure.inside")]
    rows = [
        [
            reader.service(service),
            str(len(those)),
            reader.minutes(fmean(abs(wait.came_to - wait.median) for wait in those)),
            reader.share(sum(wait.inside for wait in those), len(those)),
        ]
        for service in reader.hall.services
        if (those := by_service.get(service))
    ]
    return el("div", table(names, rows))


def _alarms(reader: Reader, span: Hours, story: Story) -> Html:
    say = reader.say
    alarms = list(story.alarms.values())
    if not alarms:
        return section(say("alarms.title"), el("p", say("alarms.none"), cls="soft"))
    kinds = list(dict.fromkeys(alarm.kind for alarm in alarms))
    height = len(kinds) * LANE + AXIS
    parts = axis(span, height)
    for place, kind in enumerate(kinds):
        parts.append(text(LEFT - 10, place * LANE + 15, _kind(reader, kind), "end"))
    for alarm in alarms:
        top = kinds.index(alarm.kind) * LANE
        cleared = "" if alarm.cleared is None else f"{alarm.cleared:%H:%M}"
        title = say(
            "alarms.one",
            kind=_kind(reader, alarm.kind),
            where=alarm.where,
            raised=f"{alarm.raised:%H:%M}",
            cleared=cleared or say("alarms.still"),
            text=alarm.text,
        )
        left, right = span.x(alarm.raised), span.x(alarm.cleared or span.ends)
        parts.append(bar(left, top + 9, right - left, 4, "bad while", title))
        parts.append(bar(left, top + 4, 3.0, LANE - 8, "bad", title))
    return section(say("alarms.title"), svg(height, parts, say("alarms.title")))


def _kind(reader: Reader, kind: str) -> str:
    return reader.say.texts.get(f"alarm.{kind}", kind)


def _grades(reader: Reader, span: Hours, story: Story) -> Html:
    say = reader.say
    if not story.grades:
        return section(say("grades.title"), el("p", say("grades.none"), cls="soft"))
    height = len(GRADES) * LANE + AXIS
    parts = axis(span, height)
    for place, grade in enumerate(GRADES):
        count = sum(one.grade == grade for one in story.grades)
        parts.append(text(LEFT - 10, place * LANE + 15, say(f"grades.{grade}"), "end"))
        parts.append(text(WIDTH - RIGHT + 8, place * LANE + 15, str(count), cls="note"))
    for one in story.grades:
        title = say(
            "grades.one",
            at=f"{one.at:%H:%M}",
            counter=reader.counter(one.counter),
            grade=say(f"grades.{one.grade}"),
        )
        parts.append(dot(span.x(one.at), (5 - one.grade) * LANE + 11, FINE[one.grade], title, 4.5))
    return section(say("grades.title"), svg(height, parts, say("grades.title")))


def _booked(reader: Reader, span: Hours, story: Story) -> Html:
    say = reader.say
    if not story.booked:
        return section(say("booked.title"), el("p", say("booked.none"), cls="soft"))
    waits = [one.waited for one in story.booked if one.waited is not None]
    end = max(10.0, *waits) if waits else 10.0
    height = 150 + AXIS
    floor = height - AXIS
    unit = (floor - 14) / end
    limit = floor - PROMPT_MIN * unit
    parts = [
        *axis(span, height),
        el("line", x1=LEFT, x2=WIDTH - RIGHT, y1=f"{limit:.1f}", y2=f"{limit:.1f}", cls="rule"),
        text(LEFT - 10, limit + 4, reader.minutes(PROMPT_MIN), "end", "note"),
        text(LEFT - 10, 18, reader.minutes(end), "end", "note"),
        *_lollipops(reader, span, story, floor, unit),
    ]
    good = sum(waited <= PROMPT_MIN for waited in waits)
    soft = say("booked.soft", good=good, whole=len(story.booked))
    drawing = svg(height, parts, say("booked.title"))
    return section(say("booked.title"), el("p", soft, cls="soft"), drawing)


def _lollipops(reader: Reader, span: Hours, story: Story, floor: float, unit: float) -> Iterator[Html]:
    for one in story.booked:
        x, came = span.x(one.came), _clock(one.came)
        if one.waited is None:
            yield dot(x, floor, "neutral", reader.say("booked.never", number=one.number, came=came), 4.5)
            continue
        top = floor - one.waited * unit
        title = reader.say("booked.one", number=one.number, came=came, waited=f"{one.waited:.0f}")
        yield el("line", x1=x, x2=x, y1=floor, y2=f"{top:.1f}", cls="grid")
        yield dot(x, top, "good" if one.waited <= PROMPT_MIN else "bad", title, 4.5)


def _clock(moment: datetime) -> str:
    return f"{moment:%H:%M}"
