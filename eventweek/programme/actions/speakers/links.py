"""Give people links to their own pages, renew and revoke them."""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.kernel import keys
from eventweek.kernel.addresses import parse_address
from eventweek.kernel.clock import local_day, now
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.outbox.actions import send
from eventweek.programme.actions.speakers.opening import opened, speakers_of
from eventweek.programme.models import Person, PersonContact, SpeakerLink, Week
from eventweek.programme.queries.speakers import find_link_in_use, is_in_time, open_link_of, token_hash
from eventweek.programme.rules.speakers import FEED, PAGE, feed_token, page_token

MOST = 500
LANGUAGES = ("zh-CN", "en")


@dataclass(frozen=True)
class Given:
    """Who has a link now; `token` only where it was made just now, `mailed`: a letter with it is on its way."""

    person: Person
    link: SpeakerLink
    token: str
    mailed: bool


@dataclass(frozen=True)
class Contact:
    """Where a person is written to (empty: nowhere), in `zh-CN` or `en`."""

    email: str = ""
    locale: str = "zh-CN"


def give_links(week_id: int, wanted: Mapping[str, Contact], *, actor: Actor) -> list[Given]:
    """See that each of these people, by code, has a link and a letter with it; contacts are kept for the next time.

    Whoever has a link keeps it; a second letter with it goes out once a day at most.
    Raises: Refusal permission.denied, week.not_found, week.archived, subject.not_found, speakers.nobody,
        speakers.too_many, speakers.over; Invalid.
    """
    with transaction():
        _refuse_size(wanted)
        week, people = speakers_of(week_id, wanted, actor)
        _keep_contacts(people, wanted)
        return [_give(week, person, find_link_in_use(week_id, person.id), actor) for person in people]


def renew_link(week_id: int, code: str, *, actor: Actor) -> Given:
    """End a person's link and their calendar's address, and give new ones.

    Raises: Refusal permission.denied, week.not_found, week.archived, subject.not_found, speakers.over.
    """
    with transaction():
        week, people = speakers_of(week_id, [code], actor)
        end_links(people, actor, week_id)
        return _give(week, people[0], None, actor)


def revoke_links(week_id: int, codes: Collection[str], *, actor: Actor) -> int:
    """End the links of these people; return how many there were. A second call changes nothing.

    Raises: Refusal permission.denied, week.not_found, week.archived, subject.not_found, speakers.nobody,
        speakers.too_many.
    """
    with transaction():
        _refuse_size(codes)
        _week, people = speakers_of(week_id, codes, actor)
        return end_links(people, actor, week_id)


def revoke_link(week_id: int, code: str, *, version: int | None, actor: Actor) -> None:
    """End one link by its own code, of the version that the actor has seen (None: whatever stands).

    Raises: Refusal permission.denied, week.not_found, week.archived, speaker_link.not_found, version.stale.
    """
    with transaction():
        require(actor, Verb.PROGRAMME_EDIT, week_id)
        own = open_link_of(code)
        if own is None or own.week.id != week_id:
            raise Refusal("speaker_link.not_found")
        _week, people = speakers_of(week_id, [own.person.code], actor)
        if version not in (None, own.link.feed_epoch):
            raise Refusal("version.stale", fields=[], version=own.link.feed_epoch)
        end_links(people, actor, week_id)


def rotate_feed(code: str) -> None:
    """Give the calendar of a link another address; the old one ends.

    Raises: Refusal speaker_link.not_found, week.archived.
    """
    with transaction():
        own, actor = opened(code)
        own.link.feed_epoch += 1
        own.link.feed_hash = token_hash(FEED, feed_token(_key(own.link), own.link.seed, own.link.feed_epoch))
        record(actor, "speaker_link.rotate", "person", own.person.code, week_id=own.week.id)


def note_seen(code: str) -> None:
    """Note that the person of a link knows of all that was published until now.

    Raises: Refusal speaker_link.not_found, week.archived.
    """
    with transaction():
        own, actor = opened(code)
        own.link.seen_at = now()
        record(actor, "speaker_link.seen", "person", own.person.code, week_id=own.week.id)


def end_links(people: Collection[Person], actor: Actor, week_id: int | None = None) -> int:
    """End the links of people in a week (None: in all), inside the caller's transaction."""
    codes = {person.id: person.code for person in people}
    query = select(SpeakerLink).where(SpeakerLink.person_id.in_(codes), SpeakerLink.revoked_at.is_(None))
    found = list(db.session.scalars(query if week_id is None else query.where(SpeakerLink.week_id == week_id)))
    for link in found:
        link.revoked_at = now()
        record(actor, "speaker_link.revoke", "person", codes[link.person_id], week_id=link.week_id)
    db.session.flush()
    return len(found)


def token_of_link(link: SpeakerLink) -> str:
    """Return the secret of a link, for the letter that carries it.

    Raises: Refusal pass.key_missing.
    """
    return page_token(_key(link), link.seed)


def feed_token_of(link: SpeakerLink) -> str:
    """Return the secret in the address of the person's calendar.

    Raises: Refusal pass.key_missing.
    """
    return feed_token(_key(link), link.seed, link.feed_epoch)


def _refuse_size(codes: Collection[str]) -> None:
    if not codes:
        raise Refusal("speakers.nobody")
    if len(codes) > MOST:
        raise Refusal("speakers.too_many", most=MOST)


def _keep_contacts(people: Collection[Person], wanted: Mapping[str, Contact]) -> None:
    """Raises: Invalid, each error at `CODE.email`."""
    kept = {own.person_id: own for own in db.session.scalars(select(PersonContact))}
    errors = []
    for person in people:
        given, own = wanted[person.code], kept.get(person.id)
        try:
            email = parse_address(given.email) if given.email.strip() else ""
        except Refusal as refusal:
            errors.append(FieldError(f"{person.code}.email", refusal.code, refusal.facts))
            continue
        if own is None and email:
            db.session.add(PersonContact(person_id=person.id, email=email, locale=_language(given)))
        elif own is not None and email:
            own.email, own.locale = email, _language(given)
        elif own is not None:
            db.session.delete(own)
    if errors:
        raise Invalid(errors)
    db.session.flush()


def _language(given: Contact) -> str:
    return given.locale if given.locale in LANGUAGES else LANGUAGES[0]


def _give(week: Week, person: Person, link: SpeakerLink | None, actor: Actor) -> Given:
    token = ""
    if not is_in_time(week):
        raise Refusal("speakers.over", days=week.speaker_link_days)
    if link is None:
        link, token = _make(week, person)
        record(actor, "speaker_link.make", "person", person.code, week_id=week.id)
    contact = db.session.get(PersonContact, person.id)
    if contact is None:
        return Given(person, link, token, mailed=False)
    context = {"speaker_link": link.code, "name": person.name.best(contact.locale)[0]}
    context |= {"week": week.title.best(contact.locale)[0]}
    day = local_day(now(), week.timezone)
    send("programme/speaker_link", contact.email, contact.locale, context, f"speaker_link:{link.code}:{day}")
    link.mailed = True
    db.session.flush()
    return Given(person, link, token, mailed=True)


def _make(week: Week, person: Person) -> tuple[SpeakerLink, str]:
    seed, key_id, at = secrets.token_bytes(16), keys.signing_key_id(), now()
    _retire(week, person)
    link = SpeakerLink(week_id=week.id, person_id=person.id, seed=seed, key_id=key_id, made_at=at, seen_at=at)
    token = page_token(_key(link), seed)
    link.token_hash, link.feed_hash = token_hash(PAGE, token), token_hash(FEED, feed_token(_key(link), seed, 1))
    db.session.add(link)
    db.session.flush()
    return link, token


def _retire(week: Week, person: Person) -> None:
    """End a link that stopped working by itself, so that another one can take its place."""
    query = select(SpeakerLink).filter_by(week_id=week.id, person_id=person.id, revoked_at=None)
    for old in db.session.scalars(query):
        old.revoked_at = now()
    db.session.flush()


def _key(link: SpeakerLink) -> bytes:
    key = keys.pass_key(link.key_id)
    if key is None:
        raise Refusal("pass.key_missing")
    return key
