"""Venues with their rooms, and features."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as pgettext

from eventweek.accounts.enums import Verb
from eventweek.language.words import LAYOUTS
from eventweek.programme.actions import places as verbs
from eventweek.programme.actions.verbs import Verbs
from eventweek.programme.models import Week
from eventweek.programme.queries import find_newest_week
from eventweek.programme.queries.masters import (
    Listed,
    list_choosable_venues,
    list_cities,
    list_features,
    list_rooms,
    list_rooms_of,
    list_site_types,
    list_venues,
)
from eventweek.programme.rules.subjects import FEATURE, ROOM, VENUE
from eventweek.scheduling.actions.rooms import delete_room
from eventweek.web.desk.frame import blueprint
from eventweek.web.desk.lists import Filter
from eventweek.web.desk.records import Record, hang
from eventweek.web.desk.shelves import choices, everything, list_page, shelf, sift, window
from eventweek.web.forms.places import FeatureForm, RoomForm, VenueForm
from eventweek.web.frame import needs


@blueprint.get("/venues")
@needs(Verb.PROGRAMME_READ)
def venue_list() -> str:
    """List the venues."""
    filters = _venue_filters()
    return list_page("venue_list.html", find_newest_week(), list_venues(sift(filters), window), filters)


@blueprint.get("/rooms")
@needs(Verb.PROGRAMME_READ)
def room_list() -> str:
    """List the rooms of all venues."""
    filters = _room_filters()
    found = list_rooms(sift(filters), window)
    return list_page("room_list.html", find_newest_week(), found, filters, here="venue", layouts=LAYOUTS)


@blueprint.get("/features")
@needs(Verb.PROGRAMME_READ)
def feature_list() -> str:
    """List what rooms can have."""
    filters = [shelf()]
    rows = list_features(archived=sift(filters).archived)
    return list_page("feature_list.html", find_newest_week(), Listed(rows, len(rows)), filters, here="venue")


def shown_venues(_week: Week) -> Sequence[Any]:
    """Return the venues that the address asks for, on all pages."""
    return list_venues(sift(_venue_filters()), everything).rows


def shown_rooms(_week: Week) -> Sequence[Any]:
    """Return the rooms that the address asks for, on all pages."""
    return list_rooms(sift(_room_filters()), everything).rows


def _venue_filters() -> list[Filter]:
    types = Filter("type", str(_("场所类型")), [(word, word) for word in list_site_types()])
    return [Filter("city", str(_("城市")), choices(list_cities())), types, shelf()]


def _room_filters() -> list[Filter]:
    return [
        Filter("city", str(_("城市")), choices(list_cities())),
        Filter("venue", str(_("场馆")), choices(list_choosable_venues())),
        Filter("layout", str(_("布置")), [(code, str(word)) for code, word in LAYOUTS.items()]),
        shelf(),
    ]


def _offer_cities(form: VenueForm, _week: Week | None) -> None:
    form.city.offer([("", _("线上，不在任何城市")), *choices(list_cities())])


def _offer_room(form: RoomForm, _week: Week | None) -> None:
    form.venue.offer(choices(list_choosable_venues()))
    form.features.offer(choices(list_features()))


def _rooms(venue: Any, _week: Week | None) -> dict[str, Any]:
    return {"rooms": list_rooms_of(venue.id), "layouts": LAYOUTS}


hang(
    Record(
        subject=VENUE,
        form=VenueForm,
        verbs=Verbs.of(verbs, "venue"),
        plural="venues",
        one=pgettext("one", "场馆"),
        fill=_offer_cities,
        facts=_rooms,
        template="venue.html",
    )
)
hang(
    Record(
        subject=ROOM,
        form=RoomForm,
        verbs=replace(Verbs.of(verbs, "room"), delete=delete_room),
        plural="rooms",
        one=pgettext("one", "厅室"),
        fill=_offer_room,
        here="venue",
        template="room.html",
    )
)
hang(
    Record(
        subject=FEATURE,
        form=FeatureForm,
        verbs=Verbs.of(verbs, "feature"),
        plural="features",
        one=pgettext("one", "设备"),
        here="venue",
    )
)
