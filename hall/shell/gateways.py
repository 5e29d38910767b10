"""What is sent to a gateway, as bytes: ours signed (webhook), or whatever an SMS gateway wants. Pure."""

import hmac
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape

from hall.shell.spool import Message
from hallfile.notes import Note
from hallfile.reminding import Gateway

PLACE: Final = re.compile(r"\{(phone|text|number|ticket|kind|id|secret)\}")
SIGNATURE: Final = "X-Hallkeeper-Signature"
ANSWER_READ: Final = 4096
"""Bytes of an answer that are looked at."""


@dataclass(frozen=True)
class Request:
    """One HTTP request."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes


def request(gateway: Gateway, secret: str, message: Message, note: Note | None, now: float) -> Request | None:
    """How `message` goes out at `now` (seconds since 1970); None where nobody can be reached by it."""
    if gateway.kind == "webhook":
        return _webhook(gateway, secret, message, note, now)
    return None if note is None or not note.phone else _sms(gateway, secret, message, note)


def signature(secret: str, body: bytes, now: float) -> str:
    """``t=<seconds>,v1=<hex>``: HMAC-SHA256 of the seconds, a full stop and the body."""
    signed = f"{int(now)}.".encode() + body
    return f"t={int(now)},v1={hmac.new(secret.encode(), signed, sha256).hexdigest()}"


def succeeded(gateway: Gateway, status: int, answer: bytes) -> bool:
    """Whether the gateway has taken it."""
    if not 200 <= status < 300:
        return False
    return not gateway.success or re.search(gateway.success, answer.decode("utf-8", "replace")) is not None


def _webhook(gateway: Gateway, secret: str, message: Message, note: Note | None, now: float) -> Request:
    said = {
        "id": message.id,
        "type": {"near": "near_turn", "done": "done", "case": "case_done"}[message.kind],
        "at": message.at.isoformat(timespec="milliseconds"),
        "ticket": message.ticket,
        "number": message.number,
        "ahead": message.ahead,
        "text": message.text,
        "token": note.words if note is not None and note.words else None,
    }
    body = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Idempotency-Key": message.id,
        SIGNATURE: signature(secret, body, now),
        **gateway.headers,
    }
    return Request("POST", gateway.url, headers, body)


def _sms(gateway: Gateway, secret: str, message: Message, note: Note) -> Request:
    values = {
        "phone": note.phone,
        "text": message.text,
        "number": message.number,
        "ticket": message.ticket,
        "kind": message.kind,
        "id": message.id,
        "secret": secret,
    }
    headers = {name: _filled(value, values, _one_line) for name, value in gateway.headers.items()}
    kind = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
    return Request(
        gateway.method,
        _filled(gateway.url, values, lambda value: quote(value, safe="")),
        headers,
        _filled(gateway.body, values, _quoting(kind)).encode() if gateway.method == "POST" else b"",
    )


def _filled(template: str, values: dict[str, str], quoted: Callable[[str], str]) -> str:
    return PLACE.sub(lambda place: quoted(values[place[1]]), template)


def _quoting(kind: str) -> Callable[[str], str]:
    """How a value must be quoted so that it stays one value in a body of that kind."""
    if "json" in kind:
        return lambda value: json.dumps(value, ensure_ascii=False)[1:-1]
    if "urlencoded" in kind:
        return quote_plus
    if "xml" in kind:
        return lambda value: escape(value, {'"': "&quot;"})
    return lambda value: value


def _one_line(value: str) -> str:
    return re.sub(r"[\r\n]", " ", value)
