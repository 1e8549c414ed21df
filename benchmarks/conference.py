"""Conference scheduling (OptaPlanner, Timefold): `python -m benchmarks.conference INSTANCE.json -o OUT.tsv`.

Printed scores are the family's: costs negative, rewards positive.
"""

import argparse
import math
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.conference_rules import FAMILY, Conference, Raw, RoomUnavailable, RoomWish, Talks
from benchmarks.planning import BadInput, by_rule, command, read_json, run, search, write
from eventweek.planner.constraints import RoomUnsuitable, Unplaced
from eventweek.planner.matches import Match, Plan
from eventweek.planner.model import Model, build
from eventweek.planner.problem import MINUTES_A_DAY, Event, Kind, Pin, Problem, Room, Session, Venue
from eventweek.planner.week import inside

REFERENCE = {
    "18talks-6timeslots-5rooms": -34_380,
    "36talks-12timeslots-5rooms": -213_750,
    "72talks-12timeslots-10rooms": -783_870,
}
"""Soft score of 60 seconds of Tabu search."""


def read(path: Path) -> Conference:
    """Read an instance; raise `BadInput`."""
    raw = read_json(path)
    try:
        conference = Conference(raw)
        for talk, speakers in zip(conference.talks, conference.speakers, strict=True):
            talk["speakers"] = [speaker["id"] for speaker in speakers]
            talk["after"] = conference.ids(talk["prerequisiteTalkSet"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadInput(f"{path}: not a conference instance ({error!r})") from error
    except BadInput as error:
        raise BadInput(f"{path}: {error}") from error
    return conference


def problem(conference: Conference) -> Problem:
    """Return an instance as a problem of the planner; sessions are the talks in their order."""
    times = [minute for slot in conference.slots for minute in (slot.start, slot.end)]
    return Problem(
        event=Event(
            start=conference.first.date().isoformat(),
            days=max(times) // MINUTES_A_DAY + 1,
            grid_min=math.gcd(MINUTES_A_DAY, *times),
        ),
        venues=[Venue(id="venue")],
        rooms=[
            Room(id=str(room["id"]), venue="venue", capacity=room["capacity"], open=_open(conference, room))
            for room in conference.rooms
        ],
        kinds=[Kind(id="talk")],
        sessions=[_session(conference, s, talk) for s, talk in enumerate(conference.talks)],
    )


def _open(conference: Conference, room: Raw) -> list[tuple[int, int]] | None:
    shut, types = conference.ids(room.get("unavailableTimeslotSet")), conference.ids(room["talkTypeSet"])
    if not shut:
        return None
    own = [slot for slot in conference.slots if slot.types & types]
    found = [(slot.start, slot.end) for slot in own if slot.id not in shut]
    for slot in (slot for slot in own if slot.id in shut):
        if inside(found, np.array([slot.start]), np.array([slot.end]))[0]:
            raise BadInput(f"room {room['id']} is unavailable in timeslot {slot.id}, but available in one around it")
    return found


def _session(conference: Conference, s: int, talk: Raw) -> Session:
    kind, pinned = conference.one(talk["talkType"])["id"], talk.get("pinnedByUser") and conference.one(talk.get("room"))
    rooms = [str(room["id"]) for room in conference.rooms if kind in conference.ids(room["talkTypeSet"])]
    return Session(
        id=str(talk["id"]),
        kind="talk",
        duration=max((slot.end - slot.start for slot in conference.ranges[s]), default=None),
        rooms=[str(pinned["id"])] if pinned else rooms,
        pin=Pin(room=str(pinned["id"])) if pinned else None,
    )


def compiled(path: Path) -> Model:
    """Return the model of an instance; raise `BadInput`."""
    conference = read(path)
    given = problem(conference)
    return build(given, (RoomUnsuitable(), Unplaced(), *FAMILY), Talks(given, conference))


def score(model: Model, plan: Plan) -> dict[str, int]:
    """Return the score of each rule of the family that matches: more is better."""

    def size(match: Match) -> int:
        rule, s = model.rules[match.rule], match.sessions[0]
        if isinstance(rule, RoomUnavailable):
            return plan[s].end - plan[s].start
        if isinstance(rule, RoomWish):
            return match.magnitude // model.week.durations[s] * (plan[s].end - plan[s].start)
        return match.magnitude

    known = {rule.code for rule in FAMILY}
    return {code: -cost for code, cost in by_rule(model, plan, size).items() if code in known}


def summary(model: Model, plan: Plan) -> dict[str, int]:
    """Return the score by level, how many talks have no place, and the score by rule."""
    rules, level = score(model, plan), {rule.code: rule.level for rule in FAMILY}
    sums = {name: sum(n for code, n in rules.items() if level[code] == name) for name in ("hard", "medium", "soft")}
    return {**sums, "unassigned": model.size - len(plan), **rules}


def written(model: Model, plan: Plan) -> str:
    """Return a plan as lines of talk, timeslot and room, separated by tabs."""
    week, given = model.week, model.week.problem
    assert isinstance(week, Talks)
    return "".join(
        f"{given.sessions[s].id}\t{week.conference.slot_at[at.start, at.end].id}\t{given.rooms[at.room].id}\n"
        for s, at in sorted(plan.items())
    )


def one(path: Path, args: argparse.Namespace) -> dict[str, int]:
    """Plan one instance; return its score by rule."""
    model = compiled(path)
    plan = search(model, args).plan
    write(args.output, written(model, plan))
    return summary(model, plan)


def table(folder: Path, args: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Plan each reference."""
    for name, reference in REFERENCE.items():
        found = one(folder / f"{name}.json", argparse.Namespace(**{**vars(args), "output": None}))
        yield {
            "instance": name,
            **{key: found[key] for key in ("unassigned", "hard", "soft")},
            "reference": reference,
            "above": found["soft"] - reference,
        }


def main(arguments: list[str] | None = None) -> int:
    """Plan an instance, or compare with the references."""
    return run("conference", command("Plan a conference.", "INSTANCE.json", 60).parse_args(arguments), one, table)


if __name__ == "__main__":
    sys.exit(main())
