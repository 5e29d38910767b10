"""`hallkeeper bench path`: intent → committed → first byte at the printer; call → board → first audio sample.

A whole hall of real processes is brought up without a crowd. The bench plays the kiosk's intents and a
counter's calls over the bus; the simulated devices tell when the first byte of a job reached them, on the
machine's own monotonic clock. So that a round needs not wait for the loudspeaker to finish or the board's
pause to pass, the run's own hall file lets the WAV ring swallow speech at once and the board be written
without its pause, and one counter calls round after round; `config` in the figures says so.
"""

import asyncio
import random
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from msgspec import UNSET
from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench.figures import distribution, machine, proportional_mb, resident_mb, write
from bench.livehall import LiveHall, derive, live_hall
from bench.witness import Witnesses, witnessed
from broker.client import Received
from broker.messages.devices import Started
from broker.messages.hall import CallNext, TakeTicket, TicketPrint
from broker.messages.simulators import FirstByte

START = "09:00"
PAUSE_S = (0.1, 0.4)
"""Between rounds, drawn from the seed: people do not come in step with the screens that still redraw."""
CONFIG = {
    "start": START,
    "announcer": "audio:ring?pace=none",
    "board_refresh_s": 0,
    "hurry_s": 0,
    "boards": {"pages": [], "flash_s": 0},
    "crowd": False,
    "pause_s": list(PAUSE_S),
}
ROUND_WITHIN_S = 20.0
EXPIRES_S = 10.0
SLOWEST = 15
"""Rounds shown one by one."""
STEPS = {"committed": "intent", "printer": "intent", "board": "call", "audio": "call"}
"""What is measured, and from which moment on."""
TARGETS_MS = {"committed": 30, "printer": 60, "board": 60, "audio": 150}
"""What 99 of 100 are to keep."""


@dataclass
class Round:
    """The moments of one ticket and one call, CLOCK_MONOTONIC in ns."""

    intent: int = 0
    committed: int = 0
    printer: int = 0
    call: int = 0
    board: int = 0
    audio: int = 0


@dataclass
class Ears:
    """Hears what the devices do, and wakes who waits for it."""

    first_print: asyncio.Queue[int] = field(default_factory=asyncio.Queue)
    first_show: asyncio.Queue[int] = field(default_factory=asyncio.Queue)
    started: asyncio.Queue[int] = field(default_factory=asyncio.Queue)
    outcome: asyncio.Queue[TicketPrint] = field(default_factory=asyncio.Queue)

    def hear(self, received: Received) -> None:
        """Sort an event into its queue."""
        message = received.message()
        if isinstance(message, FirstByte):
            (self.first_print if message.what == "print" else self.first_show).put_nowait(
                message.monotonic_ns
            )
        elif isinstance(message, Started):
            self.started.put_nowait(time.monotonic_ns())
        elif isinstance(message, TicketPrint):
            self.outcome.put_nowait(message)


def bench_path(example: Path, *, rounds: int, seed: int, json: Path | None) -> None:
    """Measure the path and print the figures."""
    began = time.monotonic()
    figures = asyncio.run(_measure(example, rounds, random.Random(seed)))
    figures |= {"machine": machine(), "config": {**CONFIG, "rounds": rounds}, "seed": seed}
    figures["took_s"] = round(time.monotonic() - began, 1)
    _print(figures)
    write(figures, json)


async def _measure(example: Path, rounds: int, chance: random.Random) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="hallkeeper-bench-") as folder:
        path = derive(example, Path(folder), _for_the_bench)
        async with live_hall(path, Path(folder) / "data", "--no-crowd", "--start", START) as live:
            async with witnessed(Path(folder)) as testimony:
                done = await _rounds(live, rounds, chance)
            memory = {room: proportional_mb(pid) for room, pid in live.rooms().items()}
            resident = {room: resident_mb(pid) for room, pid in live.rooms().items()}
            return {
                **{end: _between(done, start, end) for end, start in STEPS.items()},
                "calm": {end: _calm(done, start, end, testimony) for end, start in STEPS.items()},
                "machine_late": testimony.figures(),
                "slowest": _slowest(done, testimony),
                "memory_mb": {**memory, "total": round(sum(memory.values()), 1)},
                "resident_mb": {**resident, "total": round(sum(resident.values()), 1)},
                "ready_s": live.ready_s,
            }


def _for_the_bench(tables: dict[str, Any]) -> None:
    for announcer in tables["announcers"].values():
        announcer["link"] = CONFIG["announcer"]
    for board in tables["led_boards"].values():
        board["refresh_s"] = CONFIG["board_refresh_s"]
    tables.setdefault("calling", {})["hurry_s"] = CONFIG["hurry_s"]
    # the first byte at the board is to be a call's
    tables["boards"] = CONFIG["boards"]


async def _rounds(live: LiveHall, rounds: int, chance: random.Random) -> list[Round]:
    ears = Ears()
    bus = live.bus
    for kind, owner, leaf in (
        ("simulator", "+", "event"),
        ("announcer", "+", "event"),
        ("controller", "+", "event"),
    ):
        bus.subscribe(f"hall/{bus.hall}/{kind}/{owner}/{leaf}", ears.hear)
    kiosk = next(iter(live.hall.kiosks))
    service, counter = _a_service_and_its_counter(live)
    done = []
    for _ in track(range(rounds), description="rounds", console=Console(stderr=True)):
        await asyncio.sleep(chance.uniform(*PAUSE_S))
        async with asyncio.timeout(ROUND_WITHIN_S):
            done.append(await _round(live, ears, kiosk, service, counter))
    return done


def _a_service_and_its_counter(live: LiveHall) -> tuple[str, str]:
    counter = next(iter(live.hall.counters))
    return live.hall.counters[counter].services[0], counter


async def _round(live: LiveHall, ears: Ears, kiosk: str, service: str, counter: str) -> Round:
    bus = live.bus
    controller = bus.topic("controller", "main", "command")
    this = Round(intent=time.monotonic_ns())
    reply = await bus.ask(
        controller,
        TakeTicket(
            id=bus.new_id(), at=bus.clock.now(), expires=bus.expires(EXPIRES_S), by=f"kiosk/{kiosk}",
            service=service, kiosk=kiosk,
        ),
    )  # fmt: skip
    this.committed = time.monotonic_ns()
    if not reply.ok:
        raise RuntimeError(f"no ticket was given: {reply.text if reply.text is not UNSET else reply.reason}")
    this.printer = await ears.first_print.get()
    outcome = await ears.outcome.get()
    if outcome.outcome != "printed":
        raise RuntimeError(f"ticket {outcome.number} was not printed: {outcome.text}")
    this.call = time.monotonic_ns()
    called = await bus.ask(
        controller,
        CallNext(
            id=bus.new_id(), at=bus.clock.now(), expires=bus.expires(EXPIRES_S), by=f"counter/{counter}",
            counter=counter,
        ),
    )  # fmt: skip
    if not called.ok:
        raise RuntimeError(f"nobody was called: {called.text if called.text is not UNSET else called.reason}")
    this.board, this.audio = await asyncio.gather(ears.first_show.get(), ears.started.get())
    return this


def _between(done: list[Round], start: str, end: str) -> dict[str, float]:
    return distribution([(getattr(one, end) - getattr(one, start)) / 1e6 for one in done])


def _calm(done: list[Round], start: str, end: str, testimony: Witnesses) -> dict[str, float]:
    """The same over the steps in whose target time the machine itself was never late.

    Which steps those are is known before they end: a slow one is not left out for being slow.
    """
    within_ns = TARGETS_MS[end] * 1_000_000
    begun = [(one, getattr(one, start)) for one in done]
    return _between([one for one, at in begun if not testimony.between(at, at + within_ns)], start, end)


def _slowest(done: list[Round], testimony: Witnesses) -> list[dict[str, Any]]:
    """The rounds with the longest of any step, in ms, and the machine's own delays beside them."""
    found = [_told(one, testimony, done[0].intent) | {"round": n} for n, one in enumerate(done, start=1)]
    return sorted(found, key=lambda told: max(told[step] for step in STEPS), reverse=True)[:SLOWEST]


def _told(one: Round, testimony: Witnesses, began: int) -> dict[str, Any]:
    late = testimony.between(one.intent, max(one.board, one.audio))
    return (
        {"s": round((one.intent - began) / 1e9, 1)}
        | {end: round((getattr(one, end) - getattr(one, start)) / 1e6, 1) for end, start in STEPS.items()}
        | {f"machine_{what}": ms for what, ms in late.items()}
    )


def _print(figures: dict[str, Any]) -> None:
    console = Console()
    console.print(_steps("path, ms", figures))
    console.print(
        _steps("the same, where the machine itself was not late in the target's time", figures["calm"])
    )
    _print_slowest(figures, console)
    memory = Table(title="memory, MB", title_justify="left")
    for column in ("room", "proportional", "resident"):
        memory.add_column(column, justify="left" if column == "room" else "right")
    for room, used in figures["memory_mb"].items():
        memory.add_row(room, str(used), str(figures["resident_mb"][room]))
    console.print(memory)
    console.print(f"ready in {figures['ready_s']} s; the whole run took {figures['took_s']} s")


def _steps(title: str, figures: dict[str, Any]) -> Table:
    table = Table(title=title, title_justify="left")
    for column in ("", "target", "n", "p50", "p99", "max"):
        table.add_column(column, justify="right" if column else "left")
    for key, words in (
        ("committed", "intent → committed"),
        ("printer", "intent → first byte at the printer"),
        ("board", "call → first byte at the board"),
        ("audio", "call → first audio sample"),
    ):
        found = (str(figures[key].get(column, "–")) for column in ("n", "p50", "p99", "max"))
        table.add_row(words, str(TARGETS_MS[key]), *found)
    return table


def _print_slowest(figures: dict[str, Any], console: Console) -> None:
    table = Table(title="slowest rounds, ms, and what the machine itself was late by", title_justify="left")
    columns = ("round", "s", "committed", "printer", "board", "audio", "machine_core", "machine_disk")
    for column in columns:
        table.add_column(column.replace("_", " "), justify="right")
    for one in figures["slowest"]:
        table.add_row(*(str(one.get(column, "–")) for column in columns))
    console.print(table)
