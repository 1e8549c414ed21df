"""What a basket chooses, read in one statement, and whether that still stands, asked in another."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from eventweek.kernel.db import db, run
from eventweek.programme.models import ConsentText, Week
from eventweek.programme.queries import get_week
from eventweek.registration.enums import Purpose
from eventweek.registration.models import CapacityPool, Offering, OfferingSession
from eventweek.registration.queries.forms import has_questions
from eventweek.registration.queries.offerings import OpenOffering, open_offering
from eventweek.scheduling.models import Published, ReleaseItem
from eventweek.scheduling.queries.published import MARKS, recall

Terms = dict[int, tuple[str, frozenset[int]]]
"""By offering id: its mode, and the ids of the published snapshots of its sessions."""


@dataclass(frozen=True)
class Choices:
    """The week with the text that people agree to (None while none was kept) and the offerings in order of locking."""

    week: Week
    text: ConsentText | None
    offerings: list[OpenOffering]
    terms: Terms


def read_choices(week_id: int, codes: Collection[str]) -> Choices:
    """Return what is published of these offerings of a week, and all else that registering for them asks; no lock.

    Raises: Refusal week.not_found.
    """
    rows = db.session.execute(_CHOICES, {"own_week": week_id, "codes": list(codes)}).unique().all()
    if not rows:
        return Choices(get_week(week_id), None, [], {})
    week, text = rows[0][1], rows[0][2]
    marks: dict[int, dict[int, tuple[Any, ...]]] = {}
    found = {}
    for offering, _week, _text, asks, *mark in rows:
        found[offering.id] = (offering, asks)
        marks.setdefault(offering.id, {}).update({mark[4]: tuple(mark)} if mark[4] else {})
    loaded = [
        open_offering(offering, week, recall(marks[number].values()), asks)
        for number, (offering, asks) in found.items()
    ]
    terms = {number: (offering.mode, frozenset(marks[number])) for number, (offering, _asks) in found.items()}
    return Choices(week, text, [own for own in loaded if own], terms)


def read_terms(offering_ids: Iterable[int]) -> Terms:
    """Return on what terms the seats of offerings are given out at this moment."""
    modes: dict[int, str] = {}
    items: dict[int, set[int]] = {}
    for number, mode, item in run(_TERMS, {"offerings": list(offering_ids)}):
        modes[number] = mode
        items.setdefault(number, set()).add(item)
    return {number: (mode, frozenset(items[number])) for number, mode in modes.items()}


_newest = aliased(ConsentText)
_version = select(func.max(_newest.version)).where(
    _newest.week_id == Week.id, _newest.purpose == str(Purpose.REGISTRATION)
)
_CHOICES = (
    select(Offering, Week, ConsentText, has_questions(), *MARKS)
    .join(Week, Week.id == Offering.week_id)
    .join(Offering.pools)
    .join(Offering.sessions)
    .outerjoin(Published, Published.session_id == OfferingSession.session_id)
    .outerjoin(ReleaseItem, ReleaseItem.id == Published.item_id)
    .outerjoin(
        ConsentText,
        and_(
            ConsentText.week_id == Week.id,
            ConsentText.purpose == str(Purpose.REGISTRATION),
            ConsentText.version == _version.scalar_subquery(),
        ),
    )
    .where(Offering.week_id == bindparam("own_week"), Offering.code.in_(bindparam("codes", expanding=True)))
    .order_by(Offering.slot_start.is_(None), Offering.slot_start, Offering.id, CapacityPool.id)
    .options(contains_eager(Offering.pools), contains_eager(Offering.sessions), joinedload(Week.host))
    .execution_options(populate_existing=True)
)
_TERMS = (
    select(Offering.id, Offering.mode, Published.item_id)
    .join(Offering.sessions)
    .join(Published, Published.session_id == OfferingSession.session_id)
    .where(Offering.id.in_(bindparam("offerings", expanding=True)))
)
