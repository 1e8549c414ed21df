"""Whom a release is told to beside the people who registered: who takes part in its sessions, who manages them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from eventweek.accounts.enums import Role
from eventweek.accounts.models import User
from eventweek.kernel.db import Bilingual, db
from eventweek.outbox.actions import About, Draft
from eventweek.programme.enums import ConsentItem
from eventweek.programme.models import Grant, Person, SessionPerson, SpeakerConsent, Track, Week
from eventweek.programme.queries.speakers import list_links, list_speakers
from eventweek.registration.messages import is_soon
from eventweek.replanning.enums import Audience, News
from eventweek.replanning.messages import Item, letter_of_person, letter_of_staff, list_news
from eventweek.replanning.queries.effects import Pair
from eventweek.replanning.rules import Facts
from eventweek.scheduling.enums import Difference
from eventweek.scheduling.snapshot import difference, group

SCOPES = {Role.CITY: "city", Role.VENUE: "venue", Role.TRACK: "track"}
_NEWS = {
    Difference.NEW: News.NEW,
    Difference.TIME: News.MOVED,
    Difference.PLACE: News.MOVED,
    Difference.CANCELLED: News.CANCELLED,
    Difference.RESTORED: News.RESTORED,
    Difference.PEOPLE: News.PEOPLE,
}
"""What is told of a change; a text that changes is told to nobody."""


@dataclass(frozen=True)
class Addressee:
    """Somebody to be told, by which code and name, where (empty: nowhere known), in which language, and of what."""

    audience: Audience
    code: str
    name: str
    address: str
    locale: str
    items: Sequence[Item]
    link: str = ""

    def letter(self, week: Week, number: int, name: str = "") -> tuple[Bilingual, Bilingual]:
        """Return subject and text in both languages; `name`: how to call them instead."""
        write = letter_of_person if self.audience == Audience.PEOPLE else letter_of_staff
        return write(week, name or self.name, number, list_news(self.items, week.timezone))

    def draft(self, week: Week, number: int) -> Draft:
        """Return the message; it is one for ever for a person and a release."""
        subject, body = (own.best(self.locale)[0] for own in self.letter(week, number))
        context = {"subject": subject, "body": body, "week": week.code, "number": number}
        context |= {"speaker_link": self.link} if self.link else {}
        about = About(week.code, urgent=is_soon(min(item.starts for item in self.items)))
        key = f"release:{self.audience}:{self.code}:{week.code}:{number}"
        return Draft(f"replanning/release_{self.audience}", self.address, self.locale, context, key, about=about)


def list_addressees(week: Week, pairs: Iterable[Pair]) -> list[Addressee]:
    """Return whom publishing these is told to, in at most six statements; people first, each group by its code."""
    known = sorted(pairs, key=lambda pair: (pair[2]["start"], pair[2]["code"]))
    news = {own: _news(before, after) for own, before, after in known}
    return [*_people(week, known, news), *_staff(week, known, news)]


def _news(before: Facts | None, after: Facts) -> News | None:
    action = difference(_plain(before), _plain(after) or {})
    return _NEWS.get(group(action, _plain(before), _plain(after))) if action else None


def _plain(facts: Facts | None) -> dict[str, Any] | None:
    return None if facts is None else dict(facts)


def _people(week: Week, pairs: Sequence[Pair], news: Mapping[int, News | None]) -> list[Addressee]:
    unnamed = _unnamed(week, [own for own, _before, _after in pairs])
    items: dict[str, list[Item]] = {}
    for own, before, after in pairs:
        was, now = (_codes(facts) | unnamed.get(own, set()) for facts in (before or after, after))
        for code in sorted(was | now):
            told = News.ADDED if code not in was else News.REMOVED if code not in now else news[own]
            if told not in (None, News.PEOPLE):
                items.setdefault(code, []).append(Item(told, before, after))
    links = {link.person.code: link.code for link in list_links(week.id)} if items else {}
    return [
        Addressee(
            Audience.PEOPLE,
            person.code,
            person.name.best(contact.locale if contact else "zh-CN")[0],
            contact.email if contact else "",
            contact.locale if contact else "zh-CN",
            items[person.code],
            links.get(person.code, ""),
        )
        for person, contact in (list_speakers(items) if items else [])
    ]


def _codes(facts: Facts) -> set[str]:
    return {person["code"] for person in facts["people"]}


def _unnamed(week: Week, sessions: Collection[int]) -> dict[int, set[str]]:
    """Return who takes part in these sessions and refuses to be named, so that no snapshot knows of them."""
    part, said = SessionPerson, SpeakerConsent
    query = select(part.session_id, Person.code).join(Person, Person.id == part.person_id)
    query = query.join(said, said.person_id == Person.id).where(said.week_id == week.id, said.given.is_(False))
    found: dict[int, set[str]] = {}
    for own, code in db.session.execute(query.where(said.item == ConsentItem.NAME)):
        found.setdefault(own, set()).add(code)
    return {own: found[own] for own in sessions if own in found}


def _staff(week: Week, pairs: Sequence[Pair], news: Mapping[int, News | None]) -> list[Addressee]:
    """Return who manages a city, venue or track of these sessions, where they are or where they were."""
    query = select(User, Grant.role, Grant.scope_code).join(Grant, Grant.user_id == User.id)
    of_week = (Grant.week_id == week.id, Grant.role.in_(SCOPES), Grant.scope_code != "", User.disabled_at.is_(None))
    held = [(user, SCOPES[Role(role)], code) for user, role, code in db.session.execute(query.where(*of_week))]
    managed = select(User, Track.code).join(Track, Track.manager_id == User.id)
    managed = managed.where(Track.week_id == week.id, User.disabled_at.is_(None))
    held += [(user, "track", code) for user, code in db.session.execute(managed)]
    scopes: dict[int, set[tuple[str, str]]] = {}
    users = {user.id: user for user, _kind, _code in held}
    for user, kind, code in held:
        scopes.setdefault(user.id, set()).add((kind, code))
    found = []
    for own in sorted(users):
        items = [
            Item(told, before, after)
            for session, before, after in pairs
            if (told := news[session]) and scopes[own] & (_places(before) | _places(after))
        ]
        if items:
            user = users[own]
            found.append(Addressee(Audience.STAFF, user.code, user.name, user.email, "zh-CN", items))
    return found


def _places(facts: Facts | None) -> set[tuple[str, str]]:
    """Return the city, venue and track of a snapshot, by kind and code."""
    return {(kind, facts[kind]["code"]) for kind in SCOPES.values() if facts and facts.get(kind)}
