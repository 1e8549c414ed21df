"""Papers about people: whom one is made for, and what it says of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any
from zoneinfo import ZoneInfo

from eventweek.audit.actors import SYSTEM, Actor
from eventweek.checkin.actions.certificates import issue_certificates
from eventweek.checkin.certificates import code_of, grouped
from eventweek.checkin.queries.certificates import Attended, get_own, list_attended
from eventweek.kernel.clock import now
from eventweek.kernel.db import Bilingual, db
from eventweek.kernel.documents import set_pdf
from eventweek.kernel.errors import Refusal
from eventweek.printing.badges import Badge, list_badges, values_of_badges
from eventweek.printing.enums import Paper
from eventweek.printing.layout import INK, Drawn, Values
from eventweek.printing.rules import Wish, breakable
from eventweek.printing.tongue import Tongue
from eventweek.programme.models import Week
from eventweek.programme.queries import get_week
from eventweek.registration.models import Pass
from eventweek.ticketing.qr import svg

AT_A_TIME = 2
"""How many certificates one process sets at the same moment for those who fetch their own."""
PATIENCE_S = 8
PAPERS = Path(__file__).parent / "papers"
_desks = BoundedSemaphore(AT_A_TIME)


@dataclass(frozen=True)
class People:
    """Those a paper is made for, and the week it is about: certificates or badges."""

    week: Week
    attended: Sequence[Attended] = ()
    badges: Sequence[Badge] = ()

    def __len__(self) -> int:
        """Return how many they are."""
        return len(self.attended) + len(self.badges)

    @property
    def badged(self) -> list[int]:
        """Return the ids of the passes whose badges these are."""
        return [one.own.id for one in self.badges if one.own]


def count_people(week: Week, wish: Wish, actor: Actor) -> int:
    """Return for how many people a paper would be made now.

    Raises: Refusal certificate.no_subject, print.beyond where the actor may not read who they are.
    """
    if wish.paper == Paper.BADGES:
        return len(list_badges(week, wish.part, actor))
    kind, code = next(iter(wish.part.items()))
    return sum(one.why_not is None for one in list_attended(week, kind, code, actor=actor))


def read_people(week_id: int, wish: Wish) -> People:
    """Return those a paper is made for; whoever has no certificate yet is given it."""
    if wish.paper == Paper.BADGES:
        week = get_week(week_id)
        return People(week, badges=list_badges(week, wish.part, SYSTEM))
    kind, code = next(iter(wish.part.items()))
    found = issue_certificates(week_id, kind, code, actor=SYSTEM)
    return People(get_week(week_id), found)


def certificate_pdf(own: Pass, code: str, tongue: Tongue, base: str) -> bytes:
    """Return the certificate of a pass's holder as a PDF; it is not kept.

    Raises: Refusal certificate.not_found, pass.key_missing, limit.reached while others are being set, and why it is
    good no more.
    """
    found = get_own(own, code)
    if found.why_not:
        raise found.why_not
    people = People(db.session.get_one(Week, own.week_id), [found])
    return set_at_once(people, Wish(Paper.PROOFS, language=tongue.language), tongue, base)


def set_at_once(people: People, wish: Wish, tongue: Tongue, base: str) -> bytes:
    """Return a paper for one person while they wait.

    Raises: Refusal limit.reached while others are being set, pass.key_missing.
    """
    values = values_of_people(people, wish, tongue, base, svg)
    db.session.rollback()  # nothing is read while it is set, and others need the connection
    if not _desks.acquire(timeout=PATIENCE_S):
        raise Refusal("limit.reached", seconds=PATIENCE_S)
    try:
        return set_pdf(PAPERS / f"{wish.paper}.typ", values, now())
    finally:
        _desks.release()


def values_of_people(people: People, wish: Wish, tongue: Tongue, base: str, draw: Drawn) -> Values:
    """Return what the template is given; `base`: scheme and host of addresses, `draw`: makes a QR of one."""
    week, words = people.week, tongue.words
    if wish.paper == Paper.BADGES:
        return values_of_badges(week, people.badges, wish, tongue, base, draw)
    return {
        "language": tongue.language,
        "sheet": wish.size,
        "accent": week.accent or INK,
        "title": words["proof"],
        "week": breakable(_said(week.title, tongue)),
        "organiser": breakable(_said(week.organiser, tongue) or (_said(week.host.name, tongue) if week.host else "")),
        "draft": "",
        "words": dict(words),
        "site": f"{base.split('://')[-1]}{_prefix(tongue)}/verify",
        "people": [_proof(one, week, tongue, base, draw) for one in people.attended],
    }


def _proof(one: Attended, week: Week, tongue: Tongue, base: str, draw: Drawn) -> dict[str, Any]:
    if one.row is None:
        raise Refusal("certificate.not_found")
    person, code = one.own.attendee, code_of(one.row.seed, one.row.key_id)
    english = tongue.language == "en" and person.name_en
    issued = one.row.issued_at.astimezone(ZoneInfo(week.timezone)).date()
    return {
        "name": person.name_en if english else person.name,
        "unit": breakable(person.organisation),
        "title": breakable(_said(one.subject.title, tongue)),
        "pieces": tongue.pieces(breakable(_said(one.subject.title, tongue))),
        "when": _when(one, week, tongue),
        "where": _where(one, tongue),
        "minutes": _spent(one, tongue),
        "issued": tongue.full_day(issued),
        "code": grouped(code),
        "qr": draw(f"{base}{_prefix(tongue)}/verify/{code}"),
    }


def _prefix(tongue: Tongue) -> str:
    return "/en" if tongue.language == "en" else ""


def _said(text: Bilingual, tongue: Tongue) -> str:
    return text.best("en" if tongue.language == "en" else "zh-CN")[0]


def _when(one: Attended, week: Week, tongue: Tongue) -> str:
    zone, subject = ZoneInfo(week.timezone), one.subject
    starts, ends = subject.starts.astimezone(zone), subject.ends.astimezone(zone)
    last = (ends - timedelta(seconds=1)).date()
    if starts.date() != last:
        return tongue.span(starts.date(), last)
    return f"{tongue.stamp(starts)}{'—' if tongue.language == 'zh' else '–'}{ends:%H:%M}"


def _where(one: Attended, tongue: Tongue) -> str:
    places = [session.facts["venue"] for session in one.subject.sessions]
    names = list(dict.fromkeys(tongue.say(place) for place in places if place))
    return breakable(tongue.words["comma"].join(names[:3]))


def _spent(one: Attended, tongue: Tongue) -> str:
    """Return of several sessions how many were attended, and for how long."""
    sittings = one.claim.sittings
    if len(sittings) < 2:
        return ""
    came = sum(own.minutes is not None for own in sittings)
    return tongue.words["proof_spent"] % {"n": came, "of": len(sittings), "minutes": one.claim.minutes}
