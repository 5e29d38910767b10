"""What `hallkeeper bench path` makes of its rounds, and who watches the machine meanwhile."""

from pathlib import Path

from bench import path
from bench.path import Round
from bench.witness import Late, Witnesses, witnessed

MS = 1_000_000


def test_a_step_is_not_left_out_for_being_slow_only_for_beginning_beside_a_late_machine() -> None:
    late = Witnesses([Late("core", 1_005 * MS, 1_025 * MS), Late("disk", 2_050 * MS, 2_070 * MS)])
    rounds = [
        Round(intent=1_000 * MS, committed=1_030 * MS),  # the machine was late in the target's time
        Round(intent=2_000 * MS, committed=2_060 * MS),  # and here only after it: this one is ours
        Round(intent=3_000 * MS, committed=3_005 * MS),
    ]
    calm = path._calm(rounds, "intent", "committed", late)
    assert (calm["n"], calm["max"]) == (2, 60.0)


def test_the_slowest_rounds_come_first_with_the_machines_longest_delay_of_each_kind() -> None:
    late = Witnesses([Late("core", 2_010 * MS, 2_022 * MS), Late("core", 2_030 * MS, 2_050 * MS)])
    quick = Round(1_000 * MS, 1_005 * MS, 1_010 * MS, 1_500 * MS, 1_510 * MS, 1_520 * MS)
    slow = Round(2_000 * MS, 2_040 * MS, 2_045 * MS, 2_500 * MS, 2_510 * MS, 2_520 * MS)
    first, second = path._slowest([quick, slow], late)
    assert first == {
        "round": 2, "s": 1.0, "committed": 40.0, "printer": 45.0, "board": 10.0, "audio": 20.0,
        "machine_core": 20.0,
    }  # fmt: skip
    assert second["round"] == 1
    assert "machine_core" not in second


async def test_witnesses_end_with_their_benchmark(tmp_path: Path) -> None:
    async with witnessed(tmp_path) as testimony:
        pass
    assert set(testimony.figures()) == {"core", "disk"}
    assert all(one.ms > 0 for one in testimony.seen)
