"""Find the sessions that an address asks for: search, filters and order, the same for the list and for bulk work."""

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from eventweek.kernel.clock import local_day
from eventweek.language import words
from eventweek.programme.models import Week
from eventweek.programme.queries.parts import list_tracks
from eventweek.programme.queries.speakers import list_parts
from eventweek.registration.queries import OfferingFacts, list_offerings
from eventweek.scheduling.queries.lines import Line, list_lines, matching
from eventweek.scheduling.queries.marks import list_marks
from eventweek.web.desk.frame import short
from eventweek.web.desk.lists import Filter, asked, chosen
from eventweek.web.frame import best
from eventweek.web.public.frame import day_name


def in_order(line: Line) -> tuple[Any, ...]:
    """Sort by start, the unplaced last, then by title and code."""
    return (line.start.timestamp() if line.start else float("inf"), line.own.title_zh, line.code)


SORTS: dict[str, Callable[[Line], Any]] = {
    "time": in_order,
    "title": lambda line: (best(line.title), *in_order(line)),
    "kind": lambda line: (line.kind.position, *in_order(line)),
    "place": lambda line: (
        short(line.venue) if line.venue else "\uffff",
        short(line.room) if line.room else "",
        *in_order(line),
    ),
    "expected": lambda line: (line.own.expected, *in_order(line)),
}
SEATS: dict[str, Callable[[OfferingFacts], bool]] = {
    "waiting": lambda offering: offering.waiting > 0,
    "full": lambda offering: offering.full,
    "free": lambda offering: not offering.full,
}
SAID: dict[str, Callable[[Line, str], Container[str]]] = {
    "day": lambda line, zone: (local_day(line.start, zone).isoformat(),) if line.start else (),
    "city": lambda line, _zone: (line.city.code,) if line.city else (),
    "venue": lambda line, _zone: (line.venue.code,) if line.venue else (),
    "kind": lambda line, _zone: (line.kind.code,),
    "state": lambda line, _zone: (line.state,),
    "visibility": lambda line, _zone: (line.own.visibility,),
    "registration": lambda line, _zone: (line.own.registration,),
    "missing": lambda line, _zone: line.missing,
    "pins": lambda line, _zone: {"time": ("time",), "room": ("room",), "both": ("time", "room")}.get(
        line.pins, ("none",)
    ),
    "track": lambda line, _zone: (str(line.own.track_id or ""),),
}
"""What a line has of each filter that asks nothing else of the database; days in an IANA zone."""


@dataclass(frozen=True)
class Found:
    """What was asked for, and the lines that fit, in order; `total`: how many sessions the week has."""

    lines: list[Line]
    total: int
    filters: list[Filter]
    text: str
    sort: str

    @property
    def asked(self) -> dict[str, str]:
        """Return the question as parameters of an address."""
        return chosen(self.filters) | {name: v for name, v in (("q", self.text), ("sort", self.sort)) if v}


def search(week: Week) -> Found:
    """Return the sessions that this request's address asks for."""
    every = list_lines(week.id)
    filters, text, sort = _filters(week, every), asked("q"), _sort()
    wanted = chosen(filters)
    found = matching(week.id, _fitting(every, week.timezone, wanted), text)
    if release := wanted.get("release"):
        marks = list_marks(week.id)
        found = [line for line in found if marks[line.code].publication == release]
    if reply := wanted.get("reply"):
        replied = {part.session.code for part in list_parts(week.id) if part.reply == reply}
        found = [line for line in found if line.code in replied]
    if seats := wanted.get("seats"):
        offerings = list_offerings([line.code for line in found])
        found = [line for line in found if any(SEATS[seats](o) for o in offerings.get(line.code, []))]
    found.sort(key=SORTS[sort.removeprefix("-")], reverse=sort.startswith("-"))
    return Found(found, len(every), filters, text, sort)


def shown_sessions(week: Week) -> list[Any]:
    """Return the sessions that the address asks for, on all pages, without what no document holds."""
    return [line.own for line in search(week).lines if line.state not in ("archived", "cancelled")]


def cities(every: Iterable[Line]) -> list[tuple[str, str]]:
    """Return the cities that occur, as choices by code."""
    return sorted((city.code, best(city.name)) for city in {line.city for line in every} if city)


def venues(every: Iterable[Line]) -> list[tuple[str, str]]:
    """Return the venues that occur, as choices by name, then by code."""
    named = ((venue.code, short(venue)) for venue in {line.venue for line in every} if venue)
    return sorted(named, key=lambda pair: (pair[1], pair[0]))


def _sort() -> str:
    return asked("sort", {*SORTS, *(f"-{name}" for name in SORTS)}) or "time"


def _filters(week: Week, every: list[Line]) -> list[Filter]:
    in_place = sorted({line.kind for line in every}, key=lambda kind: (kind.position, kind.id))
    return [
        Filter("day", _("日期"), [(d.day.isoformat(), day_name(d.day)) for d in week.days]),
        Filter("city", _("城市"), cities(every)),
        Filter("venue", _("场馆"), venues(every)),
        Filter("kind", _("类型"), [(kind.code, best(kind.name)) for kind in in_place]),
        Filter("state", _("状态"), [(code, str(word)) for code, word in words.STATES.items()]),
        Filter("release", _("发布"), [("changed", _("有改动")), ("new", _("没发布过")), ("same", _("已发布"))]),
        Filter("visibility", _("公开范围"), [(code, str(word)) for code, word in words.VISIBILITY.items()]),
        Filter("registration", _("报名方式"), [(code, str(word)) for code, word in words.REGISTRATION.items()]),
        Filter("seats", _("席位"), [("waiting", _("有人候补")), ("full", _("报满")), ("free", _("有余位"))]),
        Filter("reply", _("嘉宾答复"), [(code, str(word)) for code, word in words.REPLIES.items()]),
        Filter("track", _("专题"), [(str(own.id), best(own.name)) for own in list_tracks(week.id)]),
        Filter("pins", _("钉住"), [("time", _("钉住时间的")), ("room", _("钉住厅室的")), ("none", _("没有钉住的"))]),
        Filter(
            "missing", _("缺"), [("people", _("缺人物")), ("english", _("缺英文标题")), ("permit", _("缺安全许可"))]
        ),
    ]


def _fitting(every: list[Line], zone: str, wanted: Mapping[str, str]) -> list[Line]:
    """Return the lines that have what is wanted; archived ones only where these are."""
    found = every if wanted.get("state") == "archived" else [line for line in every if line.state != "archived"]
    for name, value in wanted.items():
        if said := SAID.get(name):
            found = [line for line in found if value in said(line, zone)]
    return found
