"""How many gates each venue needs, quarter hour by quarter hour."""

from flask import Response

from eventweek.accounts.enums import Verb
from eventweek.api.v1.desk.frame import Facts, asked, blueprint, needs_key
from eventweek.api.v1.desk.schemas import asked_for as part
from eventweek.api.v1.desk.schemas import described_as
from eventweek.api.v1.desk.wall import day_of
from eventweek.api.v1.frame import private
from eventweek.api.v1.values import told
from eventweek.audit.actors import Actor
from eventweek.checkin.forecast import CURVE, FIRST_MIN, MOST_SECONDS, QUARTER_MIN, SECONDS, asked_for
from eventweek.checkin.queries.forecast import DoorRow, read_forecast
from eventweek.checkin.queries.sessions import usual_day
from eventweek.kernel.errors import FieldError, Invalid
from eventweek.programme.models import Week

ASKED = [
    part("day", "a day of the week; today where it is left out", format="date"),
    part("seconds", f"what a person takes at a gate, 1 to {MOST_SECONDS}; {SECONDS} where it is left out"),
    part(
        "shares", f"{len(CURVE)} whole per cents that add up to 100, by quarter hour from an hour before the beginning"
    ),
]


@blueprint.get("/weeks/<week>/gate-forecast")
@described_as("Foretell how many gates each venue needs, the worst first", "DeskGateForecast", *ASKED)
@needs_key(Verb.DOOR_MANAGE)
def gate_forecast(actor: Actor, week: Week) -> Response:
    """Answer the doors of a day with their quarter hours."""
    given = asked("day", "seconds", "shares")
    for name in ("seconds", "shares"):
        if name in given and not given[name]:
            raise Invalid([FieldError(name, "json.required")])
    wanted = asked_for(given.get("seconds", "")[:12], given["shares"].split(",")[:20] if "shares" in given else [])
    day = day_of(given) or usual_day(week)
    found = read_forecast(week, day, wanted, actor=actor)
    facts: Facts = {
        "day": found.day,
        "seconds": wanted.seconds,
        "shares": _curve(wanted.shares),
        "measured": _curve(found.measured) if found.measured else None,
        "doors": [_door(door) for door in found.doors],
        "uncounted": found.uncounted,
        "roaming": found.roaming,
    }
    return private(told(facts))


def _curve(shares: tuple[int, ...]) -> list[Facts]:
    return [{"from_min": FIRST_MIN + n * QUARTER_MIN, "share": share} for n, share in enumerate(shares)]


def _door(door: DoorRow) -> Facts:
    names = ("people", "needed", "fit")
    quarters = [
        {"start": row.at, "rate": round(row.rate, 3), **{name: getattr(row, name) for name in names}}
        for row in door.quarters
    ]
    facts = {name: getattr(door, name) for name in ("name", "gates", "phones", "lanes")}
    return {"venue": door.code, **facts, "needed": door.worst.needed, "quarters": quarters}
