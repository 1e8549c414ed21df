"""Load and remove the demo week."""

import csv
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select

from eventweek.audit.actions import record
from eventweek.demo.shift import FIRST_DAY, shift_for, shifted_day, shifted_instant
from eventweek.kernel.db import Bilingual, db, transaction
from eventweek.kernel.errors import Refusal
from eventweek.programme.models import City, Kind, Organisation, Person, Room, Session, SessionPerson, Venue, Week
from eventweek.scheduling.actions import release_schedule
from eventweek.scheduling.models import Placement

FOLDER = Path(__file__).with_name("jilin")
FAMILIES = {"会": "meet", "展": "show", "赛": "contest", "课": "class", "营": "camp"}
DEMANDS = [
    "co_orgs",
    "features",
    "sites",
    "dates",
    "earliest",
    "latest_end",
    "after",
    "fixed",
    "plenary",
    "sync_with",
    "consecutive_group",
    "consecutive_index",
    "exclusive_group",
    "tour_team",
    "demand",
    "expected_online",
    "economy_area",
]
Rows = list[dict[str, Any]]


def load_demo(today: date) -> Week:
    """Load the Jilin week, shifted to the run containing `today`, and release its witness schedule.

    Raises: Refusal demo.present when it is loaded already.
    """
    event = _read("event.json")
    with transaction():
        if db.session.scalar(select(Week.id).where(Week.demo)):
            raise Refusal("demo.present")
        shift = shift_for(today)
        week = _week(event["event"], shift)
        cities = _cities(event["cities"])
        rooms = _venues(_read("venues.json")["sites"], cities, shift)
        organisations = {o["id"]: _organisation(o) for o in _read("organisers.json")}
        people = {p["id"]: _person(p) for p in _read("people.json")}
        db.session.add_all([*cities.values(), *organisations.values(), *people.values()])
        db.session.flush()
        kinds = {k["code"]: _kind(week, k) for k in event["kinds"]}
        db.session.add_all(kinds.values())
        db.session.flush()
        sessions = {s["id"]: _session(week, s, kinds, cities, organisations, shift) for s in _read("sessions.json")}
        db.session.add_all(sessions.values())
        db.session.flush()
        _people(_read("sessions.json"), sessions, people)
        _place(sessions, rooms, shift)
        record("demo", "demo.load", "week", week.code, sessions=len(sessions))
        release_schedule(week.id, actor="demo", note="首次发布")
    return week


def remove_demo() -> None:
    """Take the demo week and its masters away; cities that others use stay.

    Raises: Refusal demo.absent.
    """
    with transaction():
        week = db.session.scalar(select(Week).where(Week.demo))
        if week is None:
            raise Refusal("demo.absent")
        record("demo", "demo.remove", "week", week.code)
        db.session.execute(delete(Week).where(Week.id == week.id))
        for table in (Room, Venue, Organisation, Person):
            db.session.execute(delete(table).where(table.source_key.like("demo:%")))
        used = select(Venue.city_id).union(select(Session.city_id)).subquery()
        free = City.id.not_in(select(used.c.city_id).where(used.c.city_id.is_not(None)))
        codes = [city["code"] for city in _read("event.json")["cities"]]
        db.session.execute(delete(City).where(City.code.in_(codes), free))


def _read(name: str) -> Any:
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def _pair(row: dict[str, Any], stem: str = "name") -> Bilingual:
    return Bilingual(row.get(f"{stem}_zh") or "", row.get(f"{stem}_en") or "")


def _key(row: dict[str, Any]) -> str:
    return f"demo:{row['id']}"


def _cities(rows: Rows) -> dict[str, City]:
    known = {city.code: city for city in db.session.scalars(select(City))}
    return {row["code"]: known.get(row["code"]) or City(code=row["code"], name=_pair(row)) for row in rows}


def _week(event: dict[str, Any], shift: timedelta) -> Week:
    first = FIRST_DAY + shift
    week = Week(
        code=event["id"],
        title=_pair(event, "title"),
        theme=_pair(event, "theme"),
        timezone=event["timezone"],
        first_day=first,
        last_day=first + timedelta(days=6),
        demo=True,
    )
    db.session.add(week)
    db.session.flush()
    return week


def _venues(sites: Rows, cities: dict[str, City], shift: timedelta) -> dict[str, Room]:
    rooms = {}
    for site in sites:
        venue = Venue(
            source_key=_key(site),
            name=_pair(site),
            city=cities.get(site["city"] or ""),
            site_type=site["type"],
            address=_pair(site, "address"),
        )
        db.session.add(venue)
        for row in site["rooms"]:
            rooms[row["id"]] = _room(venue, row, shift)
        db.session.add_all(venue.rooms)
    return rooms


def _room(venue: Venue, row: dict[str, Any], shift: timedelta) -> Room:
    opening = [
        {**o, "dates": o["dates"] if o["dates"] == "all" else [shifted_day(d, shift) for d in o["dates"]]}
        for o in row["open"]
    ]
    return Room(
        source_key=_key(row),
        venue=venue,
        name=_pair(row),
        capacity=row["capacity"],
        layout=row["layout"],
        features=row["features"],
        opening=opening,
        closed_dates=[shifted_day(d, shift) for d in row["closed_dates"]],
        changeover_min=row["changeover_min"],
    )


def _organisation(row: dict[str, Any]) -> Organisation:
    return Organisation(source_key=_key(row), name=_pair(row), type=row["type"], level=row["level"])


def _person(row: dict[str, Any]) -> Person:
    return Person(
        source_key=_key(row),
        name=_pair(row),
        affiliation=_pair(row, "org"),
        roles=row["roles"],
        max_per_day=row["max_per_day"],
    )


def _kind(week: Week, row: dict[str, Any]) -> Kind:
    return Kind(
        week_id=week.id,
        code=row["code"],
        name=Bilingual(row["zh"], row["en"]),
        family=FAMILIES[row["family_zh"]],
        default_minutes=row["default_minutes"],
        changeover_min=row["changeover_min"],
        registration=row["registration"],
    )


def _session(
    week: Week,
    row: dict[str, Any],
    kinds: dict[str, Kind],
    cities: dict[str, City],
    organisations: dict[str, Organisation],
    shift: timedelta,
) -> Session:
    demands = {name: row[name] for name in DEMANDS}
    demands["dates"] = [shifted_day(d, shift) for d in row["dates"]]
    if row["fixed"]:
        demands["fixed"] = {**row["fixed"], "start": shifted_instant(row["fixed"]["start"], shift).isoformat()}
    return Session(
        week_id=week.id,
        uid=f"{row['id']}.{week.code}@eventweek.demo",
        source_key=_key(row),
        kind=kinds[row["kind"]],
        title=_pair(row, "title"),
        note=_pair(row, "note"),
        lead=organisations[row["lead_org"]],
        city_id=cities[row["city"]].id if row["city"] else None,
        duration_min=row["duration_min"],
        expected=row["expected"],
        industry=row["industry"] or "",
        language=row["language"],
        visibility=row["visibility"],
        registration=row["registration"],
        permit_required=row["permit_required"],
        demands=demands,
    )


def _people(rows: Rows, sessions: dict[str, Session], people: dict[str, Person]) -> None:
    for row in rows:
        for position, part in enumerate(row["people"]):
            role = SessionPerson(person=people[part["person"]], role=part["role"], position=position)
            sessions[row["id"]].people.append(role)


def _place(sessions: dict[str, Session], rooms: dict[str, Room], shift: timedelta) -> None:
    with (FOLDER / "witness_schedule.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            start = shifted_instant(row["start"], shift)
            db.session.add(Placement(session=sessions[row["session"]], room=rooms[row["room"]], start=start))
    db.session.flush()
