"""The page about visits shows what a hall file takes."""

import re
import tomllib
from pathlib import Path

from hallfile.load import load

ROOT = Path(__file__).parents[2]


def test_every_piece_of_a_hall_file_on_the_page_is_right(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "visits.md").read_text(encoding="utf-8")
    pieces = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    assert len(pieces) == 3
    hall = (ROOT / "examples" / "dezhou.toml").read_text(encoding="utf-8")
    steps, stretches, absence = pieces
    taken = {line.partition(" = ")[0] for line in steps.splitlines()[1:]}
    lines = [line for line in hall.splitlines() if not line.startswith("c = {")]
    whole = "\n".join(lines).replace("[services]", steps, 1)
    whole = whole.replace('5 = { services = ["c"]', '5 = { services = ["c", "pay", "cert"]', 1)
    whole = whole.replace("[services]", f"{absence}\n[services]", 1)
    for beside in (ROOT / "examples").iterdir():
        if beside.name != "dezhou.toml":
            (tmp_path / beside.name).write_bytes(beside.read_bytes())
    (tmp_path / "hall.toml").write_text(whole, encoding="utf-8")
    found = load(tmp_path / "hall.toml")
    assert taken <= set(found.services)
    assert found.services["c"].then == ["pay", "cert"]
    assert found.absence.snapshot_command[-1] == "{file}"
    given = tomllib.loads(stretches)["services"]["b"]["issuing"]
    assert [set(stretch) for stretch in given] == [{"opens", "closes", "most"}] * 2
