"""Generated weeks, planned, asked about and repaired: `python -m benchmarks.generated`.

2,000 sessions from a file to a plan, in a process of its own; the same bytes twice; where else and why not at 500
sessions; a venue that closes for a day under a published plan of 2,000.
"""

import argparse
import hashlib
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from benchmarks.planning import positive, report
from benchmarks.week import generate
from benchmarks.week_draft import Sizes
from eventweek.planner.board import Board
from eventweek.planner.explain import where_else, why_not
from eventweek.planner.matches import Plan
from eventweek.planner.model import Model, build
from eventweek.planner.prepare import prepare
from eventweek.planner.problem import MINUTES_A_DAY, Limits, Problem, Published, Room, Window, encode
from eventweek.planner.search.clock import Progress
from eventweek.planner.search.repair import repair
from eventweek.planner.search.solve import Solution, solve

LARGE, SMALL = (2_000, 150, 1_500, 7, 0.6), (500, 40, 400, 7, 0.6)
ASKED = 100
Row = dict[str, Any]


def row(case: str, figure: str, measured: object, must: str, aim: str) -> Row:
    """Return one line of the table."""
    return {"case": case, "figure": figure, "measured": measured, "must": must, "aim": aim}


def whole(progress: Progress) -> bool:
    """Go on until everything has a place and nothing hard is broken."""
    return any(progress.score[:2])


def solving(problem: Problem, seconds: float, seed: int) -> Iterator[Row]:
    """Plan the large week with the command, as a user does."""
    case = f"{len(problem.sessions)} sessions, {len(problem.rooms)} rooms"
    began = time.monotonic()
    model = build(problem)
    found = solve(model, Limits(seconds=60, seed=seed), whole)
    score = (*found.score[:2], model.size - len(found.plan))
    yield row(case, "built and placed, s", round(time.monotonic() - began, 1), "60", "10")
    yield row(case, "hard, medium, unplaced", score, "0, -, 0", "0, 0, 0")
    with tempfile.TemporaryDirectory() as folder:
        file, out = Path(folder) / "problem.json", Path(folder) / "solution.json"
        file.write_bytes(encode(problem))
        began = time.monotonic()
        command(file, out, "--seconds", str(seconds), "--seed", str(seed))
        spent = time.monotonic() - began
        yield row(case, f"`plan solve --seconds {seconds:g}` in all, s", round(spent, 1), "-", "-")
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
        yield row(case, "its memory, MB", peak, "2,000", "-")
        digests = {digest(file, out, seed, hashes) for hashes in ("0", "1", "1")}
        yield row(case, "different files of one seed", len(digests), "1", "1")


def command(file: Path, out: Path, *options: str, hashes: str = "0") -> None:
    """Run `plan solve` in a process of its own."""
    words = [sys.executable, "-m", "eventweek", "plan", "solve", str(file), "-o", str(out), *options]
    env = {**os.environ, "PYTHONHASHSEED": hashes}
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, env=env)


def digest(file: Path, out: Path, seed: int, hashes: str) -> str:
    """Return the digest of a plan that stops after so many iterations."""
    command(file, out, "--iterations", "200000", "--seed", str(seed), hashes=hashes)
    return hashlib.sha256(out.read_bytes()).hexdigest()


def asking(problem: Problem, seed: int) -> Iterator[Row]:
    """Ask about a planned week of middle size."""
    model = build(problem)
    found = solve(model, Limits(seconds=2, seed=seed))
    board, chance = Board(model, found.plan), random.Random(seed)
    asked = [chance.randrange(model.size) for _ in range(ASKED)]
    places = [(chance.randrange(7) * MINUTES_A_DAY + 600, chance.randrange(len(problem.rooms))) for _ in asked]
    case = f"{model.size} sessions, {ASKED} asked"
    for figure, call, must, aim in (
        ("where else, five best, ms (slowest)", lambda k: where_else(board, asked[k]), "300", "50"),
        ("a move with its reasons, ms (slowest)", lambda k: why_not(board, asked[k], *places[k]), "20", "2"),
    ):
        yield row(case, figure, spent(call), must, aim)


def spent(call: Callable[[int], object]) -> str:
    """Return the median and the longest time of the calls, ms."""
    times = []
    for k in range(ASKED):
        began = time.perf_counter()
        call(k)
        times.append(1000 * (time.perf_counter() - began))
    return f"{statistics.median(times):.2f} ({max(times):.2f})"


def repairing(problem: Problem, seconds: float, seed: int) -> Iterator[Row]:
    """Close the venue and day where most sessions stand, once all is published."""
    model = build(problem)
    plan = solve(model, Limits(seconds=seconds, seed=seed)).plan
    venue, day, stood = busiest(problem, plan)
    changed = closed(published(problem, plan, seed), venue, day)
    began = time.monotonic()
    model = build(changed)
    mended = repair(model, Limits(seconds=seconds, seed=seed))
    case = f"{stood} sessions in the venue that closes"
    yield row(case, "hard, unplaced", (mended.score[0], model.size - len(mended.plan)), "0, 0", "0, 0")
    yield row(case, "moved", moved(changed, model, mended), f"{int(1.2 * stood)}", f"{stood}")
    yield row(case, "built and repaired, s", round(time.monotonic() - began, 1), "-", "-")


def busiest(problem: Problem, plan: Plan) -> tuple[str, int, int]:
    """Return the venue and day with most sessions that no pin holds there, and how many stand there."""
    free = {s: at for s, at in plan.items() if problem.sessions[s].pin is None}
    held = {(problem.rooms[at.room].venue, at.start // MINUTES_A_DAY) for s, at in plan.items() if s not in free}
    counts = Counter((problem.rooms[at.room].venue, at.start // MINUTES_A_DAY) for at in free.values())
    choice = {key: n for key, n in counts.items() if key not in held} or counts
    (venue, day), stood = min(choice.items(), key=lambda item: (-item[1], item[0]))
    return venue, day, stood


def published(problem: Problem, plan: Plan, seed: int) -> Problem:
    """Return the week once its plan is out and people have registered."""
    chance = random.Random(seed)
    sessions = [
        replace(
            session,
            pin=None,
            registered=chance.randrange(0, max(1, session.expected)),
            published=Published(start=plan[s].start, room=problem.rooms[plan[s].room].id),
        )
        for s, session in enumerate(problem.sessions)
    ]
    return replace(problem, sessions=sessions, mode="repair")


def closed(problem: Problem, venue: str, day: int) -> Problem:
    """Return the week with a venue closed for a day."""
    return replace(problem, rooms=[_shut(room, day) if room.venue == venue else room for room in problem.rooms])


def _shut(room: Room, day: int) -> Room:
    windows: list[Window] = room.open or []
    return replace(room, open=[one for one in windows if one[0] // MINUTES_A_DAY != day])


def moved(problem: Problem, model: Model, found: Solution) -> int:
    """Return how many sessions do not stand where they were published."""
    left = 0
    for s, session in enumerate(problem.sessions):
        at, was = found.plan.get(s), session.published
        left += was is not None and (at is None or (at.start, problem.rooms[at.room].id) != (was.start, was.room))
    return left


def main(arguments: list[str] | None = None) -> int:
    """Measure, print the table and write it."""
    parser = argparse.ArgumentParser(description="Measure the planner with generated weeks.")
    parser.add_argument("--seconds", type=positive, default=20.0, help="of each search (20)")
    parser.add_argument("--seed", type=int, default=1, help="of the weeks and the searches (1)")
    parser.add_argument("--share", type=positive, default=1.0, help="of the stated sizes (1)")
    args = parser.parse_args(arguments)
    prepare()
    large, small = (generate(_sizes(sizes, args.share, args.seed)).problem for sizes in (LARGE, SMALL))
    rows = [
        *solving(large, args.seconds, args.seed),
        *asking(small, args.seed),
        *repairing(large, args.seconds, args.seed),
    ]
    print(report("week", rows, f"{args.seconds:g} s each, seed {args.seed}"))
    return 0


def _sizes(stated: tuple[int, int, int, int, float], share: float, seed: int) -> Sizes:
    sessions, rooms, people, days, use = stated
    return Sizes(int(sessions * share), max(10, int(rooms * share)), int(people * share), days, use, seed)


if __name__ == "__main__":
    sys.exit(main())
