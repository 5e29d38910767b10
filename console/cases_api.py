"""Cases with promised days from the city's system: `POST /api/cases`, for the token (docs/tasks.md)."""

from typing import Final

import msgspec
from fastapi import FastAPI, Request
from fastapi.responses import Response

from console import cases
from console.api import Token, guarded, json, no, read
from console.house import House
from console.tongue import Tongue

PATH: Final = "/api/cases"
TOKEN_FILE: Final = "cases.token"
"""In the hall's data folder."""
BODY_MOST: Final = 1_000_000
"""Bytes that are read: a thousand rows have less than half of it."""
BY: Final = "console/api"


def serve(app: FastAPI, house: House) -> None:
    """Take cases as JSON, or as CSV where the request says ``text/csv``."""
    token = Token.of(house.premises.data, TOKEN_FILE)
    registry = cases.Registry(house.orders, house.premises)

    async def take(request: Request, say: Tongue) -> Response:
        try:
            rows = _rows(request, await read(request, BODY_MOST))
        except cases.BadRows as error:
            return no(say, 422, "bad_cases", where=str(error)[:200])
        answers = await registry.hand_over(rows, BY, house.clock.now())
        if any(answer.reason == "no_answer" for answer in answers):
            return no(say, 503, "controller_away")
        status = 200 if all(answer.ok for answer in answers) else 409
        return json(status, {"rows": msgspec.to_builtins(answers)})

    app.post(PATH)(guarded(house, token, take))


def _rows(request: Request, body: bytes) -> list[cases.CaseRow]:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "text/csv":
        return cases.from_json(body)
    try:
        return cases.from_csv(body.decode("utf-8"))
    except UnicodeDecodeError:
        raise cases.BadRows("UTF-8") from None
