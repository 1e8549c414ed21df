"""Build the demo's masters: cities, travel, features, holidays, venues, rooms, organisations, people."""

import csv
from datetime import date, timedelta

from sqlalchemy import select

from eventweek.demo.source import FOLDER, Row, Rows, key, moved, pair
from eventweek.kernel.db import Bilingual, db
from eventweek.programme.models import (
    CalendarDay,
    City,
    Feature,
    Organisation,
    Person,
    PersonAvailability,
    Room,
    RoomClosure,
    RoomHours,
    RoomLayout,
    TravelTime,
    Venue,
)


def cities(rows: Rows, minutes: dict[str, int]) -> dict[str, City]:
    """Add cities that are not there yet, and the travel times between them."""
    known = {city.code: city for city in db.session.scalars(select(City))}
    result = {row["code"]: known.get(row["code"]) or City(code=row["code"], name=pair(row)) for row in rows}
    db.session.add_all(result.values())
    db.session.flush()
    have = {(t.from_id, t.to_id) for t in db.session.scalars(select(TravelTime))}
    for ends, value in minutes.items():
        one, two = sorted(result[code].id for code in ends.split("-"))
        if (one, two) not in have:
            db.session.add(TravelTime(from_id=one, to_id=two, minutes=value))
    return result


def features(rows: Rows) -> dict[str, Feature]:
    """Add the features that are not there yet."""
    known = {feature.code: feature for feature in db.session.scalars(select(Feature))}
    result = {
        row["code"]: known.get(row["code"]) or Feature(code=row["code"], name=Bilingual(row["zh"], row["en"]))
        for row in rows
    }
    db.session.add_all(result.values())
    return result


def holidays() -> None:
    """Add the state's holidays and adjusted workdays of 2026, never shifted."""
    known = set(db.session.scalars(select(CalendarDay.day)))
    with (FOLDER / "holidays_2026.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            day = date.fromisoformat(row["date"])
            if day not in known:
                name = Bilingual(row["name_zh"], "")
                db.session.add(CalendarDay(day=day, type=row["type"], name=name, source_key=f"demo:{row['source']}"))


def venues(sites: Rows, places: dict[str, City], equipment: dict[str, Feature], shift: timedelta) -> dict[str, Venue]:
    """Add the venues with their rooms."""
    return {site["id"]: _venue(site, places, equipment, shift) for site in sites}


def _venue(site: Row, places: dict[str, City], equipment: dict[str, Feature], shift: timedelta) -> Venue:
    venue = Venue(
        source_key=key(site),
        name=pair(site),
        city=places.get(site["city"] or ""),
        site_type=site["type"],
        address=pair(site, "address"),
        named_in_source=site["named_in_seed"],
        rooms=[_room(row, equipment, shift) for row in site["rooms"]],
    )
    db.session.add(venue)
    return venue


def _room(row: Row, equipment: dict[str, Feature], shift: timedelta) -> Room:
    hours = [
        RoomHours(day=day, opens=span["from"], closes=span["to"])
        for span in row["open"]
        for day in ([None] if span["dates"] == "all" else [moved(d, shift) for d in span["dates"]])
    ]
    return Room(
        source_key=key(row),
        name=pair(row),
        capacity=row["capacity"],
        layout=row["layout"],
        layouts=[RoomLayout(layout=row["layout"], capacity=row["capacity"])],
        features=[equipment[code] for code in row["features"]],
        hours=hours,
        closures=[RoomClosure(day=moved(d, shift)) for d in row["closed_dates"]],
        changeover_min=row["changeover_min"],
    )


def organisations(rows: Rows, places: dict[str, City]) -> dict[str, Organisation]:
    """Add the organisations."""
    result = {
        row["id"]: Organisation(
            source_key=key(row),
            name=pair(row),
            type=row["type"],
            level=row["level"],
            city=places.get(row["city"] or ""),
            remark=row["seed_role_zh"] or "",
            named_in_source=row["in_seed"],
        )
        for row in rows
    }
    db.session.add_all(result.values())
    return result


def people(rows: Rows, places: dict[str, City], shift: timedelta) -> dict[str, Person]:
    """Add the people with the spans in which they can come."""
    result = {row["id"]: _person(row, places, shift) for row in rows}
    db.session.add_all(result.values())
    return result


def _person(row: Row, places: dict[str, City], shift: timedelta) -> Person:
    spans = [] if row["available"] == "all" else row["available"]
    return Person(
        source_key=key(row),
        name=pair(row),
        affiliation=pair(row, "org"),
        honour=pair(row, "honour"),
        roles=row["roles"],
        team=row.get("team") or "",
        industry=row.get("industry") or "",
        city=places.get(row["city"] or ""),
        max_per_day=row["max_per_day"],
        fictitious=row["fictitious"],
        availability=[PersonAvailability(day=moved(s["date"], shift), opens=s["from"], closes=s["to"]) for s in spans],
    )
