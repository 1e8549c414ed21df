"""Sessions on the desk: the list and one session with everything about it."""

from collections.abc import Callable
from typing import Any

from flask import abort
from flask_babel import gettext as _

from eventweek.accounts.enums import Verb
from eventweek.kernel.clock import local_day, now
from eventweek.programme.models import Week
from eventweek.scheduling.worklist import Planned, find_planned, in_order, list_planned
from eventweek.web.desk import words
from eventweek.web.desk.frame import best, blueprint, edition, page, short
from eventweek.web.desk.lists import Filter, asked, chosen, pager
from eventweek.web.frame import needs
from eventweek.web.public.frame import day_name

SORTS: dict[str, Callable[[Planned], Any]] = {
    "time": in_order,
    "title": lambda p: (best(p.session.title), *in_order(p)),
    "kind": lambda p: (p.session.kind.position, *in_order(p)),
    "place": lambda p: (short(p.venue) if p.venue else "\uffff", short(p.room) if p.room else "", *in_order(p)),
    "expected": lambda p: (p.session.expected, *in_order(p)),
}


@blueprint.get("/w/<week>/sessions")
@needs(Verb.PROGRAMME_READ)
def session_list(week: str) -> str:
    """List the sessions of the week; search, filters and order are the address."""
    own = edition(week)
    every = list_planned(own.id)
    filters, text, sort = _filters(own, every), asked("q"), _sort()
    found = [p for p in every if _fits(p, own, chosen(filters)) and p.matches(text)]
    found.sort(key=SORTS[sort.removeprefix("-")], reverse=sort.startswith("-"))
    paging = pager(len(found))
    rows = found[paging.offset : paging.last]
    return page(
        "session_list.html",
        own,
        rows=rows,
        total=len(every),
        pager=paging,
        filters=filters,
        text=text,
        sort=sort,
        words=words,
    )


def _sort() -> str:
    return asked("sort", {*SORTS, *(f"-{name}" for name in SORTS)}) or "time"


def _filters(week: Week, every: list[Planned]) -> list[Filter]:
    kinds = {p.session.kind.code: p.session.kind for p in every}
    in_place = sorted(kinds.values(), key=lambda kind: kind.position)
    return [
        Filter("day", _("日期"), [(d.day.isoformat(), day_name(d.day)) for d in week.days]),
        Filter("city", _("城市"), cities(every)),
        Filter("venue", _("场馆"), venues(every)),
        Filter("kind", _("类型"), [(kind.code, best(kind.name)) for kind in in_place]),
        Filter("state", _("状态"), [(code, str(word)) for code, word in words.STATES.items()]),
        Filter("release", _("发布"), [("changed", _("有改动")), ("new", _("没发布过")), ("same", _("已发布"))]),
        Filter("visibility", _("公开范围"), [(code, str(word)) for code, word in words.VISIBILITY.items()]),
        Filter("registration", _("报名方式"), [(code, str(word)) for code, word in words.REGISTRATION.items()]),
        Filter("permit", _("许可"), [("wanting", _("没批下来")), ("approved", _("已批准"))]),
        Filter("missing", _("缺"), [("people", _("缺人物")), ("english", _("缺英文标题"))]),
    ]


def cities(every: list[Planned]) -> list[tuple[str, str]]:
    """Return the cities that occur, as choices by code."""
    return sorted({p.city.code: best(p.city.name) for p in every if p.city}.items())


def venues(every: list[Planned]) -> list[tuple[str, str]]:
    """Return the venues that occur, as choices by name."""
    return sorted({p.venue.code: short(p.venue) for p in every if p.venue}.items(), key=lambda pair: pair[1])


def _fits(planned: Planned, week: Week, wanted: dict[str, str]) -> bool:
    session = planned.session
    if planned.state == "archived" and wanted.get("state") != "archived":
        return False
    own: dict[str, set[str]] = {
        "day": {local_day(planned.start, week.timezone).isoformat()} if planned.start else set(),
        "city": {planned.city.code} if planned.city else set(),
        "venue": {planned.venue.code} if planned.venue else set(),
        "kind": {session.kind.code},
        "state": {planned.state},
        "release": {planned.publication},
        "visibility": {session.visibility},
        "registration": {session.registration},
        "missing": planned.missing,
        "permit": {"wanting" if planned.permit_due(week.timezone) else session.permit_status},
    }
    return all(value in own[name] for name, value in wanted.items())


@blueprint.get("/w/<week>/sessions/<code>")
@needs(Verb.PROGRAMME_READ)
def session(week: str, code: str) -> str:
    """Show one session: what it needs, where it is, what is published of it, and its history."""
    own = edition(week)
    found = find_planned(own.id, code) or abort(404)
    due = found.permit_due(own.timezone)
    return page("session.html", own, planned=found, permit_due=due, now=now(), words=words)
