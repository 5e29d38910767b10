"""A hall file with as many devices as were asked for."""

from collections.abc import Callable
from typing import Any, Final

from bench.livehall import Change, free_port

KEPT: Final = frozenset({"hall", "hours", "broker", "console", "zones", "services", "simulation"})
"""Of the example's tables; others speak of services and counters that this hall has not."""


def full_hall(*, pickups: int, pads: int, printers: int, boards: int) -> Change:
    """What makes of the example a hall with so many devices; every other pad is a call pad."""

    def change(tables: dict[str, Any]) -> None:
        for table in tables.keys() - KEPT:
            del tables[table]
        service, zone = "a", tables["services"]["a"]["zone"]
        tables["services"] = {service: tables["services"][service]}
        counters = [str(number) for number in range(1, max(1, pickups, (pads + 1) // 2) + 1)]
        tables["counters"] = {name: {"services": [service], "zone": zone} for name in counters}
        tables["simulation"]["crowd"] = {}
        tables["kiosks"] = {}
        tables["announcers"] = {"hall": {"link": "audio:ring?pace=none", "simulated": True}}
        tables["id_readers"] = {"r1": {"link": "serial:{data}/run/r1?baud=115200", "simulated": True}}
        tables["ticket_printers"] = _several("p", printers, lambda _: f"tcp://127.0.0.1:{free_port()}")
        tables["led_boards"] = _several(
            "b", boards, lambda _: f"tcp://127.0.0.1:{free_port()}", width=320, height=64,
            areas={"call": {"x": 0, "y": 0, "width": 320, "height": 32, "font_px": 24}},
        )  # fmt: skip
        tables["mic_monitors"] = _at_counters(
            "mic", counters[:pickups], "pcm", "?rate=48000", full_scale_db=120.0
        )
        tables["rating_pads"] = _at_counters("rate", counters[: (pads + 1) // 2], "evdev")
        tables["call_pads"] = _at_counters("call", counters[: pads // 2], "evdev")

    return change


def _several(prefix: str, number: int, link: Callable[[int], str], **keys: Any) -> dict[str, Any]:
    return {
        f"{prefix}{index}": {"link": link(index), "simulated": True, **keys} for index in range(1, number + 1)
    }


def _at_counters(
    prefix: str, counters: list[str], scheme: str, options: str = "", **keys: Any
) -> dict[str, Any]:
    return {
        f"{prefix}-{counter}": {
            "counter": counter,
            "link": f"{scheme}:{{data}}/run/{prefix}-{counter}{options}",
            "simulated": True,
            **keys,
        }
        for counter in counters
    }
