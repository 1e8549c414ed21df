"""The Jilin demo week and its variants: `python -m benchmarks.jilin FOLDER --variant base|tight|over -o OUT.csv`.

`tight` closes more rooms. `over` is a case of its own that cannot be planned whole: beside the best part of it, the
sets of sessions that cannot all be placed go to OUT.csv.json.
"""

import argparse
import csv
import io
import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.planning import BadInput, by_rule, command, read_json, run, search, write
from eventweek.planner import matches
from eventweek.planner.matches import Plan
from eventweek.planner.model import Model, build
from eventweek.planner.problem import (
    MINUTES_A_DAY,
    City,
    Event,
    Journey,
    Kind,
    Part,
    Person,
    Pin,
    Problem,
    Relation,
    Room,
    Series,
    Session,
    Tags,
    Travel,
    Venue,
    Window,
)

VARIANTS = ("base", "tight", "over")
OPEN_DURING_PLENARY = {"exhibition", "open_house", "camp"}
REFERENCE = {"base": 170, "tight": 170, "over": 16}
"""How many sessions can be placed."""


@dataclass
class Demo:
    """The files of a folder, and the midnight from which minutes count."""

    event: dict[str, Any]
    sites: list[dict[str, Any]]
    people: list[dict[str, Any]]
    sessions: list[dict[str, Any]]
    closures: set[tuple[str, str]]

    @classmethod
    def read(cls, folder: Path, variant: str) -> "Demo":
        """Read a variant; raise `BadInput`."""

        def part(name: str) -> Any:
            return read_json(folder / name)

        event = part("event.json")
        if variant == "over":
            case = part("overconstrained.json")
            return cls(event, case["sites"], case["people"], case["sessions"], set())
        closures = part("tight_variant.json")["extra_closures"] if variant == "tight" else []
        sites = part("venues.json")["sites"]
        return cls(event, sites, part("people.json"), part("sessions.json"), {(room, day) for room, day in closures})

    @property
    def days(self) -> list[str]:
        """Return every day from the first that is mentioned to the last."""
        named = {day["date"] for day in self.event["calendar"]}
        for session in self.sessions:
            named |= {*session["dates"]} | {start[:10] for start in [fixed(session).get("start")] if start}
        first, last = (datetime.fromisoformat(day) for day in (min(named), max(named)))
        return [(first + timedelta(n)).date().isoformat() for n in range((last - first).days + 1)]


def fixed(session: dict[str, Any]) -> dict[str, Any]:
    """Return where a session is fixed."""
    return session["fixed"] or {}


def clock(text: str) -> int:
    """Return minutes after midnight of HH:MM."""
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


class Calendar:
    """Minutes of the event for days and times of day."""

    def __init__(self, days: list[str]) -> None:
        self.days = days
        self.first = datetime.fromisoformat(days[0])
        self.midnight = {day: number * MINUTES_A_DAY for number, day in enumerate(days)}

    def window(self, day: str, begin: str, until: str) -> Window:
        """Return a window of one day."""
        return self.midnight[day] + clock(begin), self.midnight[day] + clock(until)

    def minute(self, moment: str) -> int:
        """Return the minute of a local time."""
        return self.midnight[moment[:10]] + clock(moment[11:16])

    def moment(self, minute: int) -> str:
        """Return the local time of a minute."""
        return (self.first + timedelta(minutes=minute)).isoformat(timespec="minutes")


def problem(demo: Demo) -> Problem:
    """Return a week as a problem of the planner."""
    calendar, event = Calendar(demo.days), demo.event
    grid = event["grid"]
    return Problem(
        event=Event(
            start=demo.days[0],
            days=len(demo.days),
            grid_min=grid["start_multiple_minutes"],
            day_start=clock(grid["day_start"]),
            day_end=clock(grid["day_end"]),
            lunch=(clock(grid["lunch"][0]), clock(grid["lunch"][1])),
        ),
        cities=[City(id=city["code"], name=city["name_zh"]) for city in event["cities"]],
        venues=[Venue(id=site["id"], name=site["name_zh"], city=site["city"]) for site in demo.sites],
        travel=_travel(event),
        rooms=[_room(site, room, demo, calendar) for site in demo.sites for room in site["rooms"]],
        people=[_person(person, calendar) for person in demo.people],
        kinds=[_kind(kind) for kind in event["kinds"]],
        sessions=[_session(session, demo, calendar) for session in demo.sessions],
        relations=_relations(demo),
    )


def _travel(event: dict[str, Any]) -> Travel:
    near = event["travel_same_site_min"]
    ways = [Journey(between=(*key.split("-"),), minutes=n) for key, n in event["travel_minutes"].items()]
    return Travel(same_room=near, same_venue=near, same_city=event["travel_same_city_min"], journeys=ways)


def _room(site: dict[str, Any], room: dict[str, Any], demo: Demo, calendar: Calendar) -> Room:
    shut = {*room["closed_dates"]} | {day for name, day in demo.closures if name == room["id"]}
    opened = [
        calendar.window(day, hours["from"], hours["to"])
        for hours in room["open"]
        for day in calendar.days
        if day not in shut and (hours["dates"] == "all" or day in hours["dates"])
    ]
    return Room(
        id=room["id"],
        name=room["name_zh"],
        venue=site["id"],
        capacity=room["capacity"],
        features=room["features"],
        open=opened,
    )


def _person(person: dict[str, Any], calendar: Calendar) -> Person:
    there = person["available"]
    told = [] if there == "all" else there
    windows = [calendar.window(w["date"], w["from"], w["to"]) for w in told if w["date"] in calendar.midnight]
    return Person(
        id=person["id"],
        name=person["name_zh"],
        daily_limit=person["max_per_day"],
        windows=None if there == "all" else windows,
    )


def _kind(kind: dict[str, Any]) -> Kind:
    """Return a kind without its hours: a session's own window may be wider, and counts alone."""
    return Kind(
        id=kind["code"],
        name=kind["zh"],
        duration=kind["default_minutes"],
        changeover=kind["changeover_min"],
        may_span_lunch=kind["may_span_lunch"],
        open_during_plenary=kind["code"] in OPEN_DURING_PLENARY,
    )


def _session(session: dict[str, Any], demo: Demo, calendar: Calendar) -> Session:
    allowed = [
        room["id"]
        for site in demo.sites
        for room in site["rooms"]
        if site["city"] == session["city"] and (not session["sites"] or site["id"] in session["sites"])
    ]
    start = fixed(session).get("start")
    pitch = session["industry"] and session["kind"] == "roadshow"
    group = session["consecutive_group"]
    return Session(
        id=session["id"],
        name=session["title_zh"],
        kind=session["kind"],
        duration=session["duration_min"],
        people=[Part(id=name) for name in dict.fromkeys(entry["person"] for entry in session["people"])],
        tags=Tags(sector=[session["industry"]] if pitch else []),
        expected=session["expected"],
        features=session["features"],
        rooms=allowed,
        windows=[calendar.window(day, session["earliest"], session["latest_end"]) for day in session["dates"]],
        pin=Pin(room=fixed(session).get("room"), start=calendar.minute(start) if start else None),
        plenary="city" if session["plenary"] else None,
        series=Series(id=group, index=session["consecutive_index"] or 0) if group else None,
        follows=session["sync_with"],
        team=session["tour_team"],
    )


def _relations(demo: Demo) -> list[Relation]:
    apart = defaultdict(list)
    found = []
    for session in demo.sessions:
        if session["exclusive_group"]:
            apart[session["exclusive_group"]].append(session["id"])
        for edge in session["after"]:
            pair = [edge["session"], session["id"]]
            found.append(Relation(type="before", sessions=pair, min_lag=edge["min_gap_min"]))
    return found + [Relation(type="not_parallel", sessions=members) for members in apart.values()]


def compiled(folder: Path, variant: str) -> tuple[Model, Calendar]:
    """Return the model of a variant, and its calendar; raise `BadInput`."""
    try:
        demo = Demo.read(folder, variant)
        return build(problem(demo)), Calendar(demo.days)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise BadInput(f"{folder}: the files are not those of a demo week ({error!r})") from error


def written(model: Model, calendar: Calendar, plan: Plan) -> str:
    """Return a plan as the CSV of the witness."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["session", "room", "start", "end"])
    given = model.week.problem
    for s, stand in sorted(plan.items()):
        times = calendar.moment(stand.start), calendar.moment(stand.end)
        writer.writerow([given.sessions[s].id, given.rooms[stand.room].id, *times])
    return stream.getvalue()


def culprit_sets(model: Model, plan: Plan, seconds: float) -> list[list[str]]:
    """Return the minimal sets of sessions that cannot all be placed, by their names."""
    from eventweek.planner.culprits import culprits  # heavy

    names = [session.id for session in model.week.problem.sessions]
    return [[names[s] for s in sorted(found.sessions)] for found in culprits(model, plan, seconds)]


def one(folder: Path, args: argparse.Namespace) -> dict[str, Any]:
    """Plan one variant; return its score by rule."""
    model, calendar = compiled(folder, args.variant)
    plan = search(model, args).plan
    write(args.output, written(model, calendar, plan))
    found = summary(model, plan)
    if args.variant == "over":
        sets = culprit_sets(model, plan, args.seconds)
        write(args.output and Path(f"{args.output}.json"), json.dumps(sets, indent=1, ensure_ascii=False) + "\n")
        found["culprit sets"] = len(sets)
    return found


def summary(model: Model, plan: Plan) -> dict[str, Any]:
    """Return how much is placed, the score, and what each rule costs."""
    score = matches.total(list(matches.find(model.terms, model.tables, plan)))
    placed = f"{len(plan)}/{model.size}"
    return {"placed": placed, **dict(zip(("hard", "medium", "soft"), score, strict=True)), **by_rule(model, plan)}


def table(folder: Path, args: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Plan each variant."""
    for variant in VARIANTS:
        began = time.monotonic()
        found = one(folder, argparse.Namespace(**{**vars(args), "variant": variant, "output": None}))
        yield {
            "variant": variant,
            "placed": found["placed"],
            "can be placed": REFERENCE[variant],
            "hard": found["hard"],
            "soft": found["soft"],
            "culprit sets": found.get("culprit sets", "-"),
            "seconds": round(time.monotonic() - began, 1),
        }


def main(arguments: list[str] | None = None) -> int:
    """Plan a variant, or all of them."""
    parser = command("Plan the Jilin demo week.", "FOLDER", 5)
    parser.add_argument("--variant", choices=VARIANTS, default="base")
    return run("jilin", parser.parse_args(arguments), one, table)


if __name__ == "__main__":
    sys.exit(main())
