"""What the doctor finds: a mark, a sentence, and the line for the hall file where there is one."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from rich.console import Console
from rich.markup import escape

Mark = Literal["ok", "note", "wrong"]

_COLOURS: Final[dict[Mark, str]] = {"ok": "green", "note": "yellow", "wrong": "red"}


@dataclass(frozen=True)
class Entry:
    """A line to paste: a device that is plugged in and not in the hall file yet."""

    table: str
    """Of the hall file: ``ticket_printers``."""
    prefix: str
    """What its id begins with; the first free number follows."""
    keys: str
    """Inside the braces: ``link = "serial:…"``."""


@dataclass(frozen=True)
class Finding:
    """One thing found."""

    mark: Mark
    sentence: str
    entry: Entry | None = None


def good(sentence: str, entry: Entry | None = None) -> Finding:
    """All is well with it."""
    return Finding("ok", sentence, entry)


def note(sentence: str, entry: Entry | None = None) -> Finding:
    """Worth knowing; nothing is wrong."""
    return Finding("note", sentence, entry)


def wrong(sentence: str, entry: Entry | None = None) -> Finding:
    """To be mended; the sentence says how."""
    return Finding("wrong", sentence, entry)


def tell(findings: Iterable[Finding], console: Console) -> bool:
    """Print findings as they come; says whether nothing is wrong."""
    well = True
    for finding in findings:
        colour = _COLOURS[finding.mark]
        console.print(
            f"[{colour}]{finding.mark:>5}[/{colour}]  {escape(finding.sentence)}",
            soft_wrap=True,
            highlight=False,
        )
        well = well and finding.mark != "wrong"
    return well


def hall_file_lines(findings: Iterable[Finding], taken: Iterable[str]) -> list[str]:
    """The tables and lines to paste; ids that are `taken` are given to nobody else."""
    used = set(taken)
    tables: dict[str, list[str]] = defaultdict(list)
    for finding in findings:
        if (entry := finding.entry) is not None:
            name = _free(entry.prefix, used)
            used.add(name)
            tables[entry.table].append(f"{name} = {{ {entry.keys} }}")
    lines: list[str] = []
    for table, entries in tables.items():
        lines += [f"[{table}]", *entries, ""]
    return lines[:-1]


def _free(prefix: str, used: set[str]) -> str:
    number = 1
    while f"{prefix}{number}" in used:
        number += 1
    return f"{prefix}{number}"
