"""The published snapshot of one session: a denormalised plain value, both languages, schema 3 (pure).

Since schema 3 a session may have `links`, `attachments`, `subtitle`, `abstract` and pictures; what it does not have is
left out, so that an item of schema 2 says the same.
"""

import hashlib
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from eventweek.kernel.db import Bilingual
from eventweek.kernel.text import search_key
from eventweek.programme.enums import ConsentItem, LinkKind, Visibility
from eventweek.programme.models import Person, Picture, Room, SeriesMember, Session, SessionAttachment, Venue
from eventweek.scheduling.enums import Action, Difference
from eventweek.scheduling.models import Placement

SCHEMA = 3
RECORDINGS = (LinkKind.REPLAY, LinkKind.VIDEO, LinkKind.AUDIO)
_UNASKED = frozenset({ConsentItem.PORTRAIT})
"""What a week may not publish of somebody who has decided nothing."""
Facts = dict[str, Any]


def snapshot(placement: Placement) -> Facts:
    """Return what readers may know of a placed session, without any draft left to join."""
    session, room = placement.session, placement.room
    track = session.track
    facts: Facts = {
        "schema": SCHEMA,
        "code": session.code,
        "uid": session.uid,
        "title": _pair(session.title),
        "note": _pair(session.note),
        "text": {"zh": session.text_zh, "en": session.text_en},
        "kind": {"code": session.kind.code, "family": session.kind.family, **_pair(session.kind.name)},
        "minutes": session.duration_min,
        **_place(placement.start, room),
        "people": _people(session),
        "organisations": [_organisation(part) for part in session.organisations],
        "tags": [{"set": tag.set.code, "code": tag.code, **_pair(tag.name)} for tag in _in_order(session)],
        "track": {"code": track.code, "colour": track.colour, **_pair(track.name)} if track else None,
        "series": [_series(member) for member in session.memberships],
        "language": session.language,
        "visibility": session.visibility,
        "registration": session.registration,
        "expected_online": session.expected_online,
        "cancelled": False,
        "reason": {"zh": "", "en": ""},
    }
    facts |= _extras(session)
    facts["lead"] = next((o for o in facts["organisations"] if o["role"] == "host"), None)
    facts["industry"] = next((tag["code"] for tag in facts["tags"] if tag["set"] == "industry"), "")
    return facts | {"search": searchable(facts)}


def elsewhere(published: Facts, start: datetime, room: Room) -> Facts:
    """Return the snapshot of a published session as if it stood at another place; nothing else of it changes."""
    facts = published | _place(start, room)
    return facts | {"search": searchable(facts)}


def cancelled(published: Facts, reason: Bilingual) -> Facts:
    """Return the snapshot of a cancelled session: what was published, its status and the reason."""
    return published | {"cancelled": True, "reason": _pair(reason)}


def withdrawn(published: Facts | None, draft: Facts, sequence: int) -> Facts:
    """Return the draft of a session that the public may know no more with what is left for its calendars.

    `withdrawn` in it holds the last public snapshot as cancelled, with its SEQUENCE; `at` is added by the release. It
    stays the same through later releases, which say nothing of what became of the session.
    """
    if draft["visibility"] == Visibility.PUBLIC or published is None:
        return draft
    left = published.get("withdrawn")
    if left is None and published["visibility"] == Visibility.PUBLIC:
        left = {"facts": published | {"cancelled": True, "search": ""}, "sequence": sequence + 1}
    return draft | {"withdrawn": left} if left else draft


def back_to(now: Facts, then: Facts, sequence: int) -> Facts:
    """Return an older snapshot as it is published again: what calendars hold of a withdrawal is that of now."""
    older = {name: value for name, value in then.items() if name != "withdrawn"}
    return withdrawn(now, older, sequence)


def stamped(value: Facts, at: datetime) -> Facts:
    """Return the snapshot as released at that instant: what it withdraws now is withdrawn since then."""
    left = value.get("withdrawn")
    if left is None or "at" in left:
        return value
    return value | {"withdrawn": left | {"at": at.astimezone(UTC).isoformat()}}


def withheld(session: Session) -> dict[str, frozenset[str]]:
    """Return which items of each person the session's week may not publish, by the person's code.

    These are what the person has refused, and the portrait as long as they have not agreed to it.
    """
    return {part.person.code: _withheld(part.person, session.week_id) for part in session.people}


def lingers(published: Facts, session: Session) -> bool:
    """Say whether the public still reads what somebody of the session has taken back."""
    kept_back = withheld(session)
    for person in published["people"]:
        if persons_shown(published, person) & kept_back.get(person["code"], frozenset()):
            return True
    return _recorded(published) and any(ConsentItem.RECORDING in items for items in kept_back.values())


def persons_shown(facts: Facts, person: Facts) -> set[str]:
    """Return which items of somebody a snapshot shows that names them: a recording counts as all of theirs."""
    shown: set[str] = {ConsentItem.NAME, *([ConsentItem.BIO] if any(person["bio"].values()) else [])}
    shown |= {ConsentItem.PORTRAIT} if person.get("portrait") else set()
    return shown | ({ConsentItem.RECORDING} if _recorded(facts) else set())


def _recorded(facts: Facts) -> bool:
    return any(link["kind"] in RECORDINGS for link in facts.get("links", ()))


def _withheld(person: Person, week_id: int) -> frozenset[str]:
    if not person.consents:
        return _UNASKED
    return withheld_by({consent.item: consent.given for consent in person.consents if consent.week_id == week_id})


def withheld_by(decided: Mapping[str, bool]) -> frozenset[str]:
    """Return which items of a person a week may not publish, by what they decided; a portrait only if they agreed."""
    return frozenset(item for item in ConsentItem if not decided.get(item, item != ConsentItem.PORTRAIT))


def searchable(facts: Facts) -> str:
    """Return the words by which a session is found: title, kind, place, people, organisations, tags, both languages."""
    named = [facts[name] for name in ("title", "subtitle", "kind", "room", "venue", "city", "track") if facts.get(name)]
    named += [*facts["people"], *facts["organisations"], *facts["tags"], *facts["series"]]
    named += [person["affiliation"] for person in facts["people"]]
    return search_key(" ".join(dict.fromkeys(word for name in named for word in (name["zh"], name["en"]) if word)))


def written(value: Facts) -> tuple[msgspec.Raw, str]:
    """Return the canonical JSON (sorted keys, no spaces, UTF-8), as a JSON column takes it, and its SHA-256."""
    text = msgspec.json.encode(value, order="sorted")
    return msgspec.Raw(text), hashlib.sha256(text).hexdigest()


def difference(old: Facts | None, new: Facts) -> Action | None:
    """Return what a release would do by this snapshot, None where nothing differs."""
    if old is None:
        return Action.NEW
    if old | {"schema": new["schema"]} == new:
        return None
    if bool(old.get("cancelled")) != new["cancelled"]:
        return Action.CANCELLED if new["cancelled"] else Action.RESTORED
    return Action.MOVED if _timed(old) != _timed(new) else Action.CHANGED


def group(action: Action, old: Facts | None, new: Facts | None) -> Difference:
    """Return what people call that which a release does to a session: a move by its time goes before one by its place.

    Whoever takes part otherwise than before counts more than a text.
    """
    if action == Action.MOVED and old and new:
        times = [(facts["start"], facts["minutes"]) for facts in (old, new)]
        return Difference.PLACE if times[0] == times[1] else Difference.TIME
    if action == Action.CHANGED and old and new:
        parts = [[(person["code"], person["role"]) for person in facts["people"]] for facts in (old, new)]
        return Difference.TEXTS if parts[0] == parts[1] else Difference.PEOPLE
    return Difference(str(action))


def next_sequence(old: Facts | None, new: Facts, sequence: int) -> int:
    """Return the iCalendar SEQUENCE (RFC 5545 3.8.7.4): +1 when start, end, place or status changed, else the same.

    To the public a session also begins and ends with its visibility.
    """
    if old is None:
        return 0
    seen = [facts["visibility"] == Visibility.PUBLIC for facts in (old, new)]
    return sequence + (difference(old, new) not in (None, Action.CHANGED) or seen[0] != seen[1])


def _extras(session: Session) -> Facts:
    """Return what only some sessions have; the rest is left out, so that older snapshots stay equal."""
    abstract = Bilingual(session.abstract_zh, session.abstract_en)
    pairs = {"subtitle": _pair(session.subtitle), "abstract": _pair(abstract)}
    unrecorded = any(ConsentItem.RECORDING in items for items in withheld(session).values())
    shown = [link for link in session.links if not (unrecorded and link.kind in RECORDINGS)]
    links = [{"kind": link.kind, "url": link.url, **_pair(link.title)} for link in shown]
    files = [_attachment(own) for own in session.attachments]
    told = {name: pair for name, pair in pairs.items() if any(pair.values())} | ({"links": links} if links else {})
    told |= {"attachments": files} if files else {}
    return told | _picture("poster", session.poster)


def _place(start: datetime, room: Room) -> Facts:
    city = room.venue.city
    return {
        "start": start.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "room": _room(room),
        "venue": _venue(room.venue),
        "city": {"code": city.code, **_pair(city.name)} if city else None,
    }


def _timed(facts: Facts) -> tuple[Any, ...]:
    return facts["start"], facts["minutes"], facts["room"]["code"], facts["venue"]["code"]


def picture_facts(picture: Picture) -> Facts:
    """Return a picture as snapshots hold it, with its sizes, the smallest first."""
    sizes = [{"width": r.width, "height": r.height, "file": r.sha256} for r in picture.renditions]
    return {"sizes": sizes, "alt": _pair(picture.alt), "credit": picture.credit}


def _picture(name: str, picture: Picture | None) -> Facts:
    """Return the picture under that name; nothing where there is none."""
    return {name: picture_facts(picture)} if picture else {}


def _attachment(own: SessionAttachment) -> Facts:
    file = own.file
    told = {"code": file.code, "type": file.kind, "name": file.name, "size": file.size, "file": file.sha256}
    return {"kind": own.kind, **_pair(own.title), **told}


def _room(room: Room) -> Facts:
    return {"code": room.code, "capacity": room.capacity, "short": _pair(room.short_name), **_pair(room.name)}


def _venue(venue: Venue) -> Facts:
    return {
        "code": venue.code,
        **_pair(venue.name),
        "short": _pair(venue.short_name),
        "address": _pair(venue.address),
        "transport": _pair(venue.transport),
        "latitude": venue.latitude,
        "longitude": venue.longitude,
        **_picture("photo", venue.photo),
        **_picture("floor_plan", venue.floor_plan),
    }


def _people(session: Session) -> list[Facts]:
    """Return who takes part, without those who refused to be named."""
    kept_back = withheld(session)
    return [
        _person(part, kept_back[part.person.code])
        for part in session.people
        if ConsentItem.NAME not in kept_back[part.person.code]
    ]


def _person(part: Any, kept_back: Collection[str]) -> Facts:
    own = part.person
    bio = Bilingual("", "") if ConsentItem.BIO in kept_back else own.bio
    profile = {"affiliation": _pair(own.affiliation), "honour": _pair(own.honour), "bio": _pair(bio)}
    portrait = None if ConsentItem.PORTRAIT in kept_back else own.portrait
    return {"code": own.code, "role": part.role, **_pair(own.name), **profile} | _picture("portrait", portrait)


def _organisation(part: Any) -> Facts:
    own = part.organisation
    named = {"code": own.code, "role": part.role, "short": _pair(own.short_name), **_pair(own.name)}
    return named | _picture("logo", own.logo)


def _series(member: SeriesMember) -> Facts:
    series = member.series
    return {"code": series.code, "kind": series.kind, "position": member.position, **_pair(series.name)}


def _in_order(session: Session) -> list[Any]:
    return sorted(session.tags, key=lambda tag: (tag.set.position, tag.position, tag.code))


def _pair(text: Bilingual) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}
