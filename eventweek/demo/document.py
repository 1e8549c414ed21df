"""Turn the files of the demo week into the document that the import takes (docs/programme-format.md)."""

import os
import re
from datetime import timedelta

from eventweek.demo.shift import shifted
from eventweek.demo.short_names import SHORT_NAMES
from eventweek.demo.source import SOURCE, Row, Rows, read, read_notices, table
from eventweek.programme.presets import preset_kinds, preset_tag_sets
from eventweek.programme.rules.documents import FORMAT

TEXTS = ("title", "theme", "contact")
PHASES = {"warmup": "warmup", "week": "main"}
GROUPS = (("consecutive_group", "linked"), ("exclusive_group", "exclusive"), ("tour_team", "tour"))
NAMES = {"fo-top": ("重点论坛", "Headline forums")}
"""Names of the groups whose titles have nothing in common."""


def demo_document(shift: timedelta) -> Row:
    """Return the whole demo, every date but the holidays moved by `shift`."""
    source, rows, sites = read("event.json"), read("sessions.json"), read("venues.json")["sites"]
    kept = {row["id"]: row for row in rows}
    return {
        "format": FORMAT,
        "source": SOURCE,
        "week": _week(source, shift),
        "cities": [_named(row, "code") for row in source["cities"]],
        "travel_minutes": [_travel(pair, minutes) for pair, minutes in source["travel_minutes"].items()],
        "features": [{"code": row["code"], "name_zh": row["zh"], "name_en": row["en"]} for row in source["features"]],
        "holidays": [_holiday(row) for row in table("holidays_2026.csv")],
        "venues": [_venue(site) for site in sites],
        "rooms": [_room(room, site["id"], shift) for site in sites for room in site["rooms"]],
        "organisations": [_organisation(row) for row in read("organisers.json")],
        "people": [_person(row, shift) for row in read("people.json")],
        "kinds": preset_kinds(),
        "tag_sets": [{k: v for k, v in own.items() if k != "tags"} for own in preset_tag_sets()],
        "tags": [{**tag, "set": own["code"]} for own in preset_tag_sets() for tag in own["tags"]],
        "sessions": [_session(row, shift) for row in rows],
        "series": _series(rows),
        "notices": [_notice(row, shift) for row in read_notices()],
        "placements": [_placement(row, kept[row["session"]], shift) for row in table("witness_schedule.csv")],
    }


def _week(source: Row, shift: timedelta) -> Row:
    event, grid = {"contact_en": "Organising committee (demo)", **source["event"]}, source["grid"]
    calendar = [day for day in source["calendar"] if day["phase"]]
    return {
        "code": event["id"],
        **{f"{stem}_{tongue}": event.get(f"{stem}_{tongue}", "") for stem in TEXTS for tongue in ("zh", "en")},
        "timezone": event["timezone"],
        "first_day": shifted(event["week_start"], shift),
        "last_day": shifted(event["week_end"], shift),
        "host": event["host_org"],
        "host_venue": event["host_site"],
        "slot_min": grid["slot_minutes"],
        "start_multiple_min": grid["start_multiple_minutes"],
        "day_start": grid["day_start"],
        "day_end": grid["day_end"],
        "lunch_start": grid["lunch"][0],
        "lunch_end": grid["lunch"][1],
        "travel_same_site_min": source["travel_same_site_min"],
        "travel_same_city_min": source["travel_same_city_min"],
        "days": [{"day": shifted(day["date"], shift), "phase": PHASES[day["phase"]]} for day in calendar],
        "cities": [{"city": row["code"], "role": row["role"]} for row in source["cities"]],
    }


def _named(row: Row, key: str = "id") -> Row:
    return {key: row[key], "name_zh": row["name_zh"], "name_en": row["name_en"]}


def _travel(pair: str, minutes: int) -> Row:
    one, two = pair.split("-")
    return {"from": one, "to": two, "minutes": minutes}


def _holiday(row: Row) -> Row:
    source = f"{SOURCE}:{row['source']}"
    return {"day": row["date"], "type": row["type"], "name_zh": row["name_zh"], "source_key": source}


def _notice(row: Row, shift: timedelta) -> Row:
    """Return a notice without the date at which it is published."""
    own = {name: value for name, value in row.items() if name != "published"}
    return own | {"shown_until": shifted(row["shown_until"], shift)}


def _venue(site: Row) -> Row:
    own = {"city": site["city"], "site_type": site["type"], "address_zh": site["address_zh"]}
    zh, en = SHORT_NAMES[site["id"]]
    return {**_named(site), "short_name_zh": zh, "short_name_en": en, **own, "named_in_source": site["named_in_seed"]}


def _room(row: Row, site: str, shift: timedelta) -> Row:
    hours = [
        {"day": day and shifted(day, shift), "opens": span["from"], "closes": span["to"]}
        for span in row["open"]
        for day in ([None] if span["dates"] == "all" else span["dates"])
    ]
    return {
        **_named(row),
        "venue": site,
        "capacity": row["capacity"],
        "layout": row["layout"],
        "layouts": [{"layout": row["layout"], "capacity": row["capacity"]}],
        "features": row["features"],
        "hours": hours,
        "closures": [{"day": shifted(day, shift)} for day in row["closed_dates"]],
        "changeover_min": row["changeover_min"],
    }


def _organisation(row: Row) -> Row:
    own = {name: row[name] for name in ("type", "level", "city")}
    return {**_named(row), **own, "remark": row["seed_role_zh"] or "", "named_in_source": row["in_seed"]}


def _person(row: Row, shift: timedelta) -> Row:
    spans = [] if row["available"] == "all" else row["available"]
    return {
        **_named(row),
        "affiliation_zh": row["org_zh"],
        "affiliation_en": row["org_en"],
        "honour_zh": row.get("honour_zh", ""),
        "roles": row["roles"],
        "team": row.get("team", ""),
        "industry": row.get("industry") or "",
        "city": row["city"],
        "max_per_day": row["max_per_day"],
        "fictitious": row["fictitious"],
        "availability": [{"day": shifted(s["date"], shift), "opens": s["from"], "closes": s["to"]} for s in spans],
    }


def _session(row: Row, shift: timedelta) -> Row:
    same: tuple[str, ...] = (
        "kind",
        "title_zh",
        "title_en",
        "note_zh",
        "city",
        "duration_min",
        "expected",
        "features",
        "earliest",
    )
    same += ("latest_end", "people", "plenary", "visibility", "registration", "language", "permit_required")
    fixed, tags = row["fixed"] or {}, {"industry": row["industry"], "economy": row["economy_area"]}
    hosts = [("host", row["lead_org"]), *(("co_organiser", unit) for unit in row["co_orgs"])]
    relations: Rows = [{"other": a["session"], "kind": "after", "min_gap_min": a["min_gap_min"]} for a in row["after"]]
    if row["sync_with"]:
        relations.append({"other": row["sync_with"], "kind": "sync_with"})
    return {
        "id": row["id"],
        "uid": f"{row['id']}.jl2026@eventweek.demo",
        **{name: row[name] for name in same},
        "expected_online": row["expected_online"] or 0,
        "demand": row["demand"] or 0,
        "permit_status": "needed" if row["permit_required"] else "",
        "fixed_start": shifted(fixed["start"], shift) if fixed.get("start") else None,
        "fixed_room": fixed.get("room"),
        "organisations": [{"organisation": unit, "role": role} for role, unit in hosts],
        "days": [shifted(day, shift) for day in row["dates"]],
        "venues": row["sites"] or [],
        "tags": [f"{name}:{code}" for name, code in tags.items() if code],
        "relations": relations,
    }


def _series(rows: Rows) -> Rows:
    groups: dict[tuple[str, str], Rows] = {}
    for row in rows:
        for field, kind in GROUPS:
            if row[field]:
                groups.setdefault((kind, row[field]), []).append(row)
    return [_group(kind, code, members) for (kind, code), members in groups.items()]


def _group(kind: str, code: str, rows: Rows) -> Row:
    """Join sessions; places are counted from 1 where the order matters (0: it does not)."""
    zh, en = NAMES.get(code) or (_shared(rows, "title_zh"), _shared(rows, "title_en"))
    if kind == "tour":
        zh, en, code = f"{zh}（{code} 团）", f"{en} (team {code})", f"tour-{code.lower()}"
    members = [{"session": r["id"], "position": r["consecutive_index"] + 1 if kind == "linked" else 0} for r in rows]
    return {"code": code, "name_zh": zh, "name_en": en, "kind": kind, "members": members}


def _shared(rows: Rows, field: str) -> str:
    """Return what the titles begin with in common, without what counts the parts."""
    titles = [re.sub(r"[（(][^（(]*[）)]$", "", row[field]).strip() for row in rows]
    return str(os.path.commonprefix(titles)).rstrip(" ·:：（(-")


def _placement(row: Row, session: Row, shift: timedelta) -> Row:
    fixed = session["fixed"] or {}
    pins = {"pin_time": bool(fixed.get("start")), "pin_room": bool(fixed.get("room"))}
    return {"session": row["session"], "room": row["room"], "start": shifted(row["start"], shift), **pins}
