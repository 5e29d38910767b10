"""The console as a room of the hall: its web server inside our own event loop."""

import asyncio
import contextlib
import logging
import resource
import socket
from collections.abc import Iterator
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from broker.client import Bus
from broker.join import CannotWork
from console.house import House
from console.public.live import MOST_OPEN
from console.public.routes import Public
from console.site import public_site, site
from console.staff import Codes
from hallfile.premises import Premises

log = logging.getLogger(__name__)

FAREWELL_S: Final = 1
"""How long open pages may take to let go when the console stops, real seconds."""


class AddressTaken(CannotWork, OSError):
    """The console's address can't be had; the message says what to change."""


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers: the room is told to stop by being cancelled."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def run(premises: Premises, bus: Bus) -> None:
    """Serve the pages until cancelled; raises `AddressTaken`."""
    _allow_connections()
    house = House.on(premises, bus)
    public, pages = Public(house), premises.hall.pages
    console = premises.hall.console
    doors: list[tuple[ASGIApp, socket.socket]] = [
        (site(house, public), _listen(console.host, console.port, "console"))
    ]
    if pages.port is not None:
        doors.append((public_site(public), _listen(pages.host, pages.port, "pages")))
    servers = [_server(application) for application, _ in doors]
    serving = [
        asyncio.create_task(server.serve(sockets=[listener]))
        for server, (_, listener) in zip(servers, doors, strict=True)
    ]
    feeding = asyncio.create_task(house.feed.run())
    telling = asyncio.create_task(house.past.tell_tickets(house.picture))
    try:
        await asyncio.wait({*serving, feeding}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for server in servers:
            server.should_exit = True
        feeding.cancel()
        telling.cancel()
        await asyncio.gather(*serving, feeding, telling, return_exceptions=True)
        await house.past.close()
        await _end_leftovers()
        for _, listener in doors:
            listener.close()
    for one in serving:
        one.result()


def _allow_connections() -> None:
    """Each open page is a file to the system, which allows a process but 1024 unless it asks for more."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_OPEN + 1024
    if now != resource.RLIM_INFINITY and now < wanted:
        allowed = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, most))


def _server(application: ASGIApp) -> _Server:
    return _Server(
        uvicorn.Config(
            application,
            access_log=False,
            log_config=None,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=FAREWELL_S,
        )
    )


def _make_codes(premises: Premises) -> None:
    codes = Codes(premises.data, premises.clock)
    try:
        codes.make(premises.hall.staff)
    except OSError as error:
        log.warning("%s can't be written (%s): nobody can say who they are at the tasks", codes.path, error)


async def _end_leftovers() -> None:
    """engine.io forgets the pings it has put off and its watch over them; nothing may outlive the room."""
    left = [task for task in asyncio.all_tasks() if _module_of(task).startswith("engineio.")]
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


def _module_of(task: asyncio.Task[object]) -> str:
    frame = getattr(task.get_coro(), "cr_frame", None)
    return str(frame.f_globals.get("__name__", "")) if frame is not None else ""


def _listen(host: str, port: int, table: str) -> socket.socket:
    """`table` is the one of the hall file that names the address."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise AddressTaken(
            f"the {table} can't be served at {host}:{port} ({error.strerror}); "
            f"change {table}.host or {table}.port in the hall file, or stop what is running there"
        ) from error
    listener.listen(128)
    return listener
