"""What is served at which address: the pages, and the few plain files beside them."""

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import FileResponse, RedirectResponse, Response
from nicegui import ui
from starlette.applications import Starlette
from starlette.middleware.trustedhost import TrustedHostMiddleware

from console import bookings_api, cases_api
from console.frame import SCRIPT, STYLES, Frame, frame
from console.house import House
from console.pages import bench, boards, bookings, counter, counters, hall, index, tasks
from console.public.routes import Public
from console.tongue import LANGUAGE_COOKIE

HERE: Final = Path(__file__).parent
NO_STORE: Final = {"Cache-Control": "no-store"}
LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
YEAR_S: Final = 365 * 24 * 3600
FILE_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}\.(?P<kind>jpg|png|wav)")
"""Ids of the hall file and a kind: no name of this form leads out of a folder."""
MEDIA: Final = {"jpg": "image/jpeg", "png": "image/png", "wav": "audio/wav"}

PAGES: Final[dict[str, Callable[[Frame], None]]] = {
    "index": index.build,
    "bench": bench.build,
    "counters": counters.build,
    "hall": hall.build,
    "bookings": bookings.build,
    "tasks": tasks.build,
    "boards": boards.build,
}


def public_site(public: Public) -> Starlette:
    """What everybody may open, and nothing else."""
    return Starlette(routes=public.routes())


def site(house: House, public: Public) -> FastAPI:
    """The whole console as an application; NiceGUI is put underneath by `ui.run_with`."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    if house.hall.console.host in LOOPBACK:
        # a page from elsewhere must not reach this one by giving our address a name of its own
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=[*LOOPBACK, "[::1]"])
    _files(app, house)
    _languages(app, house)
    bookings_api.serve(app, house)
    cases_api.serve(app, house)
    app.router.routes.extend(public.routes())
    for name, build in PAGES.items():
        _page(house, name, build)
    _counter_page(house)
    ui.run_with(
        app,
        title=house.hall.hall.name,
        favicon=HERE / "favicon.svg",
        language="zh-CN",
        tailwind=False,
        binding_refresh_interval=None,
        show_welcome_message=False,
    )
    return app


def _page(house: House, name: str, build: Callable[[Frame], None]) -> None:
    @ui.page("/" if name == "index" else f"/{name}")
    def show(request: Request) -> None:
        with frame(house, request, name) as made:
            build(made)


def _counter_page(house: House) -> None:
    @ui.page("/counter/{counter_id}")
    def show(request: Request, counter_id: str) -> None:
        with frame(house, request, "counter") as made:
            counter.build(made, counter_id)


def _files(app: FastAPI, house: House) -> None:
    for name in (*STYLES, SCRIPT):
        app.get(f"/{name}")(partial(_own, name))

    @app.get("/pictures/{name}")
    async def picture(name: str) -> Response:
        return _served(house.premises.pictures, name, "jpg", "png")

    @app.get("/audio/{name}")
    async def audio(name: str) -> Response:
        return _served(house.premises.audio / "ring", name, "wav")


async def _own(name: str) -> Response:
    return FileResponse(HERE / name, headers={"Cache-Control": "no-cache"})


def _served(folder: Path, name: str, *kinds: str) -> Response:
    """A file that lies in `folder` itself and is of one of `kinds`; anything else is not there."""
    named = FILE_NAME.fullmatch(name)
    if named is None or named["kind"] not in kinds:
        raise HTTPException(404)
    path = folder / name
    try:
        if path.is_symlink():
            raise HTTPException(404)
        return Response(path.read_bytes(), media_type=MEDIA[named["kind"]], headers=NO_STORE)
    except OSError:
        raise HTTPException(404) from None


def _languages(app: FastAPI, house: House) -> None:
    @app.get("/language/{language}")
    async def choose(language: str, back: str = "") -> Response:
        if language not in house.tongues:
            raise HTTPException(404)
        # only our own pages are led back to, so that no link can lead elsewhere from here
        ours = (*PAGES, "display", *(f"counter/{name}" for name in house.hall.counters))
        known = back in ours and back != "index"
        response = RedirectResponse(f"/{back}" if known else "/", status_code=303)
        response.set_cookie(LANGUAGE_COOKIE, language, max_age=YEAR_S, samesite="lax", httponly=True)
        return response
