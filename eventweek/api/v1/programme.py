"""The published programme: weeks, sessions, venues, people, organisations; public snapshots only."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from flask import Response, current_app

from eventweek.api.v1 import schemas
from eventweek.api.v1.frame import Blueprint, anybody, revalidated
from eventweek.api.v1.media import attachments_of, pictures_of
from eventweek.api.v1.values import INSTANT
from eventweek.calendars.ics import Edition
from eventweek.kernel.errors import Refusal
from eventweek.kernel.text import clean_line
from eventweek.programme.models import Week
from eventweek.programme.queries import find_week, find_week_id, list_weeks
from eventweek.scheduling.models import Release
from eventweek.scheduling.queries import PublishedSession, find_last_release, list_public_sessions, map_last_releases
from eventweek.scheduling.snapshot import picture_facts
from eventweek.scheduling.traits import fits, traits

blueprint = Blueprint("programme", __name__, description="The published programme; revalidate with If-None-Match.")
Facts = dict[str, Any]
Found = tuple[Facts, Facts | None, PublishedSession]


@blueprint.get("/weeks")
@blueprint.response(200, schemas.Weeks)
@anybody
def weeks() -> Response:
    """List the editions"""
    releases = map_last_releases()
    every = [(week, releases.get(week.id)) for week in list_weeks()]
    stamp = "/".join(_stamp(week, release) for week, release in every)
    return revalidated(stamp, lambda: {"items": [_week(week, release) for week, release in every]})


@blueprint.get("/weeks/<week>")
@blueprint.response(200, schemas.Week)
@anybody
def week(week: str) -> Response:
    """Show an edition"""
    own, release = _edition(week)
    return revalidated(_stamp(own, release), lambda: _week(own, release))


@blueprint.get("/weeks/<week>/sessions")
@blueprint.arguments(schemas.SessionQuery, location="query")
@blueprint.response(200, schemas.Sessions)
@anybody
def sessions(asked: Facts, week: str) -> Response:
    """List sessions, filtered"""
    own, release = _edition(week)
    chosen = {name: clean_line(value, 80) for name, value in asked.items() if isinstance(value, str)}

    def produce() -> Facts:
        found = [
            s
            for s in list_public_sessions(own.id)
            if s.matches(chosen.get("q", "")) and fits(traits(s, own.timezone), _given(chosen))
        ]
        return _page(found, asked, lambda s: _session(own, s))

    return revalidated(_stamp(own, release), produce)


@blueprint.get("/weeks/<week>/sessions/<code>")
@blueprint.response(200, schemas.Session)
@anybody
def session(week: str, code: str) -> Response:
    """Show a session"""
    own, release = _edition(week)
    return revalidated(_stamp(own, release), lambda: _session(own, public_session(own.id, code)))


@blueprint.get("/weeks/<week>/venues")
@blueprint.arguments(schemas.PageQuery, location="query")
@blueprint.response(200, schemas.Subjects)
@anybody
def venues(asked: Facts, week: str) -> Response:
    """List the venues of the programme"""
    return _subjects(week, "v", _venue_of, asked)


@blueprint.get("/weeks/<week>/venues/<code>")
@blueprint.response(200, schemas.Subject)
@anybody
def venue(week: str, code: str) -> Response:
    """Show a venue with its sessions"""
    return _subject(week, "v", _venue_of, code)


@blueprint.get("/weeks/<week>/people")
@blueprint.arguments(schemas.PageQuery, location="query")
@blueprint.response(200, schemas.Subjects)
@anybody
def people(asked: Facts, week: str) -> Response:
    """List the people of the programme"""
    return _subjects(week, "p", _people_of, asked)


@blueprint.get("/weeks/<week>/people/<code>")
@blueprint.response(200, schemas.Subject)
@anybody
def person(week: str, code: str) -> Response:
    """Show a person with their sessions"""
    return _subject(week, "p", _people_of, code)


@blueprint.get("/weeks/<week>/organisations")
@blueprint.arguments(schemas.PageQuery, location="query")
@blueprint.response(200, schemas.Subjects)
@anybody
def organisations(asked: Facts, week: str) -> Response:
    """List the organisations of the programme"""
    return _subjects(week, "o", _organisations_of, asked)


@blueprint.get("/weeks/<week>/organisations/<code>")
@blueprint.response(200, schemas.Subject)
@anybody
def organisation(week: str, code: str) -> Response:
    """Show an organisation with its sessions"""
    return _subject(week, "o", _organisations_of, code)


def find_edition(code: str) -> Week:
    """Return the week of that code.

    Raises: Refusal week.not_found.
    """
    found = find_week(code)
    if found is None:
        raise Refusal("week.not_found")
    return found


def find_edition_id(code: str) -> int:
    """Return the id of the week of that code.

    Raises: Refusal week.not_found.
    """
    found = find_week_id(code)
    if found is None:
        raise Refusal("week.not_found")
    return found


def public_session(week_id: int, code: str) -> PublishedSession:
    """Return a public session of a week.

    Raises: Refusal session.not_found, also for one that is not public.
    """
    found = next((s for s in list_public_sessions(week_id) if s.code == code), None)
    if found is None:
        raise Refusal("session.not_found")
    return found


def _edition(code: str) -> tuple[Week, Release | None]:
    own = find_edition(code)
    return own, find_last_release(own.id)


def _stamp(own: Week, release: Release | None) -> str:
    return f"{own.code}/{own.version}/{f'{release.number}/{release.at.isoformat()}' if release else 0}"


def _links(own: Week) -> Edition:
    return Edition(current_app.extensions["eventweek"].base_url, own.code, "", own.timezone, "zh-CN")


def _given(chosen: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in chosen.items() if value}


def _page(rows: Sequence[Any], asked: Facts, shape: Callable[[Any], Facts]) -> Facts:
    number, size = asked["page"], asked["page_size"]
    shown = rows[(number - 1) * size : number * size]
    pages = -(-len(rows) // size)
    place = {"page": number, "page_size": size, "pages": pages, "total": len(rows)}
    return {"items": [shape(row) for row in shown], **place}


def _week(own: Week, release: Release | None) -> Facts:
    links = _links(own)
    return {
        "code": own.code,
        "title": {"zh": own.title.zh, "en": own.title.en},
        "theme": {"zh": own.theme.zh, "en": own.theme.en},
        "contact": {"zh": own.contact.zh, "en": own.contact.en},
        "timezone": own.timezone,
        "first_day": own.first_day.isoformat(),
        "last_day": own.last_day.isoformat(),
        "state": str(own.state),
        "release": {"number": release.number, "at": release.at.strftime(INSTANT)} if release else None,
        "pictures": pictures_of({"logo": picture_facts(own.logo)} if own.logo else {}),
        "page": f"{links.root}/",
        "feed": links.feed(),
    }


def _session(own: Week, session: PublishedSession) -> Facts:
    facts, links = session.facts, _links(own)
    return {
        "code": session.code,
        "uid": session.uid,
        "status": "cancelled" if session.cancelled else "confirmed",
        "title": _text(facts["title"]),
        "subtitle": _text(facts.get("subtitle", {})),
        "abstract": _text(facts.get("abstract", {})),
        "note": _text(facts["note"]),
        "text": _text(facts["text"]),
        "kind": {**named(facts["kind"]), "family": facts["kind"]["family"]},
        "start": session.start.strftime(INSTANT),
        "end": session.end.strftime(INSTANT),
        "city": named(facts["city"]) if facts["city"] else None,
        "venue": named(facts["venue"]),
        "room": {**named(facts["room"]), "capacity": facts["room"]["capacity"]},
        "people": [{**named(row), "role": row["role"]} for row in facts["people"]],
        "organisations": [{**named(row), "role": row["role"]} for row in facts["organisations"]],
        "tags": [{**named(tag), "set": tag["set"]} for tag in facts["tags"]],
        "links": [{"kind": row["kind"], "url": row["url"], "title": _text(row)} for row in session.links],
        "attachments": attachments_of(facts),
        "pictures": pictures_of(facts),
        "language": facts["language"],
        "registration": facts["registration"],
        "sequence": session.sequence,
        "changed_at": session.changed_at.strftime(INSTANT),
        "page": links.page(session.code),
        "feed": links.feed(session.code),
    }


def _text(pair: dict[str, str]) -> dict[str, str]:
    return {"zh": pair.get("zh", ""), "en": pair.get("en", "")}


def named(row: dict[str, str]) -> Facts:
    """Return the code and the name of something in a published session."""
    return {"code": row["code"], "name": _text(row)}


def _venue_of(found: Iterable[PublishedSession]) -> list[Found]:
    return [(s.facts["venue"], s.facts["city"], s) for s in found]


def _people_of(found: Iterable[PublishedSession]) -> list[Found]:
    return [(person, None, s) for s in found for person in s.facts["people"]]


def _organisations_of(found: Iterable[PublishedSession]) -> list[Found]:
    return [(row, None, s) for s in found for row in s.facts["organisations"]]


def _gather(own: Week, letter: str, pick: Callable[[Iterable[PublishedSession]], list[Found]]) -> dict[str, Facts]:
    """Return the subjects by code; a name is that of their latest session, as on their page."""
    gathered: dict[str, Facts] = {}
    for row, city, session in pick(list_public_sessions(own.id)):
        subject = gathered.setdefault(row["code"], {"sessions": []})
        subject |= {**named(row), "city": named(city) if city else None, "pictures": pictures_of(row)}
        subject["page"] = f"{_links(own).root}/{letter}/{row['code']}"
        if session.code not in subject["sessions"]:
            subject["sessions"].append(session.code)
    return dict(sorted(gathered.items()))


def _subjects(
    week: str, letter: str, pick: Callable[[Iterable[PublishedSession]], list[Found]], asked: Facts
) -> Response:
    own, release = _edition(week)

    def produce() -> Facts:
        return _page(list(_gather(own, letter, pick).values()), asked, lambda subject: subject)

    return revalidated(_stamp(own, release), produce)


def _subject(week: str, letter: str, pick: Callable[[Iterable[PublishedSession]], list[Found]], code: str) -> Response:
    own, release = _edition(week)

    def produce() -> Facts:
        found = _gather(own, letter, pick).get(code)
        if found is None:
            raise Refusal("subject.not_found")
        return found

    return revalidated(_stamp(own, release), produce)
