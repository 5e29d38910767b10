"""The hall that the device benchmark fills is a hall file like another."""

from pathlib import Path

import pytest

from bench.devices.full_hall import full_hall
from bench.devices.one_meter import realtime_factor
from bench.livehall import derive
from hallfile.load import load

EXAMPLE = Path(__file__).parents[2] / "examples" / "dezhou.toml"


@pytest.mark.parametrize(
    ("pickups", "pads", "printers", "boards"), [(100, 60, 4, 4), (0, 0, 0, 0), (1, 9, 2, 0)]
)
def test_a_full_hall_has_what_was_asked_for(
    pickups: int, pads: int, printers: int, boards: int, tmp_path: Path
) -> None:
    change = full_hall(pickups=pickups, pads=pads, printers=printers, boards=boards)
    hall = load(derive(EXAMPLE, tmp_path, change))
    assert len(hall.mic_monitors) == pickups
    assert len(hall.rating_pads) + len(hall.call_pads) == pads
    assert len(hall.ticket_printers) == printers
    assert len(hall.led_boards) == boards
    assert all(device.simulated for devices in hall.devices().values() for device in devices.values())


def test_a_pickup_is_metered_faster_than_it_speaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.devices.one_meter.SOUND_S", 2)
    monkeypatch.setattr("bench.devices.one_meter.ROUNDS", 1)
    assert realtime_factor(seed=1) > 10
