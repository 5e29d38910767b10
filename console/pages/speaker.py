"""The loudspeaker at the bench: what it says as text, and the newest recordings of the ring to listen to."""

import json
from pathlib import Path
from typing import Final

from nicegui import ui

from console.frame import Frame
from console.markup import Html, el
from console.views import bench as view

LISTED: Final = 4


def speaker(frame: Frame) -> None:
    """Captions, players, and the choice to play each new recording by itself."""
    house, say = frame.house, frame.say
    ring = house.premises.audio / "ring"
    frame.show(lambda: view.captions(house, say), "announcer")
    autoplay = ui.switch(say("bench.autoplay")).classes("autoplay")
    frame.show(lambda: _players(frame, ring), "announcer")
    heard = [newest(ring)[:1]]

    def play() -> None:
        now = newest(ring)[:1]
        if now != heard[0]:
            heard[0] = now
            if autoplay.value and now:
                address = json.dumps(f"/audio/{now[0]}")
                frame.client.run_javascript(f"new Audio({address}).play().catch(() => {{}})")

    frame.follow(play, "announcer")


def newest(ring: Path) -> list[str]:
    """The names of the ring's recordings, newest first."""
    found: list[tuple[float, str]] = []
    if ring.is_dir():
        for path in ring.glob("*.wav"):
            try:
                found.append((path.stat().st_mtime, path.name))
            except OSError:
                continue
    return [name for _, name in sorted(found, reverse=True)]


def _players(frame: Frame, ring: Path) -> Html:
    names = newest(ring)[:LISTED]
    if not names:
        return el("p", frame.say("bench.no_audio"), cls="soft")
    return el(
        "div",
        *(el("audio", controls="", preload="metadata", src=f"/audio/{name}", title=name) for name in names),
        cls="players",
    )
