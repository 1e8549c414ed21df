"""What the planner's benchmarks share: where instances lie, limits, the score by rule, and the report."""

import argparse
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.conditions import FOLDER, conditions
from eventweek.planner import matches
from eventweek.planner.matches import Match, Plan
from eventweek.planner.model import Model, build
from eventweek.planner.problem import BadProblem, Event, Kind, Limits, Problem, Room, Session, Venue
from eventweek.planner.search.solve import Solution, solve

ROOT = Path(__file__).resolve().parent.parent
SMALLEST = Problem(
    event=Event(start="2026-10-15", days=1),
    venues=[Venue(id="venue")],
    rooms=[Room(id="room", venue="venue", capacity=1)],
    kinds=[Kind(id="kind")],
    sessions=[Session(id="session", kind="kind")],
)


class BadInput(Exception):
    """A file is not what it should be; the text names the file, the line where there is one, and the cure."""


def read_json(path: Path) -> Any:
    """Read a JSON file; raise `BadInput` with the line."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadInput(f"{path}: cannot be read ({error.strerror})") from error
    except json.JSONDecodeError as error:
        raise BadInput(f"{path}:{error.lineno}: no JSON ({error.msg})") from error
    except ValueError as error:
        raise BadInput(f"{path}: no UTF-8 text ({error})") from error


def data(family: str) -> Path | None:
    """Return the folder with the reference instances of a family, None where it is absent."""
    folder = Path(os.environ.get("EVENTWEEK_DATA") or ROOT.parent / "shared" / "data") / family
    return folder if folder.is_dir() else None


def command(about: str, instance: str, seconds: float) -> argparse.ArgumentParser:
    """Return the options that the adapters have in common."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("instance", nargs="?", type=Path, metavar=instance, help="without it: the table of references")
    parser.add_argument("--seconds", type=positive, default=seconds, help=f"how long to search ({seconds:g})")
    parser.add_argument("--seed", type=int, default=0, help="where chance begins (0)")
    parser.add_argument("-o", "--output", type=Path, help="where to write the plan")
    return parser


def positive(text: str) -> float:
    """Read a number above 0."""
    number = float(text)
    if not number > 0:
        raise ValueError(text)
    return number


def search(model: Model, args: argparse.Namespace) -> Solution:
    """Search within the limits of the command line, once it is compiled; the rate goes to stderr."""
    solve(build(SMALLEST), Limits(iterations=1))
    began = time.monotonic()
    found = solve(model, Limits(seconds=args.seconds, seed=args.seed))
    spent = time.monotonic() - began
    print(f"{found.iterations} iterations in {spent:.1f} s ({found.iterations / spent:,.0f} a second)", file=sys.stderr)
    return found


def by_rule(model: Model, plan: Plan, size: Callable[[Match], int] | None = None) -> dict[str, int]:
    """Return what each rule costs, in the order of the rules; `size`: magnitude where it is not the match's own."""
    costs: Counter[int] = Counter()
    for match in matches.find(model.terms, model.tables, plan):
        costs[match.rule] += match.weight * (size(match) if size else match.magnitude)
    return {rule.code: costs[number] for number, rule in enumerate(model.rules) if costs[number]}


def lines(score: dict[str, Any]) -> str:
    """Return a score as lines."""
    return "\n".join(f"{name:44}{value:>12}" for name, value in score.items())


def run(
    family: str,
    args: argparse.Namespace,
    one: Callable[[Path, argparse.Namespace], dict[str, Any]],
    table: Callable[[Path, argparse.Namespace], Iterator[dict[str, Any]]],
) -> int:
    """Plan the instance and print its score by rule, or all references and print the table; return the exit status."""
    try:
        if args.instance is not None:
            print(lines(one(args.instance, args)))
            return 0
        folder = data(family)
        if folder is None:
            print(f"skipped: no folder {family} in EVENTWEEK_DATA or ../shared/data", file=sys.stderr)
            return 0
        print(report(family, list(table(folder, args)), f"{args.seconds:g} s each, seed {args.seed}"))
    except BadInput as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except BadProblem as error:
        print("\n".join(f"error: {chinese}\n{english}" for chinese, english in error.faults), file=sys.stderr)
        return 2
    return 0


def report(name: str, rows: list[dict[str, Any]], about: str, folder: Path = FOLDER) -> str:
    """Write the JSON with its conditions and return the table."""
    columns = list(rows[0])
    under = conditions(about)
    folder.mkdir(parents=True, exist_ok=True)
    body = {"name": f"planner-{name}", "conditions": under, "columns": columns, "figures": rows}
    (folder / f"planner-{name}.json").write_text(json.dumps(body, indent=1), encoding="utf-8")
    head = f"{name}  (load {under['load']:.1f}, {under['processors']} processors; {about})"
    return "\n".join([head, cells(columns), *(cells(row.values()) for row in rows)])


def cells(values: Iterable[Any]) -> str:
    """Return one line of a table, its first cell wide."""
    first, *others = values
    return f"{first!s:28}" + "".join(f"{value!s:>14}" for value in others)


def write(path: Path | None, text: str) -> None:
    """Write a plan where the command line asks for it."""
    if path is not None:
        path.write_text(text, encoding="utf-8")
