"""A sound system with cards that come and go, in the place of PortAudio's module."""

import threading
from collections.abc import Callable
from typing import Any, Final

import pytest

BLOCK_BYTES: Final = 2 * 1024


class PortAudioError(Exception):
    pass


class CallbackStop(Exception):
    pass


class SoundSystem:
    """Stands in for the module `sounddevice`; its clock is as fast as the machine."""

    PortAudioError = PortAudioError
    CallbackStop = CallbackStop

    def __init__(self) -> None:
        self.plugged = {"USB speaker", "USB microphone"}
        self._listed = set(self.plugged)
        self.streams: list[Stream] = []
        self.heard = b""
        """All that came out of the loudspeaker."""
        self.hold = threading.Event()
        """Cleared: the card takes no samples."""
        self.hold.set()

    def _terminate(self) -> None:
        assert not [stream for stream in self.streams if stream.running], "it would end streams that are open"

    def _initialize(self) -> None:
        self._listed = set(self.plugged)

    def RawOutputStream(self, **settings: Any) -> "Stream":  # noqa: N802 - as sounddevice names it
        return self._stream(play=True, **settings)

    def RawInputStream(self, **settings: Any) -> "Stream":  # noqa: N802
        return self._stream(play=False, **settings)

    def _stream(self, *, play: bool, device: str | None, **settings: Any) -> "Stream":
        cards = {name for name in self._listed if device is None or device in name}
        if not cards & self.plugged:
            raise ValueError(f"No device matching {device!r}") if device else PortAudioError("no default")
        self.streams.append(Stream(self, play, **settings))
        return self.streams[-1]

    def unplug(self) -> None:
        """Pull every card out: open streams end by themselves."""
        self.plugged.clear()
        for stream in self.streams:
            stream.running = False
        self.hold.set()


class Stream:
    """An open stream. What a microphone hears is given to `hear`."""

    def __init__(
        self,
        system: SoundSystem,
        play: bool,
        *,
        callback: Callable[..., None],
        finished_callback: Callable[[], None],
        **settings: Any,
    ) -> None:
        assert settings.pop("channels") == 1
        assert settings.pop("dtype") == "int16"
        self.settings = settings
        self.running = False
        self._system = system
        self._play = play
        self._callback = callback
        self._finished = finished_callback
        self._thread = threading.Thread(target=self._pull, daemon=True)

    def start(self) -> None:
        self.running = True
        if self._play:
            self._thread.start()

    def close(self, ignore_errors: bool = True) -> None:
        self.running = False
        self._system.hold.set()
        if self._thread.is_alive():
            self._thread.join()

    def hear(self, data: bytes) -> None:
        self._callback(data, len(data) // 2, None, None)

    def end(self) -> None:
        self._finished()

    def _pull(self) -> None:
        while self.running:
            self._system.hold.wait()
            out = bytearray(BLOCK_BYTES)
            try:
                self._callback(memoryview(out), BLOCK_BYTES // 2, None, None)
            except CallbackStop:
                self.running = False
            if self.running:
                self._system.heard += bytes(out)
        self._finished()


def install(monkeypatch: pytest.MonkeyPatch) -> SoundSystem:
    """Put a sound system with two cards in place for one test."""
    system = SoundSystem()
    monkeypatch.setitem(__import__("sys").modules, "sounddevice", system)
    return system
