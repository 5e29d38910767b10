"""Bookings in and out for the city's own app: `/api/bookings`, for the token (docs/appointments.md).

What comes in may hold ID numbers, which never stand on the bus: it goes through the controller's hatch.
"""

import hmac
import os
import secrets
from pathlib import Path
from typing import Final

import msgspec
from fastapi import FastAPI, Request
from fastapi.responses import Response

from broker import hatch
from console.house import House
from console.tongue import Tongue

PATH: Final = "/api/bookings"
TOKEN_FILE: Final = "bookings.token"
"""In the hall's data folder; only the hall's own user can read it."""
BY: Final = "city"


class Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is posted."""

    bookings: list[hatch.Wanted]


class _TooMuch(Exception):
    """The body is longer than it may be."""


def token_of(data: Path) -> str:
    """The token of a hall, made when it is first asked for; raises `OSError`."""
    file = data / TOKEN_FILE
    try:
        held = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text(encoding="ascii").strip()
    with os.fdopen(held, "w", encoding="ascii") as written:
        token = secrets.token_urlsafe(32)
        written.write(f"{token}\n")
    return token


def serve(app: FastAPI, house: House) -> None:
    """Serve the two ways of `PATH`."""
    token = token_of(house.premises.data)

    @app.post(PATH)
    async def take(request: Request) -> Response:
        if no := _refused(house, request, token):
            return no
        say = house.tongue(None)
        try:
            body = msgspec.json.decode(await _read(request), type=Body)
        except _TooMuch:
            return _no(say, 413, "too_much", most=hatch.MOST_BYTES)
        except (msgspec.MsgspecError, RecursionError) as error:
            # only where it is wrong: the rest of the message may quote an ID number
            return _no(say, 422, "unreadable", where=str(error).partition("`")[2].rstrip("`") or "$")
        if not 1 <= len(body.bookings) <= hatch.MOST_ROWS:
            return _no(say, 422, "wrong_count", most=hatch.MOST_ROWS)
        answer = await _asked(house, hatch.Import(rows=body.bookings, by=BY))
        rows = answer.rows
        if rows is None:
            return _unanswered(say, answer)
        return _json(200 if all(row.ok for row in rows) else 409, {"rows": rows})

    @app.get(PATH)
    async def give(request: Request) -> Response:
        if no := _refused(house, request, token):
            return no
        say = house.tongue(None)
        try:
            wanted = msgspec.convert({"day": request.query_params.get("from")}, hatch.Export)
        except msgspec.ValidationError:
            return _no(say, 422, "bad_day")
        answer = await _asked(house, wanted)
        if answer.bookings is None:
            return _unanswered(say, answer)
        return _json(200, {"bookings": answer.bookings})


def _refused(house: House, request: Request, token: str) -> Response | None:
    """The answer to one who does not have the token."""
    given = request.headers.get("authorization", "").partition(" ")
    if given[0].lower() == "bearer" and hmac.compare_digest(given[2].strip().encode(), token.encode()):
        return None
    answer = _no(house.tongue(None), 401, "no_token", file=TOKEN_FILE)
    answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


async def _read(request: Request) -> bytes:
    """The body, as long as it is no longer than it may be."""
    body = bytearray()
    async for part in request.stream():
        body += part
        # what goes through the hatch has a frame of its own around it
        if len(body) > hatch.MOST_BYTES - 1024:
            raise _TooMuch
    return bytes(body)


async def _asked(house: House, request: hatch.Request) -> hatch.Answer:
    try:
        return await hatch.ask(house.premises.run, request)
    except hatch.HatchClosed:
        return hatch.Answer(error="controller_away")


def _unanswered(say: Tongue, answer: hatch.Answer) -> Response:
    if answer.text is not None:
        return _json(503, {"error": answer.error, "text": answer.text})
    return _no(say, 503, "controller_away")


def _no(say: Tongue, status: int, error: str, **values: object) -> Response:
    return _json(status, {"error": error, "text": say(f"api.{error}", **values)})


def _json(status: int, said: object) -> Response:
    return Response(
        msgspec.json.encode(said),
        status_code=status,
        media_type="application/json",
        headers={"Cache-Control": "no-store"},
    )
