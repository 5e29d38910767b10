"""What a gateway was sent, as a person reads it: whom it goes to, hidden, and what it says. Pure."""

import html
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, unquote_plus

from hallfile.reminding import Gateway
from simulators.gateway.server import Taken

PLACE: Final = re.compile(r"\{(phone|text|number|ticket|kind|id|secret)\}")
TEXT_MOST: Final = 200
LEFT: Final = 2
"""Digits of a number that are shown."""


@dataclass(frozen=True)
class Said:
    """A message."""

    to: str
    """The last digits of a number; a city's own service is told a token, and no number."""
    text: str


def said(gateway: Gateway, request: Taken) -> Said | None:
    """What a request says; None where it is none of the hall's messages."""
    if gateway.kind == "webhook":
        return _webhook(request)
    kind = request.headers.get("content-type", "")
    path = "/" + gateway.url.partition("://")[2].partition("/")[2]
    found = _found(path, request.path, unquote)
    if gateway.method == "POST":
        found |= _found(gateway.body, request.body.decode("utf-8", "replace"), _plain(kind))
    for name, template in gateway.headers.items():
        found |= _found(template, request.headers.get(name.lower(), ""), str)
    if not {"phone", "text"} <= found.keys():
        return None
    return Said(hidden(found["phone"]), found["text"][:TEXT_MOST])


def hidden(number: str) -> str:
    """A number of which nobody can be reached: its last digits."""
    digits = re.sub(r"\D", "", number)
    return f"••••{digits[-LEFT:]}" if len(digits) > 2 * LEFT else "••••"


def _webhook(request: Taken) -> Said | None:
    try:
        message = json.loads(request.body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(message, dict) or not isinstance(message.get("text"), str):
        return None
    return Said("••••" if message.get("token") else "", message["text"][:TEXT_MOST])


def _found(template: str, said: str, plain: Callable[[str], str]) -> dict[str, str]:
    """What was put in at the places of a template."""
    names: list[str] = []
    pattern = ""
    for index, part in enumerate(PLACE.split(template)):
        if index % 2 == 0:
            pattern += re.escape(part)
        else:
            pattern += "(.*?)"
            names.append(part)
    match = re.fullmatch(pattern, said, re.DOTALL)
    return {} if match is None else dict(zip(names, map(plain, match.groups()), strict=True))


def _plain(kind: str) -> Callable[[str], str]:
    """How a value is read out of a body of that kind."""
    if "json" in kind:
        return _of_json
    if "urlencoded" in kind:
        return unquote_plus
    return html.unescape if "xml" in kind else str


def _of_json(value: str) -> str:
    try:
        return str(json.loads(f'"{value}"'))
    except ValueError:
        return value
