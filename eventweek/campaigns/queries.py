"""Whom a campaign reaches, its words, and the campaigns of a week."""

from collections.abc import Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import selectinload

from eventweek.campaigns.models import Campaign
from eventweek.campaigns.rules import Audience
from eventweek.kernel.clock import local_day
from eventweek.kernel.db import db
from eventweek.outbox.enums import Channel
from eventweek.programme.models import Week
from eventweek.registration.enums import PoolClass
from eventweek.registration.kinds import Wording
from eventweek.registration.models import Offering, Pass, Registration
from eventweek.registration.queries.message_texts import USUAL_CHANNELS
from eventweek.registration.queries.offerings import OpenOffering, load_offerings


def list_campaigns(week_id: int) -> list[Campaign]:
    """Return the campaigns of a week, the newest first."""
    return list(db.session.scalars(select(Campaign).where(Campaign.week_id == week_id).order_by(Campaign.id.desc())))


def find_campaign(week_id: int, code: str) -> Campaign | None:
    """Return a campaign of the week."""
    return db.session.scalar(select(Campaign).where(Campaign.week_id == week_id, Campaign.code == code))


def words_of_batch(code: str, locale: str) -> tuple[Wording, tuple[Channel, ...]] | None:
    """Return the words of a campaign in a language, Chinese where it has no English, and its channels."""
    own = db.session.scalar(select(Campaign).where(Campaign.code == code))
    return (wording_of(own, locale), channels_of(own)) if own else None


def wording_of(own: Campaign, locale: str) -> Wording:
    """Return the words of a campaign in a language; an SMS without words of its own says the subject and the link."""
    body = (own.body_en or own.body_zh) if locale == "en" else (own.body_zh or own.body_en)
    subject, sms = own.subject.best(locale)[0], own.sms.best(locale)[0]
    return Wording(subject, body, sms or f"{subject} {{link}}", "", own.sms_template.best(locale)[0])


def channels_of(own: Campaign) -> tuple[Channel, ...]:
    """Return by which channels a campaign goes, the first choice first."""
    return tuple(Channel(name) for name in own.channels.split(",")) if own.channels else USUAL_CHANNELS


def count_people(week: Week, audience: Audience) -> int:
    """Return how many people an audience holds now."""
    query = _passes(week, audience).with_only_columns(func.count(Pass.id))
    return db.session.scalar(query) or 0


def list_people(week: Week, audience: Audience, after: int, most: int) -> list[Pass]:
    """Return the passes of an audience behind a pass's id, in the order of their ids, with their holders."""
    query = _passes(week, audience).where(Pass.id > after).order_by(Pass.id).limit(most)
    return list(db.session.scalars(query.options(selectinload(Pass.attendee))))


def _passes(week: Week, audience: Audience) -> Select[Pass]:
    holds = select(Registration.id).where(
        Registration.attendee_id == Pass.attendee_id,
        Registration.week_id == Pass.week_id,
        Registration.state.in_(audience.states),
    )
    if audience.way:
        on_line = Registration.cls == PoolClass.ONLINE
        holds = holds.where(on_line if audience.way == "online" else ~on_line)
    if audience.session or audience.kind or audience.city or audience.day:
        holds = holds.where(Registration.offering_id.in_(_offerings(week, audience)))
    return select(Pass).where(Pass.week_id == week.id, Pass.status == "active", holds.exists())


def _offerings(week: Week, audience: Audience) -> Sequence[int]:
    ids = db.session.scalars(select(Offering.id).where(Offering.week_id == week.id)).all()
    return [own.offering.id for own in load_offerings(ids) if _fits(own, week, audience)]


def _fits(own: OpenOffering, week: Week, audience: Audience) -> bool:
    return any(
        audience.session in ("", session.code)
        and audience.kind in ("", session.facts["kind"]["code"])
        and audience.city in ("", (session.facts["city"] or {"code": None})["code"])
        and audience.day in ("", local_day(own.offering.slot_start or session.start, week.timezone).isoformat())
        for session in own.sessions
    )
