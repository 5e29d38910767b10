"""What the pages say: in both languages, and never as markup."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

import console
from broker.messages.envelope import Forecast
from console.markup import Html, el, join
from console.tongue import tongues
from simulators.led_board.errors import ERRORS

ROOM = Path(console.__file__).parent


def test_both_languages_say_the_same_things() -> None:
    spoken = tongues()
    assert list(spoken) == ["zh-CN", "en"]
    chinese, english = (tongue.texts.texts for tongue in spoken.values())
    written = tongues()["en"].texts.texts
    assert not written.keys() - chinese.keys()
    left = {key for key, text in english.items() if re.search("[\u4e00-\u9fff]", text)}
    assert not left, "these were not translated"
    for key, text in chinese.items():
        assert fields(text) == fields(english[key]), key


def fields(text: str) -> set[str | None]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def said() -> Iterator[str]:
    """Every whole key that the code asks a catalogue for."""
    for file in ROOM.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                called = (
                    node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                )
                if called == "say" and isinstance(node.args[0].value, str):
                    yield node.args[0].value


def test_every_text_the_pages_ask_for_is_there() -> None:
    texts = tongues()["zh-CN"].texts.texts
    asked = set(said())
    assert len(asked) > 40
    assert not asked - texts.keys()


def test_a_visitor_is_sent_to_the_desk_by_the_name_the_touch_screen_gives_it() -> None:
    chinese, english = (tongue.texts.texts for tongue in tongues().values())
    told = [key for key in chinese if key.startswith("ticket.")]
    assert not [key for key in told if re.search("(?<!导服)台", chinese[key])]
    assert not [key for key in told if re.search("(?<!help) desk", english[key])]


def test_every_refusal_of_the_led_board_can_be_chosen_by_its_name() -> None:
    texts = tongues()["zh-CN"].texts.texts
    assert not {f"choice.nack.{name}" for name in ERRORS} - texts.keys()


def test_the_script_of_the_public_pages_is_read_by_a_phone_of_ten_years_ago() -> None:
    script = re.sub(
        r"/\*.*?\*/", "", (ROOM / "public" / "live.js").read_text(encoding="utf-8"), flags=re.DOTALL
    )
    for modern in (
        r"=>",
        r"`",
        r"\b(let|const|class|async|await)\b",
        r"\.\.\.",
        r"\?\.",
        r"\?\?",
        r"\bfetch\(",
    ):
        assert not re.search(modern, script), modern
    style = (ROOM / "public" / "ticket.css").read_text(encoding="utf-8")
    assert not re.search(r"var\(|grid|:is\(|:has\(", style), "it is laid out by what every browser knows"


def test_no_chinese_stands_in_the_code() -> None:
    for file in ROOM.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert not re.search("[\u4e00-\u9fff]", node.value), f"{file.name}: {node.value}"


def test_text_from_elsewhere_never_becomes_markup() -> None:
    evil = "<img src=x onerror=alert(1)>"
    made = el("p", evil, el("b", "fine"), None, title='" onmouseover="x')
    assert "<img" not in made
    assert "<b>fine</b>" in made
    assert 'title="&quot; onmouseover=&quot;x"' in made
    assert join(["<i>", Html("<i>")]) == "&lt;i&gt;<i>"


@pytest.mark.parametrize(
    ("seconds", "text"), [(-3, "0:00"), (59.9, "0:59"), (600, "10:00"), (3700, "1 小时 1 分")]
)
def test_elapsed_times(seconds: float, text: str) -> None:
    assert tongues()["zh-CN"].elapsed(seconds) == text


def test_a_wait_is_said_as_everywhere_in_the_hall() -> None:
    say = tongues()["en"]
    assert say.wait(Forecast(low=4.4, median=9.6, high=15.0)) == "less than 15 min"
    assert say.wait(None) == "wait not known"
