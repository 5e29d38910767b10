"""A broken hall file is answered with a sentence that names the key and the mend."""

from pathlib import Path

import pytest

from hallfile.describe import describe
from hallfile.load import BadHallFile, load
from hallfile.schema import ConsoleTable

EXAMPLE = Path(__file__).parents[2] / "examples" / "dezhou.toml"


def faults(tmp_path: Path, old: str, new: str) -> list[str]:
    text = EXAMPLE.read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "cards.toml").touch()
    (tmp_path / "guide.toml").touch()
    broken = tmp_path / "hall.toml"
    broken.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(BadHallFile) as refused:
        load(broken)
    return refused.value.faults


def test_the_example_is_the_d_day_hall() -> None:
    hall = load(EXAMPLE)
    assert len(hall.counters) == 22
    assert {service.prefix for service in hall.services.values()} == set("ABCDKEFRTGPN")
    assert sum(entry.tickets for entry in hall.simulation.crowd.values()) == 660


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("window_s", "windows_s", "rating.windows_s is no key of a hall file; did you mean 'window_s'?"),
        (
            'services = ["b"]',
            'services = ["bb"]',
            "counters.3.services: there is no service 'bb'; did you mean 'b'?",
        ),
        (
            "mean_minutes = 22 }",
            "mean_minutes = -2 }",
            "services.b.mean_minutes: expected `float` > 0.0; write a number > 0.0",
        ),
        (
            'prefix = "B"',
            'prefix = "A"',
            "services.b.prefix: 'A' is the prefix of 'a' already; give each service its own",
        ),
        (
            "127.0.0.1:19100",
            "127.0.0.1:15005",
            "led_boards.b1.link: 127.0.0.1:15005 is where ticket_printers.p1 is plugged in; "
            "give each device its own port",
        ),
        (
            "port = 8080",
            "port = 18830",
            "broker.port: 127.0.0.1:18830 is where the console listens; give each its own port",
        ),
        (
            'no_show = "back"',
            'no_show = "never"',
            "calling.no_show: invalid enum value 'never'; write one of 'void', 'tail', 'back', 'clerk'",
        ),
        (
            "tcp://127.0.0.1:19100",
            "tcp://localhost:15005",
            "led_boards.b1.link: 127.0.0.1:15005 is where ticket_printers.p1 is plugged in; "
            "give each device its own port",
        ),
        (
            "[hall]",
            '[hall]\nfont = "No Such Sans"',
            "hall.font: no font of the family 'No Such Sans' is installed; install one "
            "(apt-get install fonts-noto-cjk) or name another",
        ),
        (
            '["08:30", "12:00"]',
            '["12:30", "12:00"]',
            "hours.open: 12:30–12:00 ends before it begins or overlaps the one before; put them in order",
        ),
    ],
)
def test_a_fault_is_one_sentence_with_its_mend(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert said in faults(tmp_path, old, new)


def test_a_missing_file_and_bad_toml_are_said(tmp_path: Path) -> None:
    with pytest.raises(BadHallFile, match="there is no such file"):
        load(tmp_path / "none.toml")
    bad = tmp_path / "bad.toml"
    bad.write_text("[hall\n", encoding="utf-8")
    with pytest.raises(BadHallFile, match="is not TOML"):
        load(bad)


def test_the_page_about_the_hall_file_is_current() -> None:
    page = Path(__file__).parents[2] / "docs" / "hall-file.md"
    assert page.read_text(encoding="utf-8") == describe(), "python -m hallfile.describe > docs/hall-file.md"


STRIPS = """
[led_boards.s1]
link = "serial:/dev/ttyUSB7?baud=57600"
address = 1
areas.call = {{ x = 0, y = 0, width = 128, height = 16 }}
[led_boards.s2]
link = "serial:/dev/ttyUSB7?baud={baud}"
address = {address}
areas.call = {{ x = 0, y = 0, width = 128, height = 16 }}
"""


def test_strips_of_different_addresses_share_a_line(tmp_path: Path) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    (tmp_path / "cards.toml").touch()
    (tmp_path / "guide.toml").touch()
    shared = tmp_path / "hall.toml"
    for address, baud in ((2, 57600), (1, 57600), (2, 9600)):
        shared.write_text(text + STRIPS.format(address=address, baud=baud), encoding="utf-8")
        if (address, baud) == (2, 57600):
            assert len(load(shared).led_boards) == 3
        else:
            with pytest.raises(BadHallFile, match=r"led_boards\.s2\.link: /dev/ttyUSB7 is where"):
                load(shared)


@pytest.mark.parametrize(
    ("added", "said"),
    [
        ('brightness = { "06:15" = 3 }', "led_boards.b1.brightness: 06:15 is no whole half hour"),
        (
            'power = [["01:00", "02:00"], ["03:00", "04:00"], ["05:00", "06:00"], ["07:00", "08:00"]]',
            "three intervals",
        ),
        ('power = [["22:00", "06:00"]]', "led_boards.b1.power: 22:00–06:00 ends before it begins"),
    ],
)
def test_what_a_board_can_not_do_is_said(tmp_path: Path, added: str, said: str) -> None:
    found = faults(tmp_path, "[led_boards.b1]\n", f"[led_boards.b1]\n{added}\n")
    assert any(said in fault for fault in found)


@pytest.mark.parametrize(
    ("console", "simulated", "pages"),
    [
        (ConsoleTable(), False, None),
        (ConsoleTable(), True, "http://127.0.0.1:8080"),
        (ConsoleTable(host="localhost"), False, None),
        (ConsoleTable(host="192.0.2.7", port=80), False, "http://192.0.2.7:80"),
        (ConsoleTable(public_url="https://hall.example/q/"), True, "https://hall.example/q"),
    ],
)
def test_where_a_visitors_phone_finds_the_pages(
    console: ConsoleTable, simulated: bool, pages: str | None
) -> None:
    assert console.pages_for_visitors(simulated) == pages
