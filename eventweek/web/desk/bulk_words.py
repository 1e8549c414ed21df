"""A change of many sessions in words: what each value is called, and how often each change happens."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from eventweek.language import words
from eventweek.programme.queries.bulk import Offer
from eventweek.programme.rules.bulk import FIELDS
from eventweek.web.forms.bulk import SETTINGS as SETTINGS_ASKED
from eventweek.web.forms.bulk import BulkForm
from eventweek.web.frame import best
from eventweek.web.public.frame import day_name

SETTINGS = {name: getattr(BulkForm, name).args[0] for name in SETTINGS_ASKED}
"""The words of the settings of offerings, as the form calls them."""
UNSET = {
    "opens_at": _("发布以后就能报"),
    "closes_at": _("到活动开始为止"),
    "room_cap": _("席位不限"),
    "class_cap": _("和总席位一样"),
}
"""What holds where a setting is left empty."""


@dataclass(frozen=True)
class Sum:
    """One change of one field, and to how many sessions it happens."""

    field: str
    old: Any
    new: Any
    count: int


def count_changes(changes: Iterable[Mapping[str, Any]]) -> list[Sum]:
    """Return each different change, by field, the most frequent first; of lists only the entries that go and come."""
    counts: Counter[str] = Counter()
    pairs: dict[str, tuple[str, Any, Any]] = {}
    for own in changes:
        for field, (old, new) in own.items():
            change = (field, *_moved(old, new))
            counts[repr(change)] += 1
            pairs[repr(change)] = change
    found = [Sum(*pairs[key], count=count) for key, count in counts.most_common()]
    return sorted(found, key=lambda own: (*FIELDS, *SETTINGS).index(own.field))


def _moved(old: Any, new: Any) -> tuple[Any, Any]:
    if not isinstance(old, list) or not isinstance(new, list):
        return old, new
    gone, come = [one for one in old if one not in new], [one for one in new if one not in old]
    return (gone, come) if gone or come else (old, new)


class Words:
    """What the values of sessions are called."""

    def __init__(self, offer: Offer, zone: str) -> None:
        self._zone = ZoneInfo(zone)
        self._named = {
            "kind": {row.code: best(row.name) for row in offer.kinds},
            "track": {row.code: best(row.name) for row in offer.tracks},
            "tags": {f"{own.code}:{tag.code}": best(tag.name) for own in offer.tag_sets for tag in own.tags},
            "organisations": {row.code: best(row.name) for row in offer.organisations},
            "visibility": words.VISIBILITY,
            "registration": words.REGISTRATION,
            "mode": words.REGISTRATION,
        }

    def tell(self, field: str, value: Any) -> str:
        """Return a value of a field as people read it; empty where there is none."""
        if isinstance(value, list):
            return str(gettext("、")).join(self._one(field, entry) for entry in value)
        if isinstance(value, bool):
            return str(gettext("是") if value else gettext("否"))
        return self._one(field, value) if value not in (None, "") else str(UNSET.get(field, ""))

    def _one(self, field: str, value: Any) -> str:
        if field == "organisations":
            role = words.ORGANISATION_ROLES[value["role"]]
            return f"{role} {self._named[field].get(value['organisation'], value['organisation'])}"
        if field in ("opens_at", "closes_at"):
            return f"{datetime.fromisoformat(value).astimezone(self._zone):%Y-%m-%d %H:%M}"
        if field == "days":
            return day_name(date.fromisoformat(value))
        return str(self._named.get(field, {}).get(value, value))
