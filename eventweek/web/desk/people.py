"""Everybody who registered for anything: the list with its filters, the workbook, and what it adds up to."""

from typing import Any

from flask import request
from flask_babel import gettext as _

from eventweek.accounts.enums import Verb
from eventweek.language.registrants import HEADS, registrations_workbook
from eventweek.language.words import CLASSES, REGISTERED
from eventweek.programme.models import Week
from eventweek.registration.queries.desk import list_week_offerings
from eventweek.registration.queries.offerings import OpenOffering
from eventweek.registration.queries.registrants import Wish, list_registrants, measure_registrations, narrowed
from eventweek.web.actor import at_work
from eventweek.web.desk.exports import workbook
from eventweek.web.desk.frame import blueprint, edition, page
from eventweek.web.desk.lists import Filter, asked, chosen, conditions, pager, under_conditions
from eventweek.web.desk.offerings import LOOKS, contact, title_of
from eventweek.web.desk.shelves import everything, window
from eventweek.web.frame import language, needs
from eventweek.web.public.frame import say


@blueprint.get("/w/<week>/registrants")
@needs(Verb.REGISTRATIONS_READ)
def registrant_list(week: str) -> str:
    """List the registrations of the whole week, the newest first."""
    own = edition(week, Verb.REGISTRATIONS_READ)
    every = list_week_offerings(own.id, actor=at_work())
    filters = _filters(every)
    found = narrowed(every, _wish(filters))
    rows, total = list_registrants(found.keys(), _wish(filters), window)
    return page(
        "registrant_list.html",
        own,
        here="registration",
        rows=rows,
        found=found,
        pager=pager(total),
        filters=filters,
        words=asked("q"),
        title=title_of,
        contact=contact,
        classes=CLASSES,
        states=REGISTERED,
        looks=LOOKS,
        away=under_conditions(_export_address(own)),
    )


@blueprint.get("/w/<week>/registrants/export")
@needs(Verb.REGISTRATIONS_EDIT)
def registrant_columns(week: str) -> str:
    """Offer the columns; the rows are those that the list shows under the same conditions."""
    own = edition(week, Verb.REGISTRATIONS_EDIT)
    every = list_week_offerings(own.id, actor=at_work())
    wish = _wish(_filters(every))
    _rows, total = list_registrants(narrowed(every, wish).keys(), wish, lambda _total: (0, 1))
    columns = [(name, head) for name, (head, _width) in HEADS.items()]
    values = {"columns": columns, "conditions": conditions(), "total": total}
    return page("registrant_columns.html", own, here="registration", **values)


@blueprint.post("/w/<week>/registrants/export")
@needs(Verb.REGISTRATIONS_EDIT)
def registrant_export(week: str) -> Any:
    """Send the workbook; that it went out is recorded."""
    own = edition(week, Verb.REGISTRATIONS_EDIT)
    every = list_week_offerings(own.id, actor=at_work())
    wish = _wish(_filters(every))
    found = narrowed(every, wish)
    rows, _total = list_registrants(found.keys(), wish, everything)
    columns = request.form.getlist("column")[:50]
    content = registrations_workbook(own, (rows, found), columns, language(), actor=at_work())
    return workbook(content, f"{week}-{_('报名')}.xlsx")


@blueprint.get("/w/<week>/dashboard")
@needs(Verb.REGISTRATIONS_READ)
def dashboard(week: str) -> str:
    """Show what the registrations add up to: over time, by session, by city and kind."""
    own = edition(week, Verb.REGISTRATIONS_READ)
    numbers = measure_registrations(own, actor=at_work())
    pages = pager(len(numbers.offerings), 20)
    return page(
        "dashboard.html",
        own,
        here="registration",
        numbers=numbers,
        rows=numbers.offerings[pages.offset : pages.offset + pages.size],
        pager=pages,
        title=title_of,
        states=REGISTERED,
        looks=LOOKS,
        days=numbers.days[-30:],
        most=max((count for _day, count in numbers.days[-30:]), default=1),
    )


def _export_address(week: Week) -> str:
    return f"{request.path}/export"


def _filters(every: list[OpenOffering]) -> list[Filter]:
    sessions = {session.code: session for own in every for session in own.sessions}
    cities = {facts["code"]: say(facts) for s in sessions.values() if (facts := s.facts["city"])}
    kinds = {s.facts["kind"]["code"]: say(s.facts["kind"]) for s in sessions.values()}
    titles = sorted((say({"zh": s.title.zh, "en": s.title.en}), code) for code, s in sessions.items())
    return [
        Filter("state", _("状态"), [(code, str(word)) for code, word in REGISTERED.items()]),
        Filter("class", _("哪一类"), [(code, str(word)) for code, word in CLASSES.items() if code != "room"]),
        Filter("city", _("城市"), sorted(cities.items())),
        Filter("kind", _("类型"), sorted(kinds.items())),
        Filter("session", _("场次"), [(code, title) for title, code in titles]),
    ]


def _wish(filters: list[Filter]) -> Wish:
    given = chosen(filters)
    given["cls"] = given.pop("class", "")
    return Wish(**given, words=asked("q"))
