"""Sound cards through PortAudio, for microphones and loudspeakers alike.

PortAudio makes its list of cards once, when it is loaded, and a card plugged in later is on it only after the
library was shut down and started again; which would end every stream that is open. So streams are counted
here, and the list is made anew when one can't be opened and none is open. It all blocks: call it in a thread.
"""

import threading
from typing import Any, Final, Literal

from devices.kit.errors import LinkMissing

DEFAULT: Final = "default"
"""The system's own choice of card."""

_lock: Final = threading.Lock()
_open: Final[set[Any]] = set()


def open_stream(way: Literal["in", "out"], card: str, **settings: Any) -> Any:
    """Start a stream of 16-bit samples, one channel, on the card whose name holds `card`.

    `settings` are those of sounddevice's raw streams. Raises `LinkMissing`.
    """
    with _lock:
        try:
            stream = _started(way, card, settings)
        except Exception as error:
            # OSError without PortAudio, ValueError for a name, PortAudioError for all else
            raise LinkMissing(
                f"the sound card {card!r} can't be opened ({error}); plug it in, or correct the link: "
                "`python -m sounddevice` lists the cards"
            ) from None
        _open.add(stream)
        return stream


def close_stream(stream: Any) -> None:
    """Stop at once and let go of the card."""
    with _lock:
        _open.discard(stream)
        stream.close(ignore_errors=True)


def _started(way: str, card: str, settings: dict[str, Any]) -> Any:
    import sounddevice

    kind = sounddevice.RawInputStream if way == "in" else sounddevice.RawOutputStream
    device = None if card == DEFAULT else card
    try:
        stream = kind(device=device, channels=1, dtype="int16", **settings)
    except (ValueError, sounddevice.PortAudioError):
        if _open:
            raise
        sounddevice._terminate()
        sounddevice._initialize()
        stream = kind(device=device, channels=1, dtype="int16", **settings)
    try:
        stream.start()
    except Exception:
        stream.close(ignore_errors=True)
        raise
    return stream
