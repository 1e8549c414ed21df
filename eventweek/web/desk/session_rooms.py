"""The rooms that a form offers for a session: those that the person at work may use, and where it stands."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from flask_babel import gettext as _

from eventweek.programme.models import Room, Week
from eventweek.scheduling.queries.reach import find_movable
from eventweek.scheduling.worklist import Planned
from eventweek.web.actor import at_work
from eventweek.web.desk.frame import short
from eventweek.web.forms.sessions import PlacedForm
from eventweek.web.frame import best

Choices = list[tuple[str, str]]


def offer_rooms(form: PlacedForm, rooms: Iterable[Room], week: Week, planned: Planned | None) -> None:
    """Fill the choice of the room; of rooms that are archived only the one where the session stands.

    One that was sent stays there whoever's it is: the action says why not.
    """
    own, here = find_movable(week.id, at_work()), planned.room if planned else None
    code = planned.session.code if planned else None

    def fits(room: Room) -> bool:
        if room is here:
            return True
        if room.archived_at or room.code == form["place_room"].data:
            return room.archived_at is None
        return own.may_use(code, room.code) if code else own.may_begin(room.code)

    offered = [room for room in rooms if fits(room)]
    form["place_room"].offer_groups(("", _("还没排")), by_venue(offered))


def by_venue(rooms: Sequence[Room]) -> list[tuple[str, Choices]]:
    """Group rooms under the names of their venues; a chosen one still says its venue when the list is closed."""
    return [
        (best(venue.name), [(room.code, _called(room)) for room in own])
        for venue, own in groupby(rooms, lambda room: room.venue)
    ]


def _called(room: Room) -> str:
    seats = _("%(n)s 席", n=f"{room.capacity:,}")
    return f"{short(room.venue)} · {short(room)}（{seats}）"
