"""A command shown in the docs is run: here, or by the test that is named beside it."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "README.zh-CN.md", *sorted((ROOT / "docs").rglob("*.md"))]

ELSEWHERE = {
    r"make run( ARGS=.*)?": "tests/hall/test_whole_hall.py",
    r"make test": "tests/unit/test_docs.py",
    r"make setup": "tests/hall/test_whole_hall.py",
    r"hallkeeper up.*": "tests/hall/test_whole_hall.py",
    r"hallkeeper bench path.*": "tests/hall/test_bench_path.py",
    r"hallkeeper bench devices.*": "tests/hall/test_bench_devices.py",
    r"hallkeeper bench kiosk.*": "tests/hall/test_bench_kiosk.py",
    r"hallkeeper kiosk --set-pin": "tests/unit/test_kiosk_technician.py",
    r"hallkeeper kiosk --render .*": "tests/unit/test_kiosk_stage.py",
    r"make test-kernel": "tests/kernel/test_kernel.py",
    r"hallkeeper sim --usb.*": "tests/unit/test_cli_sim_usb.py",
    r"hallkeeper report (day|week|month) .*": "tests/unit/test_cli_report.py",
    r"hallkeeper sim (list|switch).*": "tests/hall/test_cli_sim.py",
    r"hallkeeper doctor --scan.*": "tests/contract/test_doctor_wires.py",
    r"hallkeeper (capture|replay) .*": "tests/contract/test_tape.py",
    r"hallkeeper (cases|report tasks) .*": "tests/hall/test_cli_cases.py",
    r"hallkeeper bookings .*": "tests/hall/test_cli_bookings.py",
    r"mosquitto_sub .*": "tests/hall/test_whole_hall.py",
}
"""Commands that need a running hall or a device, and the test that runs them."""


def commands() -> list[str]:
    found: dict[str, None] = {}
    for page in PAGES:
        for block in re.findall(r"```console\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
            found |= dict.fromkeys(re.findall(r"^ *\$ (.+)$", block, re.MULTILINE))
    return list(found)


def elsewhere(command: str) -> str | None:
    return next((test for pattern, test in ELSEWHERE.items() if re.fullmatch(pattern, command)), None)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("command", [one for one in commands() if elsewhere(one) is None])
def test_a_command_in_the_docs_works(command: str, tmp_path: Path) -> None:
    words = shlex.split(command)
    assert words[0] == "hallkeeper", f"no test runs {command!r}"
    words = [word.replace("var/", f"{tmp_path}/") for word in words[1:]]
    environment = {**os.environ, "COLUMNS": "100"}
    ran = subprocess.run(
        [sys.executable, "-m", "cli.main", *words],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout.strip()


def test_the_other_commands_have_a_test_of_their_own() -> None:
    for command in commands():
        if (test := elsewhere(command)) is not None:
            assert (ROOT / test).is_file(), f"{command!r} is said to be run by {test}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!http)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


@pytest.mark.parametrize("readme", PAGES[:2], ids=lambda page: page.name)
def test_the_readme_names_every_page_and_every_command(readme: Path) -> None:
    text = readme.read_text(encoding="utf-8")
    for page in (ROOT / "docs").glob("*.*"):
        if page.suffix in (".md", ".yaml"):
            assert f"](docs/{page.name})" in text, f"{readme.name} does not lead to docs/{page.name}"
    for command in _commands_of("--help") + _commands_of("bench", "--help"):
        assert re.search(rf"`{command}[` ]", text), f"{readme.name} does not name {command}"


def _commands_of(*words: str) -> list[str]:
    ran = subprocess.run(
        [sys.executable, "-m", "cli.main", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return re.findall(r"^  ([a-z]+)  ", ran.stdout.partition("Commands:")[2], re.MULTILINE)
