"""Bookings in and out for the city's own app: `/api/bookings`, for the token (docs/appointments.md).

What comes in may hold ID numbers, which never stand on the bus: it goes through the controller's hatch.
"""

from typing import Final

import msgspec
from fastapi import FastAPI, Request
from fastapi.responses import Response

from broker import hatch
from console.api import Token, guarded, json, no, read
from console.house import House
from console.tongue import Tongue

PATH: Final = "/api/bookings"
TOKEN_FILE: Final = "bookings.token"
"""In the hall's data folder; only the hall's own user can read it."""
BY: Final = "city"
FRAME_BYTES: Final = 1024
"""What goes through the hatch has a frame of its own around it."""


class Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is posted."""

    bookings: list[hatch.Wanted]


def serve(app: FastAPI, house: House) -> None:
    """Serve the two ways of `PATH`."""
    token = Token.of(house.premises.data, TOKEN_FILE)

    async def take(request: Request, say: Tongue) -> Response:
        try:
            body = msgspec.json.decode(await read(request, hatch.MOST_BYTES - FRAME_BYTES), type=Body)
        except (msgspec.MsgspecError, RecursionError) as error:
            # only where it is wrong: the rest of the message may quote an ID number
            return no(say, 422, "unreadable", where=str(error).partition("`")[2].rstrip("`") or "$")
        if not 1 <= len(body.bookings) <= hatch.MOST_ROWS:
            return no(say, 422, "wrong_count", most=hatch.MOST_ROWS)
        answer = await _asked(house, hatch.Import(rows=body.bookings, by=BY))
        rows = answer.rows
        if rows is None:
            return _unanswered(say, answer)
        return json(200 if all(row.ok for row in rows) else 409, {"rows": rows})

    async def give(request: Request, say: Tongue) -> Response:
        try:
            wanted = msgspec.convert({"day": request.query_params.get("from")}, hatch.Export)
        except msgspec.ValidationError:
            return no(say, 422, "bad_day")
        answer = await _asked(house, wanted)
        if answer.bookings is None:
            return _unanswered(say, answer)
        return json(200, {"bookings": answer.bookings})

    app.post(PATH)(guarded(house, token, take))
    app.get(PATH)(guarded(house, token, give))


async def _asked(house: House, request: hatch.Request) -> hatch.Answer:
    try:
        return await hatch.ask(house.premises.run, request)
    except hatch.HatchClosed:
        return hatch.Answer(error="controller_away")


def _unanswered(say: Tongue, answer: hatch.Answer) -> Response:
    if answer.text is not None:
        return json(503, {"error": answer.error, "text": answer.text})
    return no(say, 503, "controller_away")
