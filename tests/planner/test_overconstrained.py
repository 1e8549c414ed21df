"""The demo that cannot be planned: its twelve sets, and the command that tells them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from eventweek.cli import main
from eventweek.planner.culprits import culprits
from eventweek.planner.model import build
from eventweek.planner.precheck import precheck
from eventweek.planner.problem import (
    City,
    Event,
    Journey,
    Kind,
    Limits,
    Part,
    Person,
    Pin,
    Problem,
    Relation,
    Room,
    Series,
    Session,
    Travel,
    Venue,
    encode,
)
from eventweek.planner.search.solve import solve

pytestmark = pytest.mark.needs_shared
DAY = 24 * 60
OPEN_BESIDE_PLENARIES = ("exhibition", "open_house", "camp")


def _clock(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


class _Demo:
    """The demo's own format, read as a problem."""

    def __init__(self, folder: Path) -> None:
        self.event = json.loads((folder / "event.json").read_text("utf-8"))
        self.given = json.loads((folder / "overconstrained.json").read_text("utf-8"))
        self.days = self.given["dates"]

    def at(self, day: str, clock: str) -> int:
        return self.days.index(day) * DAY + _clock(clock)

    def windows(self, day_windows):
        return [(self.at(day, begin), self.at(day, end)) for day, begin, end in day_windows]

    def problem(self) -> Problem:
        grid = self.event["grid"]
        hours = {name: _clock(grid[name]) for name in ("day_start", "day_end")}
        sites, sessions = self.given["sites"], self.given["sessions"]
        return Problem(
            event=Event(
                start=self.days[0],
                days=len(self.days),
                grid_min=grid["start_multiple_minutes"],
                lunch=tuple(map(_clock, grid["lunch"])),
                **hours,
            ),
            cities=[City(id=city["code"]) for city in self.event["cities"]],
            venues=[Venue(id=site["id"], city=site["city"]) for site in sites],
            travel=self.travel(),
            rooms=[self.room(site, room) for site in sites for room in site["rooms"]],
            people=[self.person(person) for person in self.given["people"]],
            kinds=[self.kind(kind) for kind in self.event["kinds"]],
            sessions=[self.session(session) for session in sessions],
            relations=[
                Relation(type="before", sessions=[after["session"], session["id"]], min_lag=after["min_gap_min"])
                for session in sessions
                for after in session["after"]
            ],
        )

    def travel(self) -> Travel:
        ways = self.event["travel_minutes"].items()
        return Travel(
            same_room=self.event["travel_same_site_min"],
            same_venue=self.event["travel_same_site_min"],
            same_city=self.event["travel_same_city_min"],
            journeys=[Journey(between=tuple(key.split("-")), minutes=minutes) for key, minutes in ways],
        )

    def room(self, site, room) -> Room:
        days = [day for day in self.days if day not in room["closed_dates"]]
        windows = [(day, one["from"], one["to"]) for one in room["open"] for day in days if one["dates"] == "all"]
        return Room(
            id=room["id"],
            venue=site["id"],
            capacity=room["capacity"],
            features=room["features"],
            open=self.windows(windows),
        )

    def person(self, person) -> Person:
        free = person["available"]
        windows = None if free == "all" else self.windows((one["date"], one["from"], one["to"]) for one in free)
        return Person(id=person["id"], name=person["name_zh"], daily_limit=person["max_per_day"], windows=windows)

    def kind(self, kind) -> Kind:
        return Kind(
            id=kind["code"],
            duration=kind["default_minutes"],
            changeover=kind["changeover_min"],
            may_span_lunch=kind["may_span_lunch"],
            open_during_plenary=kind["code"] in OPEN_BESIDE_PLENARIES,
        )

    def session(self, session) -> Session:
        fixed, group = session["fixed"], session["consecutive_group"]
        start = fixed and fixed.get("start")
        rooms = [
            room["id"] for site in self.given["sites"] if site["city"] == session["city"] for room in site["rooms"]
        ]
        return Session(
            id=session["id"],
            name=session["title_zh"],
            kind=session["kind"],
            duration=session["duration_min"],
            people=[Part(id=one["person"]) for one in session["people"]],
            expected=session["expected"],
            features=session["features"],
            rooms=rooms,
            windows=self.windows((day, session["earliest"], session["latest_end"]) for day in session["dates"]),
            pin=Pin(room=fixed.get("room"), start=self.at(*start.split("T")) if start else None) if fixed else None,
            plenary="city" if session["plenary"] else None,
            series=Series(id=group, index=session["consecutive_index"]) if group else None,
        )


@pytest.fixture(scope="module")
def demo(shared: Path) -> _Demo:
    return _Demo(shared / "data" / "jilin")


def _expected(demo: _Demo) -> list[list[str]]:
    return sorted(sorted(one["sessions"]) for one in demo.given["expected"]["conflicts"])


def test_all_sets_are_found(demo: _Demo) -> None:
    model = build(demo.problem())
    ids = [session.id for session in model.week.problem.sessions]
    plan = solve(model, Limits(iterations=0)).plan
    assert len(plan) == demo.given["expected"]["max_placeable_sessions"]
    found = culprits(model, plan, 60.0)
    assert sorted(sorted(ids[s] for s in one.sessions) for one in found) == _expected(demo)
    assert all(one.relaxation and "Cancel" not in one.relaxation[1] for one in found)
    assert found.placeable == found.unfinished == []


def test_each_set_shows_before_any_search(demo: _Demo) -> None:
    model = build(demo.problem())
    ids = [session.id for session in model.week.problem.sessions]
    assert {tuple(sorted(ids[s] for s in one.sessions)) for one in precheck(model)} == set(map(tuple, _expected(demo)))


def test_the_command_tells_them(demo: _Demo, tmp_path: Path) -> None:
    file = tmp_path / "problem.json"
    file.write_bytes(encode(demo.problem()))
    told = {
        option: CliRunner().invoke(main, ["plan", "explain", str(file), *option]) for option in ((), ("--english",))
    }
    assert {result.exit_code for result in told.values()} == {1}
    assert "办法：在10月17日开放场地“x-mid”。" in told[()].output
    assert "Cure: Open “x-mid” on 17 Oct." in told[("--english",)].output
    listed = json.loads(CliRunner().invoke(main, ["plan", "explain", str(file), "--json"]).output)
    assert sorted(sorted(one["sessions"]) for one in listed["culprits"]) == _expected(demo)
    assert len(listed["unplaced"]) == len(_expected(demo))


def test_the_command_reads_a_plan(demo: _Demo, tmp_path: Path) -> None:
    file, plan = tmp_path / "problem.json", tmp_path / "plan.json"
    file.write_bytes(encode(demo.problem()))
    plan.write_text(json.dumps({"format": "eventweek-solution/1", "assignments": []}))
    result = CliRunner().invoke(main, ["plan", "explain", str(file), str(plan), "--english"])
    assert "Sessions without a place: 28" in result.output
    assert "- ok1: left out, but there is a place." in result.output
