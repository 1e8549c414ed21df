"""The live wall as numbers; asked again with its ETag, it answers 304 while nothing happened."""

import hashlib
from datetime import date

from flask import Response, request

from eventweek.accounts.enums import Verb
from eventweek.api.v1.desk.frame import Facts, asked, blueprint, needs_key
from eventweek.api.v1.desk.schemas import IF_NONE_MATCH, asked_for, described_as
from eventweek.api.v1.frame import private
from eventweek.api.v1.values import told
from eventweek.audit.actors import Actor
from eventweek.checkin.queries.sessions import Turnout
from eventweek.checkin.queries.wall import DeviceRow, PlaceRow, SessionRow, Wall, Wish, read_wall
from eventweek.kernel.db import Bilingual
from eventweek.kernel.errors import FieldError, Invalid
from eventweek.programme.models import Week

ASKED = [
    asked_for("session", "only this session"),
    asked_for("venue", "only this venue"),
    asked_for("city", "only this city"),
    asked_for("day", "a day of the week; today where it is left out", format="date"),
]


@blueprint.get("/weeks/<week>/wall")
@described_as("Show who is registered, arrived and inside, and how the gates are", "DeskWall", *ASKED, IF_NONE_MATCH)
@needs_key(Verb.DOOR_MANAGE)
def wall(actor: Actor, week: Week) -> Response:
    """Answer the numbers of the wall, as far as the key reaches."""
    given = asked("session", "venue", "city", "day")
    names = {name: given.get(name, "") for name in ("session", "venue", "city")}
    seen = read_wall(week, Wish(**names, day=day_of(given)), actor=actor)
    response = private({})
    response.set_etag(hashlib.sha256(seen.tag.encode("utf-8", "replace")).hexdigest()[:32])
    response.make_conditional(request)
    if response.status_code != 304:
        response.data = private(told(_told(seen))).data
    return response


def day_of(given: dict[str, str]) -> date | None:
    """Return the day that is asked for, None where none is.

    Raises: Invalid wall.day.
    """
    if "day" not in given:
        return None
    try:
        day = date.fromisoformat(given["day"]) if len(given["day"]) == 10 else None
    except ValueError:
        day = None
    if day is None:
        raise Invalid([FieldError("day", "wall.day")])
    return day


def _told(seen: Wall) -> Facts:
    return {
        "at": seen.at,
        "day": seen.day,
        "today": _people(seen.today),
        "week": _people(seen.week),
        "sessions": [_session(row) for row in seen.sessions],
        "venues": [_place(row) for row in seen.venues],
        "cities": [_place(row) for row in seen.cities],
        "quarters": [{"start": start, "arrived": people} for start, people in seen.quarters],
        "gates": [
            {"id": gate.code, "venue": gate.venue_code, "name": _pair(gate.name), "stopped": gate.stopped}
            for gate in seen.gates
        ],
        "devices": [_device(row) for row in seen.devices],
    }


def _session(row: SessionRow) -> Facts:
    own = row.session
    return {
        "id": own.code,
        "title": _pair(own.title),
        "start": own.start,
        "end": own.end,
        "venue": own.venue_code,
        "room": _pair(own.room),
        "city": own.city_code,
        "capacity": own.capacity,
        "people": _people(row.turnout),
    }


def _place(row: PlaceRow) -> Facts:
    return {"id": row.code, "name": _pair(row.name), "today": _people(row.today), "week": _people(row.week)}


def _device(row: DeviceRow) -> Facts:
    facts = {name: getattr(row, name) for name in ("name", "last_seen_at", "contact", "clock_off_ms", "clock_wrong")}
    return {"id": row.code, "gates": [gate.code for gate in row.gates], **facts}


def _people(of: Turnout) -> Facts:
    return {"registered": of.registered, "arrived": of.arrived, "inside": of.inside}


def _pair(text: Bilingual) -> Facts:
    return {"zh": text.zh, "en": text.en}
