"""Curriculum-based course timetabling (ITC-2007, track 3): `python -m benchmarks.itc2007 INSTANCE.ctt -o OUT.sol`.

A course becomes as many sessions as it has lectures, its teacher a person, two courses of a curriculum may not run at
once, periods are the starts that a session may have. The figures are those of the competition's definition.
"""

import argparse
import re
import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.planning import BadInput, by_rule, command, run, search, write
from eventweek.planner import kernel, matches
from eventweek.planner.constraints import RULES
from eventweek.planner.constraints.rule import Rule
from eventweek.planner.matches import Match, Plan
from eventweek.planner.model import Model, build
from eventweek.planner.problem import (
    MINUTES_A_DAY,
    City,
    Event,
    Kind,
    Part,
    Person,
    Problem,
    Relation,
    Room,
    Session,
    Venue,
)
from eventweek.planner.terms import Terms
from eventweek.planner.week import Week

WINNER = {"comp01": 5, "comp02": 43, "comp03": 72, "comp04": 35, "comp05": 298, "comp06": 41, "comp07": 14}
BEST_KNOWN = {"comp01": 5, "comp02": 24, "comp03": 64, "comp04": 35, "comp05": 284, "comp06": 27, "comp07": 6}
SEEDS = 1


@dataclass(frozen=True)
class Course:
    """A course: its teacher, how many lectures on at least how many days, for how many students."""

    teacher: str
    lectures: int
    days: int
    students: int


@dataclass
class Instance:
    """A file, read. Lectures are numbered course by course."""

    days: int = 0
    periods: int = 0
    courses: dict[str, Course] = field(default_factory=dict)
    rooms: dict[str, int] = field(default_factory=dict)
    curricula: dict[str, list[str]] = field(default_factory=dict)
    unavailable: set[tuple[str, int, int]] = field(default_factory=set)

    @property
    def lectures(self) -> list[str]:
        """Return the course of each lecture."""
        return [name for name, course in self.courses.items() for _ in range(course.lectures)]

    @property
    def lectures_of(self) -> dict[str, list[int]]:
        """Return the lectures of each course."""
        found: dict[str, list[int]] = {name: [] for name in self.courses}
        for number, name in enumerate(self.lectures):
            found[name].append(number)
        return found

    @property
    def minutes(self) -> int:
        """Return how long a period is: as long as the day can hold them with an empty one behind the last."""
        return max(n for n in range(1, MINUTES_A_DAY // (self.periods + 1) + 1) if MINUTES_A_DAY % n == 0)


def read(path: Path) -> Instance:
    """Read a .ctt file; raise `BadInput` with the line."""
    instance, section = Instance(), ""
    try:
        text = path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise BadInput(f"{path}: cannot be read ({error})") from error
    for number, line in enumerate(text, 1):
        line = line.strip()
        if line == "END.":
            break
        try:
            if re.fullmatch(r"[A-Z_]+:", line):
                section = line[:-1]
            elif line:
                _take(instance, section, line)
        except (ValueError, TypeError, KeyError) as error:
            raise BadInput(f"{path}:{number}: not a line of {section or 'the head'}: “{line}” ({error})") from error
    if not (instance.days > 0 and 0 < instance.periods < MINUTES_A_DAY and instance.courses and instance.rooms):
        raise BadInput(f"{path}: it names no days, periods, courses or rooms; is it a .ctt file?")
    return instance


def _take(instance: Instance, section: str, line: str) -> None:
    fields = line.split()
    if section == "":
        name, value = line.split(":")
        if name in ("Days", "Periods_per_day"):
            setattr(instance, {"Days": "days"}.get(name, "periods"), int(value))
    elif section == "COURSES":
        name, teacher, *numbers = fields
        instance.courses[name] = Course(teacher, *map(int, numbers))
    elif section == "ROOMS":
        name, size = fields
        instance.rooms[name] = int(size)
    elif section == "CURRICULA":
        name, _, *members = fields
        instance.curricula[name] = list(dict.fromkeys(_known(instance, member) for member in members))
    elif section == "UNAVAILABILITY_CONSTRAINTS":
        name, day, period = fields
        instance.unavailable.add((_known(instance, name), int(day), int(period)))


def _known(instance: Instance, course: str) -> str:
    if course not in instance.courses:
        raise ValueError(f"no course {course}")
    return course


def problem(instance: Instance) -> Problem:
    """Return the instance as a problem of the planner; sessions are the lectures in their order."""
    courses, lectures = instance.courses, instance.lectures
    starts = {name: _starts(instance, name) for name in courses}
    apart = {
        frozenset(pair)
        for members in instance.curricula.values()
        for pair in combinations(members, 2)
        if courses[pair[0]].teacher != courses[pair[1]].teacher
    }
    of = instance.lectures_of
    ordered = sorted(tuple(sorted(pair)) for pair in apart)
    return Problem(
        event=Event(start="2007-01-01", days=instance.days, grid_min=instance.minutes, day_start=0),
        cities=[City(id="city")],
        venues=[Venue(id="venue", city="city")],
        rooms=[Room(id=name, venue="venue", capacity=seats) for name, seats in instance.rooms.items()],
        people=[Person(id=name) for name in dict.fromkeys(course.teacher for course in courses.values())],
        kinds=[Kind(id="lecture", duration=instance.minutes)],
        sessions=[
            Session(
                id=str(n),
                name=name,
                kind="lecture",
                people=[Part(id=courses[name].teacher)],
                expected=courses[name].students,
                starts=starts[name],
            )
            for n, name in enumerate(lectures)
        ],
        relations=[
            Relation(type="not_parallel", sessions=[str(a), str(b)])
            for one, two in ordered
            for a in of[one]
            for b in of[two]
        ],
    )


def _starts(instance: Instance, course: str) -> list[int]:
    return [
        day * MINUTES_A_DAY + period * instance.minutes
        for day in range(instance.days)
        for period in range(instance.periods)
        if (course, day, period) not in instance.unavailable
    ]


class OfCourses(Rule):
    """A rule that knows the instance."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance


class Unavailable(OfCourses):
    """A course stays out of the periods in which it cannot be taught."""

    code = "unavailable"

    def times(self, week: Week, s: int, starts: Any, ends: Any) -> Any:
        """Count other starts."""
        return (~np.isin(starts, week.problem.sessions[s].starts or [])).astype(np.int64)


class RoomCapacity(OfCourses):
    """Each student without a seat counts."""

    code, level = "room_capacity", "soft"

    def places(self, week: Week, s: int) -> Any:
        """Count those without a seat."""
        return np.maximum(0, week.problem.sessions[s].expected - week.capacities)


class MinWorkingDays(OfCourses):
    """Each day counts on which a course stands less than it should."""

    code, level, weight = "min_working_days", "soft", 5

    def declare(self, week: Week, terms: Terms) -> None:
        """Count the days of each course."""
        for name, lectures in self.instance.lectures_of.items():
            days = self.instance.courses[name].days
            terms.group([(s, 1) for s in lectures], kernel.BY_DAY, kernel.FEWER, days)


class Compactness(OfCourses):
    """Each lecture counts that has no other of its curriculum right before or after it."""

    code, level, weight = "compactness", "soft", 2

    def declare(self, week: Week, terms: Terms) -> None:
        """Count the lectures of each curriculum by period."""
        of = self.instance.lectures_of
        for members in self.instance.curricula.values():
            terms.group([(s, 1) for name in members for s in of[name]], kernel.BY_START, kernel.LONELY, 0)


class RoomStability(OfCourses):
    """Each room above the first of a course counts."""

    code, level = "room_stability", "soft"

    def declare(self, week: Week, terms: Terms) -> None:
        """Count the rooms of each course."""
        for lectures in self.instance.lectures_of.values():
            terms.group([(s, 1) for s in lectures], kernel.BY_ROOM, kernel.MORE, 1)


SOFT = (RoomCapacity, MinWorkingDays, Compactness, RoomStability)
OWN = {"room_overlap", "person_overlap", "not_parallel", "unplaced"}


def compiled(instance: Instance) -> Model:
    """Return the model of an instance: the product's rules that the family has, and its own."""
    own = [rule for rule in RULES if rule.code in OWN]
    return build(problem(instance), [*own, Unavailable(instance), *(rule(instance) for rule in SOFT)])


def score(model: Model, plan: Plan) -> dict[str, int]:
    """Return hard violations and soft costs as the competition counts them."""
    costs = by_rule(model, plan)
    soft = {rule.code: costs.get(rule.code, 0) for rule in SOFT}
    return {"hard": _hard(model, plan), **soft, "total": sum(soft.values())}


def _hard(model: Model, plan: Plan) -> int:
    """Count lectures without a place of their own once, and two courses that conflict once in each period."""
    course = [session.name for session in model.week.problem.sessions]
    found: set[tuple[Any, ...]] = set()
    for match in matches.find(model.terms, model.tables, plan):
        code = model.rules[match.rule].code
        if code in OWN or code == Unavailable.code:
            found.add(_violation(code, match, course, plan))
    return len(found)


def _violation(code: str, match: Match, course: list[str], plan: Plan) -> tuple[Any, ...]:
    if len(match.sessions) == 1 or code == "room_overlap":
        return code, match.sessions[-1]
    one, two = match.sessions
    if course[one] == course[two]:
        return "lectures", two
    return "conflict", plan[one].start, *sorted((course[one], course[two]))


def written(instance: Instance, model: Model, plan: Plan) -> str:
    """Return a plan as lines of course, room, day, period."""
    rooms, lectures = model.week.problem.rooms, instance.lectures
    return "".join(
        f"{lectures[s]} {rooms[stand.room].id} {stand.start // MINUTES_A_DAY} "
        f"{stand.start % MINUTES_A_DAY // instance.minutes}\n"
        for s, stand in sorted(plan.items())
    )


def one(path: Path, args: argparse.Namespace) -> dict[str, int]:
    """Plan one file; return its score by rule."""
    instance = read(path)
    model = compiled(instance)
    plan = search(model, args).plan
    write(args.output, written(instance, model, plan))
    return score(model, plan)


def table(folder: Path, args: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Plan each reference with each seed."""
    for name, winner in WINNER.items():
        turns = range(args.seed, args.seed + args.seeds)
        found = [
            one(folder / f"{name}.ctt", argparse.Namespace(seconds=args.seconds, seed=seed, output=None))
            for seed in turns
        ]
        totals = [score["total"] for score in found]
        yield {
            "instance": name,
            "hard": max(score["hard"] for score in found),
            "best": min(totals),
            "mean": round(statistics.mean(totals), 1),
            "winner": winner,
            "best / winner": round(min(totals) / winner, 2),
            "mean / winner": round(statistics.mean(totals) / winner, 2),
            "best known": BEST_KNOWN[name],
        }


def main(arguments: list[str] | None = None) -> int:
    """Plan an instance, or compare with the references."""
    parser = command("Plan a course timetable of ITC-2007.", "INSTANCE.ctt", 300)
    parser.add_argument("--seeds", type=int, default=SEEDS, help="how many seeds the table takes (1)")
    return run("itc2007", parser.parse_args(arguments), one, table)


if __name__ == "__main__":
    sys.exit(main())
