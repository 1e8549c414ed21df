"""The live wall: a big screen at the desk, read from ten metres; its address chooses what it shows."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import Response, request

from eventweek.accounts.enums import Verb
from eventweek.checkin.queries.wall import SessionRow, Wall, Wish, read_wall
from eventweek.kernel.clock import now
from eventweek.programme.models import Week
from eventweek.web.actor import at_work
from eventweek.web.desk.frame import blueprint, edition, page
from eventweek.web.desk.lists import asked
from eventweek.web.frame import needs

ROWS = 5
"""Sessions that can be read at once; the others take turns."""
PLACES, DEVICES = 7, 4


@dataclass(frozen=True)
class Bar:
    """A quarter hour of the drawing (10 wide, 100 high at the most)."""

    at: datetime
    people: int
    x: int
    height: float


@blueprint.get("/w/<week>/wall")
@needs(Verb.DOOR_MANAGE)
def wall(week: str) -> Response:
    """Show the wall, or 304 where the screen holds it already."""
    own = edition(week, Verb.DOOR_MANAGE)
    wish = Wish(asked("session"), asked("venue"), asked("city"), _day())
    seen = read_wall(own, wish, actor=at_work())
    response = Response(mimetype="text/html")
    state = f"{seen.tag}{request.script_root}{request.full_path}"
    response.set_etag(hashlib.sha256(state.encode("utf-8", "replace")).hexdigest()[:32])
    response.make_conditional(request)
    if response.status_code != 304:
        response.data = _drawn(own, wish, seen)
    return response


def _drawn(week: Week, wish: Wish, seen: Wall) -> str:
    rows = _to_show(seen.sessions)
    parts = max(1, -(-len(rows) // ROWS))
    part = min(int(asked("part", {str(n) for n in range(1, parts + 1)}) or 1), parts)
    places = seen.venues if wish.city or len(seen.cities) < 2 else seen.cities
    return page(
        "wall.html",
        week,
        here="gate",
        wall=seen,
        wish=wish,
        now=now(),
        rows=rows[(part - 1) * ROWS : part * ROWS],
        total=len(rows),
        ahead=any(row.session.end > now() for row in rows),
        part=part,
        parts=parts,
        places=places[:PLACES],
        places_all=len(places),
        by="venue" if places is seen.venues else "city",
        bars=bars_of(seen.quarters),
        busiest=max(seen.quarters, key=lambda quarter: quarter[1], default=None),
        gates=sorted(seen.gates, key=lambda gate: not gate.stopped)[:PLACES],
        devices=seen.devices[:DEVICES],
        troubled=sum(device.troubled for device in seen.devices),
        stopped=[gate for gate in seen.gates if gate.stopped],
    )


def bars_of(quarters: Sequence[tuple[datetime, int]]) -> list[Bar]:
    """Return the drawing of arrivals, the highest bar full."""
    most = max((people for _at, people in quarters), default=0) or 1
    return [Bar(at, people, 10 * n, round(100 * people / most, 1)) for n, (at, people) in enumerate(quarters)]


def _to_show(rows: Sequence[SessionRow]) -> list[SessionRow]:
    """Return what goes on or comes next by its beginning; where all is over, all of it."""
    ahead = [row for row in rows if row.session.end > now()]
    return sorted(ahead or rows, key=lambda row: (row.session.start, row.session.code))


def _day() -> date | None:
    """Return the day of the address, None where it names none."""
    try:
        return date.fromisoformat(asked("day"))
    except ValueError:
        return None
