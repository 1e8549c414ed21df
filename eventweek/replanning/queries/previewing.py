"""The messages of a release before they go: how many of each kind, and one of each in full, without personal data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from eventweek.kernel.db import Bilingual
from eventweek.programme.models import Week
from eventweek.registration.contacts import mask_name
from eventweek.registration.messages import facts_of_cancelled, facts_of_changed
from eventweek.registration.models import Registration
from eventweek.registration.queries.message_texts import facts_of, find_text, wording_of
from eventweek.registration.queries.offerings import OpenOffering, load_offerings
from eventweek.registration.wording import compose
from eventweek.replanning.enums import Audience
from eventweek.replanning.messages import describe
from eventweek.replanning.queries.effects import Effects, Pair, read_effects
from eventweek.replanning.queries.telling import Addressee, list_addressees
from eventweek.replanning.rules import told
from eventweek.scheduling.queries.published import told_as

LOCALES = ("zh-CN", "en")
LINK = "https://…"


@dataclass(frozen=True)
class Sample:
    """One kind of message: who gets it, how many of them, and how it reads for one, whose name is hidden.

    `kind`: `people`, `staff`, `changed`, `session_cancelled`; `unreached`: of whom no address is known.
    """

    audience: Audience
    kind: str
    count: int
    unreached: int
    subject: Bilingual
    body: Bilingual


def preview_messages(week: Week, pairs: Sequence[Pair], number: int) -> list[Sample]:
    """Return what publishing these as that release would tell, a sample for each kind of message that goes out.

    Nothing is sent. At most twenty statements for any number of people.
    """
    effects, addressees = read_effects(week, pairs), list_addressees(week, pairs)
    found = [_attendees(week, effects, dict(_after(pairs)), called_off=off) for off in (False, True)]
    found += [_addressed(week, number, [own for own in addressees if own.audience == one]) for one in _WRITTEN]
    return [sample for sample in found if sample]


_WRITTEN = (Audience.PEOPLE, Audience.STAFF)


def _after(pairs: Sequence[Pair]) -> list[tuple[int, Mapping[str, Any]]]:
    return [(own, after) for own, _before, after in pairs]


def _addressed(week: Week, number: int, every: Sequence[Addressee]) -> Sample | None:
    """Return the message of somebody who has an address and most to read."""
    if not every:
        return None
    one = max(every, key=lambda own: (bool(own.address), len(own.items)))
    subject, body = one.letter(week, number, mask_name(one.name))
    tail = f"\n\n{LINK}" if one.link or one.audience == Audience.STAFF else ""
    unreached = sum(not own.address for own in every)
    text = Bilingual(body.zh + tail, body.en + tail)
    return Sample(one.audience, str(one.audience), len(every) - unreached, unreached, subject, text)


def _attendees(
    week: Week, effects: Effects, after: Mapping[int, Mapping[str, Any]], *, called_off: bool
) -> Sample | None:
    """Return the message to those whose session moves, or to those whose session is called off."""
    rows = [row for row in effects.rows if _is_off(effects, row) == called_off]
    offering = _offering_after(rows[0], after) if rows else None
    if offering is None:
        return None
    kind, row = ("session_cancelled" if called_off else "changed"), rows[0]
    text = find_text(week.id, kind)
    texts = []
    for locale in LOCALES:
        facts = _facts(week, offering, row, effects, locale) | {"name": mask_name(row.attendee.name)}
        links = dict.fromkeys(("link", "answer_link", "cancel_link"), LINK)
        texts.append(compose(wording_of(text, kind, locale), facts_of(week, facts, locale, links)))
    zh, en = texts
    subject, body = Bilingual(zh.subject, en.subject), Bilingual(zh.body, en.body)
    unreached = sum(not (own.attendee.email or own.attendee.phone_e164) for own in rows)
    return Sample(Audience.ATTENDEES, kind, len(rows) - unreached, unreached, subject, body)


def _is_off(effects: Effects, row: Registration) -> bool:
    return all(shift.after["cancelled"] for shift in effects.shifts[row.offering_id])


def _facts(week: Week, offering: OpenOffering, row: Registration, effects: Effects, locale: str) -> dict[str, Any]:
    if _is_off(effects, row):
        return facts_of_cancelled(week, offering, row, locale)
    changes = [told(shift) for shift in effects.shifts[row.offering_id]]
    said = describe(changes, week.timezone, also=["clash"] if effects.fresh.get(row.id) else [])
    return facts_of_changed(week, offering, row, said, locale)


def _offering_after(row: Registration, after: Mapping[int, Mapping[str, Any]]) -> OpenOffering | None:
    """Return the offering of a registration with its sessions as they would be published."""
    own = next(iter(load_offerings([row.offering_id])), None)
    if own is None:
        return None
    sessions = [told_as(one, dict(after[one.id])) if one.id in after else one for one in own.sessions]
    return replace(own, sessions=tuple(sessions), starts=min(one.start for one in sessions))
