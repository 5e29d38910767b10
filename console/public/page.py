"""The frame of a public page: markup, style and script in one answer of a few kilobytes."""

import base64
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from starlette.responses import HTMLResponse

from console.markup import Html, el

HERE: Final = Path(__file__).parent
HEADERS: Final = {
    "Cache-Control": "no-store",
    # a ticket's address is its only lock: it is told to nobody the page may lead to
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
RENEWED_S: Final = 20
"""Without scripts the page is asked for again so often, real seconds."""


def answer(page: str, status: int = 200, headers: Mapping[str, str] | None = None) -> HTMLResponse:
    """The page with what a browser may do with it."""
    policy = (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{_digest()}'; "
        "connect-src 'self'; img-src 'self' data:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    return HTMLResponse(page, status, {**HEADERS, "Content-Security-Policy": policy, **(headers or {})})


def page(title: str, language: str, style: str, body: Html, *, live: str | None = None) -> str:
    """A whole page; `live` is where its regions are told, None for one that stays as it is."""
    renewed = f'<noscript><meta http-equiv="refresh" content="{RENEWED_S}"></noscript>' if live else ""
    head = el(
        "head",
        Html('<meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'),
        Html(renewed),
        el("title", title),
        el("style", Html(_file(style))),
    )
    script = el("script", Html(_file("live.js"))) if live else None
    return "<!doctype html>" + el("html", head, el("body", body, script), lang=language, data_live=live)


@cache
def _file(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


@cache
def _digest() -> str:
    """The one script that may run (Content Security Policy, hash of an inline script)."""
    return base64.b64encode(sha256(_file("live.js").encode()).digest()).decode()
