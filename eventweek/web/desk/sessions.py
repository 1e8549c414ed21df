"""Sessions on the desk: the list and one session with everything about it."""

from collections.abc import Callable
from typing import Any

from flask import abort
from flask_babel import gettext as _

from eventweek.accounts.enums import Verb
from eventweek.audit.queries import EntryFilter, list_entries
from eventweek.kernel.clock import local_day
from eventweek.language import words
from eventweek.programme.models import Week
from eventweek.registration.queries import OfferingFacts, list_offerings
from eventweek.scheduling.enums import Action
from eventweek.scheduling.queries.board import list_problems
from eventweek.scheduling.queries.drafts import Draft, draft
from eventweek.scheduling.worklist import Planned, find_planned, in_order, list_planned
from eventweek.web.desk.actors import name_actors
from eventweek.web.desk.differences import tell
from eventweek.web.desk.frame import blueprint, edition, page, short
from eventweek.web.desk.lists import Filter, asked, chosen, pager
from eventweek.web.frame import best, needs
from eventweek.web.public.frame import day_name

SORTS: dict[str, Callable[[Planned], Any]] = {
    "time": in_order,
    "title": lambda p: (best(p.session.title), *in_order(p)),
    "kind": lambda p: (p.session.kind.position, *in_order(p)),
    "place": lambda p: (short(p.venue) if p.venue else "\uffff", short(p.room) if p.room else "", *in_order(p)),
    "expected": lambda p: (p.session.expected, *in_order(p)),
}
LATEST = 20
SEATS: dict[str, Callable[[OfferingFacts], bool]] = {
    "waiting": lambda offering: offering.waiting > 0,
    "full": lambda offering: offering.full,
    "free": lambda offering: not offering.full,
}


@blueprint.get("/w/<week>/sessions")
@needs(Verb.PROGRAMME_READ)
def session_list(week: str) -> str:
    """List the sessions of the week; search, filters and order are the address."""
    own = edition(week)
    every = list_planned(own.id)
    filters, text, sort = _filters(own, every), asked("q"), _sort()
    found = [p for p in every if _fits(p, own, chosen(filters)) and p.matches(text)]
    if seats := asked("seats", SEATS):
        offerings = list_offerings([p.session.code for p in found])
        found = [p for p in found if any(SEATS[seats](o) for o in offerings.get(p.session.code, []))]
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
        offerings=list_offerings([p.session.code for p in rows]),
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
        Filter("seats", _("席位"), [("waiting", _("有人候补")), ("full", _("报满")), ("free", _("有余位"))]),
        Filter(
            "missing", _("缺"), [("people", _("缺人物")), ("english", _("缺英文标题")), ("permit", _("缺安全许可"))]
        ),
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
    }
    return all(value in own[name] for name, value in wanted.items() if name in own)


@blueprint.get("/w/<week>/sessions/<code>")
@needs(Verb.PROGRAMME_READ)
def session(week: str, code: str) -> str:
    """Show one session: what it needs, where it is, what is published of it, and its history."""
    own = edition(week)
    found = find_planned(own.id, code) or abort(404)
    draft = draft_of(found)
    entries = list_entries(EntryFilter(weeks=[own.id], subject="session", code=code), lambda _total: (0, LATEST))[0]
    return page(
        "session.html",
        own,
        planned=found,
        permit_due=found.permit_due(own.timezone),
        change=tell(draft.before, draft.after, own.timezone) if draft.action and draft.after else [],
        releasable=draft.action not in (None, Action.UNPLACED),
        problems=[p for p in list_problems(own) if code in p.sessions],
        offerings=list_offerings([code]).get(code, []),
        entries=entries,
        names=name_actors([e.actor for e in entries]),
        words=words,
    )


def draft_of(planned: Planned) -> Draft:
    """Return what the next release would do to a session."""
    return draft(planned.session, planned.placement, planned.item)
