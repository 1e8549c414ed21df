"""The generator of weeks: the shares that it promises, the same bytes each time, a witness that breaks nothing."""

from pathlib import Path

import msgspec
import pytest

from benchmarks import week
from benchmarks.planning import BadInput
from benchmarks.week_draft import Sizes
from eventweek.planner import matches
from eventweek.planner.matches import Stand
from eventweek.planner.model import build
from eventweek.planner.problem import Placement, decode

PROMISED = {
    "room use": "60.0 %",
    "people a session": "2-4",
    "people on two days or fewer": "20.0 %",
    "fit at most 30 % of the rooms": "50.0 %",
    "precedence": "10.0 %",
    "pinned": "15.0 %",
    "series": "5.0 %",
}


def _generate(folder: Path, seed: int) -> tuple[Path, Path]:
    problem, witness = folder / f"{seed}.json", folder / f"{seed}.witness.json"
    sizes = ["--sessions", "100", "--rooms", "10", "--people", "80", "--days", "4", "--seed", str(seed)]
    assert week.main([*sizes, "-o", str(problem), "--witness", str(witness)]) == 0
    return problem, witness


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_shares_are_those_that_are_promised_and_printed(
    seed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, _ = _generate(tmp_path, seed)
    found = week.shares(decode(path.read_bytes()))
    assert {name: found[name] for name in PROMISED} == PROMISED
    printed = capsys.readouterr().out
    assert all(name in printed and share in printed for name, share in found.items())


def test_the_same_seed_gives_the_same_bytes_and_another_others(tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    path, witness = _generate(tmp_path, 7)
    again, again_witness = _generate(tmp_path / "again", 7)
    assert path.read_bytes() == again.read_bytes() and witness.read_bytes() == again_witness.read_bytes()
    assert _generate(tmp_path, 8)[0].read_bytes() != path.read_bytes()


def test_the_written_witness_breaks_nothing(tmp_path: Path) -> None:
    path, witness = _generate(tmp_path, 3)
    model = build(decode(path.read_bytes()))
    plan = {}
    for placed in msgspec.json.decode(witness.read_bytes(), type=list[Placement]):
        s = model.week.session_of[placed.session]
        length = model.week.durations[s]
        plan[s] = Stand(placed.start, placed.start + length, model.week.room_of[placed.room])
    assert len(plan) == model.size
    assert matches.total(list(matches.find(model.terms, model.tables, plan)))[:2] == (0, 0)
    assert min(len(room.open or []) for room in model.week.problem.rooms) > 0


@pytest.mark.parametrize(
    ("sizes", "told"),
    [
        (Sizes(100, 2, 80, 1, 0.6, 0), "rooms"),
        (Sizes(100, 200, 80, 4, 0.6, 0), "fewer rooms"),
        (Sizes(100, 10, 3, 4, 0.6, 0), "people"),
        (Sizes(100, 10, 80, 4, 1.5, 0), "at most 1"),
        (Sizes(0, 10, 80, 4, 0.6, 0), "at least 1"),
    ],
)
def test_numbers_that_do_not_go_together_are_refused(sizes: Sizes, told: str) -> None:
    with pytest.raises(BadInput, match=told):
        week.generate(sizes)
