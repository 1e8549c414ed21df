"""Everything of the given files stands in the database: they are written back from it and compared field by field."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select

from eventweek.demo.source import read, table
from eventweek.kernel.db import db
from eventweek.programme.models import (
    CalendarDay,
    City,
    Feature,
    Kind,
    Organisation,
    Person,
    Room,
    Session,
    Tag,
    TravelTime,
    Venue,
    Week,
)
from eventweek.scheduling.models import Placement

ZONE = ZoneInfo("Asia/Shanghai")
FAMILIES = {"meet": "会", "show": "展", "contest": "赛", "class": "课", "camp": "营"}
pytestmark = pytest.mark.database


def key(row: Any) -> str:
    return str(row.source_key).removeprefix("demo:")


def local(instant: datetime) -> str:
    return instant.astimezone(ZONE).strftime("%Y-%m-%dT%H:%M")


def iso(days: list[date]) -> list[str]:
    return [day.isoformat() for day in days]


def every(model: Any) -> list[Any]:
    return list(db.session.scalars(select(model)))


def session_back(row: Session) -> dict[str, Any]:
    tags = {tag.set.code: tag.code for tag in row.tags}
    series = {member.series.kind: member for member in row.memberships}
    after = [r for r in row.relations if r.kind == "after"]
    synced = [key(r.other) for r in row.relations if r.kind == "sync_with"]
    fixed = {"room": row.fixed_room and key(row.fixed_room), "start": row.fixed_start and local(row.fixed_start)}
    linked, tour = series.get("linked"), series.get("tour")
    units = {
        role: [key(o.organisation) for o in row.organisations if o.role == role] for role in ("host", "co_organiser")
    }
    return {
        "id": key(row),
        "kind": row.kind.code,
        "title_zh": row.title.zh,
        "title_en": row.title.en,
        "lead_org": units["host"][0],
        "co_orgs": units["co_organiser"],
        "industry": tags.get("industry"),
        "economy_area": tags.get("economy"),
        "duration_min": row.duration_min,
        "expected": row.expected,
        "expected_online": row.expected_online,
        "demand": row.demand,
        "features": sorted(f.code for f in row.features),
        "city": row.city and row.city.code,
        "sites": sorted(key(v) for v in row.venues) or None,
        "dates": iso([d.day for d in row.days]),
        "earliest": row.earliest,
        "latest_end": row.latest_end,
        "people": [{"person": key(p.person), "role": p.role} for p in row.people],
        "after": [{"session": key(r.other), "min_gap_min": r.min_gap_min} for r in after],
        "fixed": {name: value for name, value in fixed.items() if value} or None,
        "plenary": row.plenary,
        "sync_with": synced[0] if synced else None,
        "consecutive_group": linked and linked.series.code,
        "consecutive_index": linked and linked.position - 1,
        "exclusive_group": series["exclusive"].series.code if "exclusive" in series else None,
        "tour_team": tour and tour.series.code.removeprefix("tour-").upper(),
        "visibility": row.visibility,
        "registration": row.registration,
        "language": row.language,
        "permit_required": row.permit_required,
        "note_zh": row.note.zh,
    }


def in_sets(row: dict[str, Any]) -> dict[str, Any]:
    """Sort what has no order: equipment, allowed sites, predecessors; an empty mark is a missing one."""
    same = dict(row)
    same["features"], same["sites"] = sorted(row["features"]), row["sites"] and sorted(row["sites"])
    same["after"] = sorted(row["after"], key=lambda a: str(a["session"]))
    same["expected_online"], same["demand"] = row["expected_online"] or 0, row["demand"] or 0
    return same


def test_sessions_are_whole(demo_app: Flask) -> None:
    back = {key(row): in_sets(session_back(row)) for row in every(Session)}
    given = {row["id"]: in_sets(row) for row in read("sessions.json")}
    assert back == given


def test_people_are_whole(demo_app: Flask) -> None:
    back = {}
    for row in every(Person):
        spans = [{"date": a.day.isoformat(), "from": a.opens, "to": a.closes} for a in row.availability]
        person = {
            "id": key(row),
            "name_zh": row.name.zh,
            "name_en": row.name.en,
            "roles": row.roles,
            "org_zh": row.affiliation.zh,
            "org_en": row.affiliation.en,
            "city": row.city.code,
            "available": spans or "all",
            "max_per_day": row.max_per_day,
            "fictitious": row.fictitious,
        }
        extra = {"industry": row.industry, "team": row.team, "honour_zh": row.honour.zh}
        back[person["id"]] = person | {name: value for name, value in extra.items() if value}
    given = {row["id"]: {k: v for k, v in row.items() if v is not None} for row in read("people.json")}
    assert back == given


def room_back(row: Room) -> dict[str, Any]:
    spans: dict[tuple[str, str], list[str]] = {}
    for span in row.hours:
        spans.setdefault((span.opens, span.closes), []).append(span.day.isoformat() if span.day else "all")
    return {
        "id": key(row),
        "name_zh": row.name.zh,
        "name_en": row.name.en,
        "capacity": row.capacity,
        "layout": row.layout,
        "features": [f.code for f in row.features],
        "open": {
            (opens, closes): "all" if days == ["all"] else sorted(days) for (opens, closes), days in spans.items()
        },
        "closed_dates": iso([c.day for c in row.closures]),
        "changeover_min": row.changeover_min,
    }


def test_venues_are_whole(demo_app: Flask) -> None:
    given = {site["id"]: site for site in read("venues.json")["sites"]}
    for row in every(Venue):
        site = given.pop(key(row))
        rooms = site.pop("rooms")
        for room in rooms:
            room["features"].sort()
            spans = room["open"]
            room["open"] = {
                (s["from"], s["to"]): s["dates"] if s["dates"] == "all" else sorted(s["dates"]) for s in spans
            }
        assert site == {
            "id": key(row),
            "name_zh": row.name.zh,
            "name_en": row.name.en,
            "city": row.city and row.city.code,
            "type": row.site_type,
            "named_in_seed": row.named_in_source,
            "address_zh": row.address.zh,
        }
        assert [room_back(room) for room in row.rooms] == rooms
    assert given == {}


def test_organisations_are_whole(demo_app: Flask) -> None:
    back = [
        {
            "id": key(row),
            "name_zh": row.name.zh,
            "name_en": row.name.en,
            "type": row.type,
            "level": row.level,
            "city": row.city and row.city.code,
            "in_seed": row.named_in_source,
            "seed_role_zh": row.remark or None,
        }
        for row in db.session.scalars(select(Organisation).order_by(Organisation.id))
    ]
    given = [row | {"seed_role_zh": row["seed_role_zh"] or None} for row in read("organisers.json")]
    assert back == given


def test_the_edition_is_whole(demo_app: Flask) -> None:
    source, week = read("event.json"), every(Week)[0]
    event = {k: v for k, v in source["event"].items() if k != "shift_rule"}
    warmup = [row.day for row in week.days if row.phase == "warmup"]
    assert event == {
        "id": week.code,
        "title_zh": week.title.zh,
        "title_en": week.title.en,
        "theme_zh": week.theme.zh,
        "theme_en": week.theme.en,
        "timezone": week.timezone,
        "week_start": week.first_day.isoformat(),
        "week_end": week.last_day.isoformat(),
        "warmup_dates": iso(warmup),
        "host_org": key(week.host),
        "host_site": key(week.host_venue),
        "contact_zh": week.contact.zh,
    }
    phases = {day["date"]: day["phase"] for day in source["calendar"] if day["phase"]}
    assert {row.day.isoformat(): {"main": "week"}.get(row.phase, row.phase) for row in week.days} == phases
    assert source["grid"] == {
        "slot_minutes": week.slot_min,
        "start_multiple_minutes": week.start_multiple_min,
        "day_start": week.day_start,
        "day_end": week.day_end,
        "lunch": [week.lunch_start, week.lunch_end],
    }
    assert [
        {"code": c.city.code, "name_zh": c.city.name.zh, "name_en": c.city.name.en, "role": c.role} for c in week.cities
    ] == source["cities"]
    assert (week.travel_same_site_min, week.travel_same_city_min) == (
        source["travel_same_site_min"],
        source["travel_same_city_min"],
    )


def test_kinds_tags_and_travel_are_whole(demo_app: Flask) -> None:
    source = read("event.json")
    kinds = db.session.scalars(select(Kind).order_by(Kind.position))
    same = ("code", "default_minutes", "earliest", "latest_end", "may_span_lunch", "registration", "visibility")
    assert [
        {name: getattr(k, name) for name in (*same, "changeover_min")}
        | {"zh": k.name.zh, "en": k.name.en, "rule_zh": k.rule.zh, "family_zh": FAMILIES[k.family]}
        for k in kinds
    ] == source["kinds"]
    tags = list(db.session.scalars(select(Tag).order_by(Tag.position)))
    for name, field in (("industry", "industries"), ("economy", "economy_areas")):
        own = [{"code": t.code, "zh": t.name.zh, "en": t.name.en} for t in tags if t.set.code == name]
        assert own == source[field]
    assert [
        {"code": f.code, "zh": f.name.zh, "en": f.name.en}
        for f in db.session.scalars(select(Feature).order_by(Feature.id))
    ] == (source["features"])
    codes = {city.id: city.code for city in every(City)}
    assert {f"{codes[t.from_id]}-{codes[t.to_id]}": t.minutes for t in every(TravelTime)} == source["travel_minutes"]


def test_holidays_and_the_schedule_are_whole(demo_app: Flask) -> None:
    days = db.session.scalars(select(CalendarDay).order_by(CalendarDay.day))
    assert [
        {"date": d.day.isoformat(), "type": d.type, "name_zh": d.name.zh, "source": key(d)} for d in days
    ] == sorted(table("holidays_2026.csv"), key=lambda row: row["date"])
    placed = {key(p.session): (key(p.room), local(p.start)) for p in every(Placement)}
    assert placed == {row["session"]: (row["room"], row["start"]) for row in table("witness_schedule.csv")}


def test_series_have_names_that_people_understand(demo_app: Flask) -> None:
    names = {m.series.code: m.series.name for s in every(Session) for m in s.memberships}
    assert (names["camp-b"].zh, names["camp-b"].en) == ("青年创业训练营", "Youth Camp")
    assert (names["tour-a"].zh, names["fo-top"].zh) == ("“创响吉林”报告团巡讲（A 团）", "重点论坛")
    assert all(len(name.zh) > 3 and len(name.en) > 3 for name in names.values()) and len(names) == 14
