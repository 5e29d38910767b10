"""Reading a hall file: everything wrong with it is said at once, a sentence each, before anything starts."""

import difflib
import re
import tomllib
from pathlib import Path
from typing import Any, Final

import msgspec

from hallfile.checks import check
from hallfile.schema import HallFile


class BadHallFile(ValueError):
    """The hall file can't be used; `faults` holds a sentence for each thing to mend."""

    def __init__(self, path: Path, faults: list[str]) -> None:
        super().__init__("\n".join(f"{path}: {fault}" for fault in faults))
        self.path = path
        self.faults = faults


def load(path: Path, data: Path | None = None) -> HallFile:
    """Read and check a hall file; raises `BadHallFile` with every fault found."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadHallFile(
            path, ["there is no such file; name a hall file such as examples/dezhou.toml"]
        ) from None
    except OSError as error:
        raise BadHallFile(
            path, [f"can't be read ({error.strerror}); check the path and its permissions"]
        ) from None
    except UnicodeDecodeError:
        raise BadHallFile(path, ["is not UTF-8 text; save it again as UTF-8"]) from None
    except tomllib.TOMLDecodeError as error:
        raise BadHallFile(path, [f"is not TOML: {error}"]) from None
    if not raw:
        raise BadHallFile(path, ["is empty; begin with a copy of examples/dezhou.toml"])
    try:
        hall = msgspec.convert(raw, HallFile)
    except msgspec.ValidationError as error:
        raise BadHallFile(path, [_sentence(str(error), raw)]) from None
    if faults := check(hall, path.parent, data):
        raise BadHallFile(path, faults)
    return hall


def _sentence(error: str, raw: dict[str, Any]) -> str:
    what, _, where = error.partition(" - at `$")
    where = _fill_in_keys(where.rstrip("`").lstrip("."), raw, what)
    if unknown := re.search(r"unknown field `(.+)`", what):
        name = unknown[1]
        near = difflib.get_close_matches(name, _known_fields(where), n=1)
        hint = f"did you mean {near[0]!r}?" if near else "remove it, or look at docs/hall-file.md"
        return f"{_dotted(where, name)} is no key of a hall file; {hint}"
    if missing := re.search(r"missing required field `(.+)`", what):
        return f"{_dotted(where, missing[1])} is missing; add it"
    return f"{where or 'the file'}: {what[:1].lower()}{what[1:]}; {_mend(what, where)}"


MENDS: Final = {
    "([01][0-9]|2[0-3]):[0-5][0-9]": 'write HH:MM in quotes, such as "08:30"',
    "[a-z0-9][a-z0-9-]{0,63}": "write an id of a-z, 0-9 and -",
    "[A-Z]{1,2}": "write one or two capital letters",
    "expected `object`": "write a table, such as { key = value, … }; see docs/hall-file.md",
    "expected `array`": 'write a list, such as ["a", "b"]',
    "expected `str`": "write a text in quotes",
    "expected `int`": "write a whole number",
    "expected `float`": "write a number",
    "expected `bool`": "write true or false",
}
"""By what stands in a type checker's sentence: what a person should write there."""


def _mend(what: str, where: str) -> str:
    if "enum" in what and (choices := _choices(where)):
        return f"write one of {', '.join(map(repr, choices))}"
    numbers = re.search(r"[<>]=? -?[0-9.]+", what)
    if numbers:
        return f"write a number {numbers[0]}"
    return next((mend for sign, mend in MENDS.items() if sign in what), "correct the value")


def _choices(where: str) -> list[str]:
    """What a key that picks one of several may be."""
    struct: Any = HallFile
    for part in filter(None, where.split(".")):
        fields = (
            {info.name: info.type for info in msgspec.structs.fields(struct)} if _is_struct(struct) else {}
        )
        if part in fields:
            struct = _inner_struct(fields[part])
    return [choice for choice in getattr(struct, "__args__", ()) if isinstance(choice, str)]


def _dotted(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def _fill_in_keys(where: str, raw: dict[str, Any], what: str) -> str:
    """msgspec writes `[...]` for a key of a table; put back the one that is at fault."""
    table, dots, rest = where.partition("[...]")
    if not dots:
        return where
    entries = raw
    for part in filter(None, table.split(".")):
        entries = entries.get(part, {})
    for key, value in entries.items():
        try:
            msgspec.convert({**_skeleton(raw), table: {key: value}}, HallFile)
        except msgspec.ValidationError as error:
            if str(error).partition(" - at `$")[0] == what:
                return f"{table}.{key}{rest}"
    return where


def _skeleton(raw: dict[str, Any]) -> dict[str, Any]:
    empty: dict[str, Any] = {"zones": {}, "services": {}, "counters": {}}
    return {"hall": raw.get("hall", {}), **empty}


def _known_fields(where: str) -> list[str]:
    struct: Any = HallFile
    for part in filter(None, where.split(".")):
        hints = (
            {info.name: info.type for info in msgspec.structs.fields(struct)} if _is_struct(struct) else {}
        )
        if part in hints:
            struct = _inner_struct(hints[part])
    return [info.name for info in msgspec.structs.fields(struct)] if _is_struct(struct) else []


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _inner_struct(hint: Any) -> Any:
    arguments = getattr(hint, "__args__", ())
    return next((argument for argument in arguments if _is_struct(argument)), hint)
