"""Build the demo's edition: week, kinds, tags, sessions, series, relations, placements."""

import csv
from dataclasses import dataclass
from datetime import timedelta

from eventweek.demo.shift import FIRST_DAY, shifted_instant
from eventweek.demo.source import FOLDER, Row, Rows, key, moved, pair
from eventweek.kernel.db import Bilingual, db
from eventweek.programme.models import (
    City,
    Feature,
    Kind,
    Organisation,
    Person,
    Room,
    Series,
    SeriesMember,
    Session,
    SessionDay,
    SessionOrganisation,
    SessionPerson,
    SessionRelation,
    Tag,
    TagSet,
    Venue,
    Week,
    WeekCity,
    WeekDay,
)
from eventweek.scheduling.models import Placement, Plan

FAMILIES = {"会": "meet", "展": "show", "赛": "contest", "课": "class", "营": "camp"}
PHASES = {"warmup": "warmup", "week": "main"}
AUDIENCES = [
    ("student", "高校学生", "Students"),
    ("founder", "创业者", "Founders"),
    ("investor", "投资机构", "Investors"),
]


@dataclass(frozen=True)
class Masters:
    """What sessions refer to, by the demo's own ids."""

    cities: dict[str, City]
    features: dict[str, Feature]
    venues: dict[str, Venue]
    rooms: dict[str, Room]
    organisations: dict[str, Organisation]
    people: dict[str, Person]


def week(source: Row, masters: Masters, shift: timedelta) -> Week:
    """Add the edition with its days and cities."""
    event, grid = source["event"], source["grid"]
    first = FIRST_DAY + shift
    result = Week(
        code=event["id"],
        title=pair(event, "title"),
        theme=pair(event, "theme"),
        contact=pair(event, "contact"),
        timezone=event["timezone"],
        first_day=first,
        last_day=first + timedelta(days=6),
        state="open",
        host=masters.organisations[event["host_org"]],
        host_venue=masters.venues[event["host_site"]],
        slot_min=grid["slot_minutes"],
        start_multiple_min=grid["start_multiple_minutes"],
        day_start=grid["day_start"],
        day_end=grid["day_end"],
        lunch_start=grid["lunch"][0],
        lunch_end=grid["lunch"][1],
        travel_same_site_min=source["travel_same_site_min"],
        travel_same_city_min=source["travel_same_city_min"],
        demo=True,
        days=[WeekDay(day=moved(d["date"], shift), phase=PHASES[d["phase"]]) for d in source["calendar"] if d["phase"]],
        cities=[
            WeekCity(city=masters.cities[row["code"]], role=row["role"], position=n)
            for n, row in enumerate(source["cities"])
        ],
    )
    db.session.add(result)
    db.session.flush()
    return result


def kinds(week_id: int, rows: Rows) -> dict[str, Kind]:
    """Add the kinds."""
    result = {
        row["code"]: Kind(
            week_id=week_id,
            code=row["code"],
            name=Bilingual(row["zh"], row["en"]),
            family=FAMILIES[row["family_zh"]],
            default_minutes=row["default_minutes"],
            changeover_min=row["changeover_min"],
            earliest=row["earliest"],
            latest_end=row["latest_end"],
            may_span_lunch=row["may_span_lunch"],
            visibility=row["visibility"],
            registration=row["registration"],
            rule=pair(row, "rule"),
            position=n,
        )
        for n, row in enumerate(rows)
    }
    db.session.add_all(result.values())
    return result


def tags(week_id: int, source: Row) -> dict[str, Tag]:
    """Add the tag sets; the result is by tag code, which is unique over the demo's sets."""
    audiences = [{"code": code, "zh": zh, "en": en} for code, zh, en in AUDIENCES]
    sets = [
        ("industry", Bilingual("行业", "Industry"), source["industries"]),
        ("economy", Bilingual("经济领域", "Economy"), source["economy_areas"]),
        ("audience", Bilingual("面向人群", "Audience"), audiences),
    ]
    result = {}
    for position, (code, name, rows) in enumerate(sets):
        single = code != "audience"
        tag_set = TagSet(week_id=week_id, code=code, name=name, single=single, position=position)
        for n, row in enumerate(rows):
            tag = Tag(week_id=week_id, code=row["code"], name=Bilingual(row["zh"], row["en"]), position=n)
            tag_set.tags.append(tag)
            result[row["code"]] = tag
        db.session.add(tag_set)
    return result


def session(
    edition: Week, row: Row, kinds: dict[str, Kind], tags: dict[str, Tag], masters: Masters, shift: timedelta
) -> Session:
    """Build one session with everything but its series and relations."""
    fixed = row["fixed"] or {}
    result = Session(
        week_id=edition.id,
        uid=f"{row['id']}.{edition.code}@eventweek.demo",
        source_key=key(row),
        kind=kinds[row["kind"]],
        title=pair(row, "title"),
        note=pair(row, "note"),
        city=masters.cities.get(row["city"] or ""),
        duration_min=row["duration_min"],
        expected=row["expected"],
        expected_online=row["expected_online"] or 0,
        demand=row["demand"] or 0,
        language=row["language"],
        visibility=row["visibility"],
        registration=row["registration"],
        earliest=row["earliest"],
        latest_end=row["latest_end"],
        plenary=row["plenary"],
        fixed_start=shifted_instant(fixed["start"], shift) if fixed.get("start") else None,
        fixed_room=masters.rooms[fixed["room"]] if fixed.get("room") else None,
        permit_required=row["permit_required"],
        permit_status="needed" if row["permit_required"] else "",
        days=[SessionDay(day=moved(d, shift)) for d in row["dates"]],
        features=[masters.features[code] for code in row["features"]],
        venues=[masters.venues[site] for site in row["sites"] or []],
    )
    db.session.add(result)
    result.tags = [tags[code] for code in (row["industry"], row["economy_area"]) if code]
    _take_part(result, row, masters)
    return result


def _take_part(session: Session, row: Row, masters: Masters) -> None:
    session.people = [
        SessionPerson(person=masters.people[p["person"]], role=p["role"], position=n)
        for n, p in enumerate(row["people"])
    ]
    hosts = [("host", row["lead_org"])] + [("co_organiser", o) for o in row["co_orgs"]]
    session.organisations = [
        SessionOrganisation(organisation=masters.organisations[o], role=role, position=n)
        for n, (role, o) in enumerate(hosts)
    ]


def bonds(week_id: int, rows: Rows, sessions: dict[str, Session]) -> None:
    """Add series and relations; every session has its id."""
    groups: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for row in rows:
        for field, kind in (("consecutive_group", "linked"), ("exclusive_group", "exclusive"), ("tour_team", "tour")):
            if row[field]:
                position = (row["consecutive_index"] or 0) if kind == "linked" else 0
                groups.setdefault((kind, row[field]), []).append((position, row["id"]))
        _relate(week_id, row, sessions)
    for (kind, name), members in groups.items():
        series = Series(week_id=week_id, code=name, name=Bilingual(name, name), kind=kind)
        series.members = [
            SeriesMember(session_id=sessions[member].id, position=position) for position, member in members
        ]
        for member in series.members:
            member.week_id = week_id
        db.session.add(series)


def _relate(week_id: int, row: Row, sessions: dict[str, Session]) -> None:
    pairs = [("after", a["session"], a["min_gap_min"]) for a in row["after"]]
    if row["sync_with"]:
        pairs.append(("sync_with", row["sync_with"], 0))
    for kind, other, gap in pairs:
        relation = SessionRelation(week_id=week_id, other_id=sessions[other].id, kind=kind, min_gap_min=gap)
        relation.session_id = sessions[row["id"]].id
        db.session.add(relation)


def placements(week_id: int, sessions: dict[str, Session], rooms: dict[str, Room], shift: timedelta) -> None:
    """Add the working plan with the witness schedule."""
    plan = Plan(week_id=week_id, working=True)
    db.session.add(plan)
    db.session.flush()
    with (FOLDER / "witness_schedule.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            own = sessions[row["session"]]
            db.session.add(
                Placement(
                    week_id=week_id,
                    plan_id=plan.id,
                    session_id=own.id,
                    room_id=rooms[row["room"]].id,
                    start=shifted_instant(row["start"], shift),
                    pin_time=own.fixed_start is not None,
                    pin_room=own.fixed_room_id is not None,
                )
            )
    db.session.flush()
