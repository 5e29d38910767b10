"""A small hall of simulated devices, and the speed of a terminal."""

import termios
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "examples"
PATIENCE_S = 10.0
HALL = """
[hall]
id = "small"
name = "小厅"
name_en = "A small hall"
[zones]
all = { name = "大厅", name_en = "Hall" }
[services]
a = { prefix = "A", name = "纳税", name_en = "Tax", zone = "all", mean_minutes = 5 }
[counters]
1 = { services = ["a"], zone = "all" }
[ticket_printers]
p1 = { link = "serial:{data}/run/p1?baud=115200", simulated = true }
real = { link = "serial:/dev/ttyUSB0" }
[id_readers]
r1 = { link = "serial:{data}/run/r1", simulated = true }
[rating_pads]
rate-1 = { counter = "1", link = "evdev:{data}/run/rate-1", simulated = true }
[call_pads]
call-1 = { counter = "1", link = "evdev:{data}/run/call-1", simulated = true }
[mic_monitors]
mic-1 = { counter = "1", link = "pcm:{data}/run/mic-1?rate=16000", full_scale_db = 120, simulated = true }
[announcers]
voice = { link = "audio:ring", simulated = true }
[led_boards.b1]
link = "serial:{data}/run/b1?baud=57600"
simulated = true
width = 128
height = 32
areas.call = { x = 0, y = 0, width = 128, height = 32, font_px = 24 }
[simulation]
cards = "cards.toml"
"""


def write_hall(folder: Path, text: str = HALL) -> None:
    """A hall file in `folder`, and its cards beside it."""
    (folder / "cards.toml").write_bytes((EXAMPLES / "cards.toml").read_bytes())
    (folder / "hall.toml").write_text(text, encoding="utf-8")


def set_speed(port: int, speed: int) -> None:
    attributes = termios.tcgetattr(port)
    attributes[4] = attributes[5] = speed
    termios.tcsetattr(port, termios.TCSANOW, attributes)
