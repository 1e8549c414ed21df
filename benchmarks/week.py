"""A generator of realistic weeks: `python -m benchmarks.week --sessions N --rooms R --people P --days D -o FILE`.

A plan is drawn first, the witness; rooms open, people come and sessions want what the witness allows, so a plan that
breaks no hard rule exists. The problem does not hold the witness. The same numbers give the same bytes.
"""

import argparse
import sys
from pathlib import Path

import msgspec

from benchmarks.planning import BadInput, cells
from benchmarks.week_draft import Sizes
from benchmarks.week_witness import FEW_ROOMS, Witness, draw, suits
from eventweek.planner import matches
from eventweek.planner.matches import Stand
from eventweek.planner.model import build
from eventweek.planner.problem import Problem, Session, encode
from eventweek.planner.week import Week

FEW_DAYS = 2


def shares(problem: Problem) -> dict[str, str]:
    """Return how the problem is made up, measured in it."""
    sessions, week = problem.sessions, Week(problem)
    parts = [len(session.people) for session in sessions]
    busy = sum(week.durations)
    opened = sum(until - begin for room in problem.rooms for begin, until in room.open or [])
    following = {relation.sessions[1] for relation in problem.relations if relation.type == "before"}
    return {
        "sessions": str(len(sessions)),
        "rooms": str(len(problem.rooms)),
        "people": str(len(problem.people)),
        "days": str(problem.event.days),
        "room use": percent(busy, opened),
        "people a session": f"{min(parts)}-{max(parts)}",
        "people on two days or fewer": percent(sum(_days(p.windows) for p in problem.people), len(problem.people)),
        "fit at most 30 % of the rooms": percent(sum(share <= FEW_ROOMS for share in _fits(problem)), len(sessions)),
        "precedence": percent(len(following), len(sessions)),
        "pinned": percent(sum(session.pin is not None for session in sessions), len(sessions)),
        "series": percent(sum(session.series is not None for session in sessions), len(sessions)),
    }


def percent(part: int, whole: int) -> str:
    """Return a share."""
    return f"{100 * part / max(1, whole):.1f} %"


def _days(windows: list[tuple[int, int]] | None) -> bool:
    return windows is not None and len({begin // 1440 for begin, _ in windows}) <= FEW_DAYS


def _fits(problem: Problem) -> list[float]:
    return [
        sum(fits(problem, session, r) for r in range(len(problem.rooms))) / len(problem.rooms)
        for session in problem.sessions
    ]


def fits(problem: Problem, session: Session, r: int) -> bool:
    """Tell whether a room may hold a session."""
    room = problem.rooms[r]
    listed = session.rooms is None or room.id in session.rooms
    return listed and suits(room, session.expected, session.features)


def generate(sizes: Sizes) -> Witness:
    """Draw a week; raise `BadInput` where the numbers do not go together."""
    witness = draw(sizes)
    model = build(witness.problem)
    week = model.week
    plan = {}
    for placed in witness.placements:
        s = week.session_of[placed.session]
        plan[s] = Stand(placed.start, placed.start + week.durations[s], week.room_of[placed.room])
    found = list(matches.find(model.terms, model.tables, plan))
    assert matches.total(found)[:2] == (0, 0), [match for match in found if match.level < 2][:5]
    return witness


def main(arguments: list[str] | None = None) -> int:
    """Write a week and print its shares."""
    parser = argparse.ArgumentParser(description="Generate a week that can be planned.")
    for name, default in (("sessions", 500), ("rooms", 40), ("people", 400), ("days", 7), ("seed", 0)):
        parser.add_argument(f"--{name}", type=int, default=default, help=f"({default})")
    parser.add_argument("--use", type=float, default=0.6, help="share of the rooms' open time that sessions take (0.6)")
    parser.add_argument("-o", "--output", type=Path, required=True, help="where to write the problem")
    parser.add_argument("--witness", type=Path, help="where to write the plan that it was made from")
    args = parser.parse_args(arguments)
    sizes = Sizes(args.sessions, args.rooms, args.people, args.days, args.use, args.seed)
    try:
        witness = generate(sizes)
    except BadInput as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    args.output.write_bytes(encode(witness.problem) + b"\n")
    if args.witness:
        args.witness.write_bytes(msgspec.json.format(msgspec.json.encode(witness.placements), indent=1) + b"\n")
    print("\n".join(cells(share) for share in shares(witness.problem).items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
