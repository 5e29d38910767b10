"""Starting one room of a hall in this process."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from cli.arguments import fail
from hallfile.premises import Premises

if TYPE_CHECKING:
    from broker.client import Bus


def start(premises: Premises, name: str, work: "Callable[[Premises, Bus], Awaitable[None]]") -> None:
    """Run the room `name` until it is told to end; the end of the program where it runs already."""
    from cli.lock import AlreadyRunning
    from cli.process import run_room

    if not (premises.data / "credentials" / name).exists():
        from broker.mosquitto import prepare
        from cli.roster import credentials

        broker = premises.hall.broker
        prepare(premises.data, premises.hall.hall.id, broker.host, broker.port, credentials(premises))
    try:
        run_room(premises, name, work)
    except AlreadyRunning as error:
        fail(str(error))
