"""What every address under /api has in common: a token, a bound on what is read, answers as JSON."""

import hmac
import os
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec
from fastapi import Request
from fastapi.responses import Response

from console.house import House
from console.tongue import Tongue

Serve = Callable[[Request, Tongue], Awaitable[Response]]
"""Answers one who has shown the token, in the hall's language."""


class TooMuch(Exception):
    """The body has more bytes than `most`."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


@dataclass(frozen=True)
class Token:
    """What a program of the city shows to be let in: a file of the data folder, for its own user only."""

    file: str
    value: str

    @classmethod
    def of(cls, data: Path, file: str) -> "Token":
        """The token in `file`, made when it is first asked for; raises `OSError`."""
        path = data / file
        try:
            held = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return cls(file, path.read_text(encoding="ascii").strip())
        value = secrets.token_urlsafe(32)
        with os.fdopen(held, "w", encoding="ascii") as written:
            written.write(f"{value}\n")
        return cls(file, value)

    def refuses(self, request: Request, say: Tongue) -> Response | None:
        """The answer to one who does not have it."""
        kind, _, given = request.headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), self.value.encode()):
            return None
        answer = no(say, 401, "no_token", file=self.file)
        answer.headers["WWW-Authenticate"] = "Bearer"
        return answer


def guarded(house: House, token: Token, serve: Serve) -> Callable[[Request], Awaitable[Response]]:
    """`serve` for those who have the token; a body that is too long is refused."""

    async def answer(request: Request) -> Response:
        say = house.tongue(None)
        if refused := token.refuses(request, say):
            return refused
        try:
            return await serve(request, say)
        except TooMuch as error:
            return no(say, 413, "too_much", most=error.most)

    return answer


async def read(request: Request, most: int) -> bytes:
    """The body; raises `TooMuch` when it has more than `most` bytes."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > most:
            raise TooMuch(most)
    return bytes(body)


def no(say: Tongue, status: int, error: str, **values: object) -> Response:
    """A refusal: a code for the program, and the sentence ``api.<error>`` for its maker."""
    return json(status, {"error": error, "text": say(f"api.{error}", **values)})


def json(status: int, said: Mapping[str, object]) -> Response:
    """An answer that nobody keeps."""
    return Response(
        msgspec.json.encode(said),
        status_code=status,
        media_type="application/json",
        headers={"Cache-Control": "no-store"},
    )
