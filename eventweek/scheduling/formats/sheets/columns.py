"""Which columns each sheet has, in which order: from the table of fields (pure)."""

from collections.abc import Mapping

from eventweek.programme.rules.documents import IDENTITY, SECTIONS, UID, WEEK, WITH_ID
from eventweek.programme.rules.subjects import Subject
from eventweek.programme.rules.values import Day, Flag, Hour, Ref, Type

KEY = "id"
MAIN = ("sessions", "people", "rooms", "organisations", "venues")
"""The sheets that organisers fill in; the others carry a whole week."""
PLACED: Mapping[str, Type] = {
    "placed_day": Day(),
    "placed_at": Hour(),
    "placed_room": Ref("room"),
    "pin_time": Flag(),
    "pin_room": Flag(),
}
"""When and where a session lies in the working plan: columns of the sessions instead of a sheet of its own."""
OF_PLACEMENT = {"start": "placed_at", "room": "placed_room", "pin_time": "pin_time", "pin_room": "pin_room"}
FROM_KIND = ("duration_min", "visibility", "registration", "permit_required", "permit_status")
"""An empty cell of these says nothing; of the others it empties the field."""
OPEN_CHOICES = {("organisations", "type"): "organisation_type", ("organisations", "level"): "level"}
_FIRST: Mapping[str, tuple[str, ...]] = {
    "sessions": ("title_zh", "title_en", "kind", "placed_day", "placed_at", "placed_room", "duration_min", "expected")
    + ("people", "organisations", "city", "track", "tags"),
    "people": ("name_zh", "name_en", "affiliation_zh", "affiliation_en", "honour_zh", "honour_en", "roles"),
    "rooms": ("name_zh", "name_en", "venue", "capacity", "layout"),
}
IDENTITIES: Mapping[str, tuple[str, ...]] = {
    "venues": ("name_zh", "name_en"),
    "rooms": ("venue", "name_zh", "name_en"),
    "organisations": ("name_zh", "name_en"),
    "people": ("name_zh", "name_en", "affiliation_zh"),
    "sessions": ("title_zh", "title_en"),
    "notices": ("title_zh", "title_en"),
}
"""By what a row without a key is the same row in the next file."""
_LAST = ("pin_time", "pin_room", "uid")
SHEETS = ("week", *(section for section in SECTIONS if section != "placements"))


def subject_of(section: str) -> Subject:
    """Return what a sheet is about."""
    return WEEK if section == "week" else SECTIONS[section]


def columns_of(section: str) -> dict[str, Type]:
    """Return every column of a sheet, the most needed first."""
    own: dict[str, Type] = {KEY: IDENTITY} if section in WITH_ID else {}
    own |= subject_of(section).fields
    if section == "sessions":
        own |= {**PLACED, "uid": UID}
    first = ([KEY] if section in WITH_ID else []) + list(_FIRST.get(section, ()))
    last = [name for name in _LAST if name in own]
    order = first + [name for name in own if name not in first and name not in last] + last
    return {name: own[name] for name in order if name in own}
