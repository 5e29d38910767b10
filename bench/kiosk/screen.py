"""The kiosk as a process that measures itself: `python -m bench.kiosk.screen HALL TOUCHES IDLE_S SEED`.

It prints `shown` when its first picture stands on the screen, then one JSON object with its figures.
"""

import asyncio
import json
import os
import sys
import time
from pathlib import Path
from random import Random
from typing import Any, Final
from unittest.mock import patch
from zoneinfo import ZoneInfo

os.environ["SDL_VIDEODRIVER"] = "dummy"

import cli.main  # noqa: F401 - a kiosk is started by the program, and its imports are part of the start
from broker.client import Bus
from broker.clock import HallClock
from broker.ids import ulids
from broker.memory import MemoryBroker
from broker.messages.envelope import Forecast
from broker.messages.hall import ControllerState, QueueState
from broker.topics import Topic
from broker.transport import Packet
from hallfile.catalogue import Catalogue
from hallfile.load import load
from hallfile.premises import Premises
from kiosk.easel import I18N, Easel, known_languages
from kiosk.motion import SLIDE_S, Slide
from kiosk.presenters.actions import SwitchMode
from kiosk.presenters.floor import floor_of
from kiosk.screens.geometry import Rect
from kiosk.screens.widgets import View
from kiosk.shell import Shell
from kiosk.stage import Window
from kiosk.toolkit import pygame

WIDTH: Final = 1080
HEIGHT: Final = 1920
SETTLED_S: Final = 3.0
SLIDES: Final = 5
SEEN_WITHIN_S: Final = 2.0


class Watched(Window):
    """A window that notes when a picture stands on it."""

    def __init__(self, easel: Easel) -> None:
        # the dummy display says that it is 1024 by 768, whatever it is asked to be
        with patch.object(pygame.display, "get_desktop_sizes", lambda: [(WIDTH, HEIGHT)]):
            super().__init__(easel, "bench", whole_screen=False)
        self.seen = asyncio.Event()
        self.seen_at = (0.0, 0.0)
        """Wall clock, and this process's own time on the processor."""

    def show(self, view: View, area: Rect) -> None:
        super().show(view, area)
        self.seen_at = (time.perf_counter(), time.process_time())
        self.seen.set()

    def turn(self, view: View, area: Rect, towards: Any) -> None:
        super().turn(view, area, towards)
        self.seen_at = (time.perf_counter(), time.process_time())
        self.seen.set()


async def measure(path: Path, touches: int, idle_s: float, seed: int) -> dict[str, Any]:
    """Start, stand idle, be touched, slide; times in ms."""
    hall = load(path)
    clock = HallClock.real(ZoneInfo(hall.hall.timezone))
    premises = Premises(hall, path, path.parent, clock)
    easel = Easel.set_up(WIDTH, HEIGHT, hall.hall.font, path.parent)
    window = Watched(easel)
    floor = floor_of(hall, next(iter(hall.kiosks)), known_languages(), premises.guide(), simulated=True)
    bus = _bus(hall.hall.id, clock)
    shell = Shell(bus, floor, easel, window, Catalogue.load(I18N, hall.hall.language))
    async with bus.running():
        running = asyncio.create_task(shell.run())
        await window.seen.wait()
        print("shown", flush=True)
        _play_controller(bus, [service.id for service in floor.services])
        await asyncio.sleep(SETTLED_S)
        idle = await _idle(idle_s)
        waits = [await _touched(shell, window, Random(seed + count)) for count in range(touches)]
        print("memory", flush=True)
        await asyncio.sleep(1.0)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        figures = {
            "touch_ms": [wait[0] for wait in waits if wait is not None],
            "touch_work_ms": [wait[1] for wait in waits if wait is not None],
            "idle_cpu_share": round(idle, 4),
            "scroll_fps": round(_slides(easel), 1),
        }
        window.close()
    return figures


def _bus(hall: str, clock: HallClock) -> Bus:
    broker = MemoryBroker()
    will = Packet(f"hall/{hall}/room/kiosk-bench/availability", b"offline", qos=1, retain=True)
    return Bus(hall, "kiosk-bench", broker.transport("kiosk-bench", will), clock, ulids(clock))


def _play_controller(bus: Bus, services: list[str]) -> None:
    """A controller that lives, and queues that are open."""

    def head() -> dict[str, Any]:
        return {"id": bus.new_id(), "at": bus.clock.now()}

    bus.own(
        Topic(bus.hall, "controller", "main", "state"),
        lambda: ControllerState(**head(), epoch=1, day="2026-11-20", tickets_today=0, version="bench"),
    )
    forecast = Forecast(low=12, median=18, high=24)
    for service in services:
        bus.own(
            Topic(bus.hall, "queue", service, "state"),
            lambda: QueueState(
                **head(), prefix="A", waiting=7, serving=1, last_called=None, open_counters=2,
                forecast_minutes=forecast,
            ),
        )  # fmt: skip


async def _idle(seconds: float) -> float:
    began, used = time.perf_counter(), time.process_time()
    await asyncio.sleep(seconds)
    return (time.process_time() - used) / (time.perf_counter() - began)


async def _touched(shell: Shell, window: Watched, random: Random) -> tuple[float, float] | None:
    """From a finger on a control to the first picture that shows it: ms by the wall clock, and ms of work;
    None where nothing was drawn.
    """
    await asyncio.sleep(0.45 + random.uniform(0, 0.02))
    assert shell.view is not None
    unspoken = [one for one in shell.view.targets() if not _speaks(one.action)]
    rect = random.choice(unspoken).rect
    at = (rect.x + rect.w // 2, rect.y + rect.h // 2)
    window.seen.clear()
    began = (time.perf_counter(), time.process_time())
    pygame.event.post(pygame.event.Event(pygame.MOUSEBUTTONDOWN, pos=at, button=1))
    try:
        async with asyncio.timeout(SEEN_WITHIN_S):
            await window.seen.wait()
    except TimeoutError:
        return None
    finally:
        pygame.event.post(pygame.event.Event(pygame.MOUSEBUTTONUP, pos=at, button=1))
    wall, work = (1000 * (seen - start) for seen, start in zip(window.seen_at, began, strict=True))
    return wall, work


def _speaks(action: object) -> bool:
    """A benchmark says nothing aloud, and stays in one way of drawing."""
    return isinstance(action, SwitchMode)


def _slides(easel: Easel) -> float:
    """Frames a second while one page slides into another, as fast as they can be drawn."""
    screen = pygame.display.get_surface()
    assert screen is not None
    before, after = screen.copy(), screen.copy()
    after.fill((200, 200, 200))
    frames, took = 0, 0.0
    for _ in range(SLIDES):
        slide = Slide(before, after, easel.rect, 1, 0.0)
        for step in range(60):
            began = time.perf_counter()
            slide.paint(screen, SLIDE_S * step / 60)
            pygame.display.update(pygame.Rect(easel.rect))
            took += time.perf_counter() - began
            frames += 1
    return frames / took


if __name__ == "__main__":
    hall, touches, idle, seed = sys.argv[1:]
    print(
        json.dumps(asyncio.run(measure(Path(hall).resolve(), int(touches), float(idle), int(seed)))),
        flush=True,
    )
