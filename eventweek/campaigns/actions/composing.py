"""Write a message to many, plan it, take it back. All need messages.edit."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.accounts.queries import find_user
from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.audit.revisions import differing
from eventweek.campaigns.enums import CampaignState
from eventweek.campaigns.models import Campaign
from eventweek.campaigns.queries import count_people
from eventweek.campaigns.rules import NAMES, STATES, WAYS, can_move, read_audience
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.kernel.jobs import enqueue_at
from eventweek.kernel.text import clean_line, clean_text
from eventweek.kernel.tokens import random_code
from eventweek.outbox.actions import About, send, withdraw_batch
from eventweek.outbox.enums import Channel
from eventweek.programme.actions.verbs import editable_week
from eventweek.programme.actions.writing import refuse_stale
from eventweek.programme.models import Week
from eventweek.registration.actions.message_texts import LONGEST
from eventweek.registration.wording import list_unknown

TEXTS = {name: LONGEST[name] for name in ("subject", "body", "sms", "sms_template")}
FIELDS = ("purpose", "channels", "audience", *(f"{name}_{tongue}" for name in TEXTS for tongue in ("zh", "en")))
MOST_OPEN = 200
"""Drafts and planned campaigns of one week."""


def create_campaign(week_id: int, values: Mapping[str, Any], *, actor: Actor) -> Campaign:
    """Write a draft; `values`: `purpose`, `subject_zh`, `body_zh` and their English, `sms_zh`, `channels`, `audience`.

    Raises: Refusal permission.denied, week.not_found, week.archived, campaign.too_many; Invalid field.required,
    message.unknown_names, message.channels, text.too_long, campaign.audience.
    """
    with transaction():
        week = _week(week_id, actor)
        open_states = (CampaignState.DRAFT, CampaignState.SCHEDULED)
        query = select(Campaign.id).where(Campaign.week_id == week_id, Campaign.state.in_(open_states)).limit(MOST_OPEN)
        if len(db.session.scalars(query).all()) >= MOST_OPEN:
            raise Refusal("campaign.too_many", most=MOST_OPEN)
        own = Campaign(week_id=week_id, created_at=now())
        _write(own, _checked(values, {}))
        db.session.add(own)
        db.session.flush()
        _keep("create", own, week, {}, actor)
    return own


def edit_campaign(week_id: int, code: str, values: Mapping[str, Any], *, version: int | None, actor: Actor) -> Campaign:
    """Change a draft or one that is planned; what is left out stays.

    Raises: Refusal permission.denied, week.not_found, week.archived, campaign.not_found, campaign.gone, version.stale;
    Invalid as at create_campaign.
    """
    with transaction():
        week = _week(week_id, actor)
        own = _open(week_id, code)
        refuse_stale(own, version)
        old = values_of(own)
        _write(own, _checked(values, old))
        db.session.flush()
        _keep("edit", own, week, old, actor)
    return own


def schedule_campaign(
    week_id: int, code: str, at: datetime | None, *, version: int | None = None, actor: Actor
) -> Campaign:
    """Let a campaign go at a time, None: now. Nobody in its audience: it is refused.

    Raises: Refusal permission.denied, week.not_found, week.archived, campaign.not_found, campaign.gone, version.stale,
    campaign.nobody, campaign.past.
    """
    with transaction():
        week = _week(week_id, actor)
        own = _open(week_id, code)
        refuse_stale(own, version)
        if at is not None and at < now():
            raise Refusal("campaign.past")
        people = count_people(week, read_audience(own.audience))
        if not people:
            raise Refusal("campaign.nobody")
        own.state, own.send_at = CampaignState.SCHEDULED, at or now()
        db.session.flush()
        enqueue_at(own.send_at, "campaigns.send", code=own.code)
        facts = {"at": own.send_at.isoformat(), "people": people, "purpose": own.purpose, "audience": own.audience}
        record(actor, "campaign.schedule", "campaign", own.code, week_id=week_id, **facts)
    return own


def cancel_campaign(week_id: int, code: str, *, version: int | None = None, actor: Actor) -> Campaign:
    """Take a campaign back: it goes to nobody any more, also what of it still waits. A second call changes nothing.

    Raises: Refusal permission.denied, week.not_found, week.archived, campaign.not_found, version.stale,
    campaign.gone when it is done.
    """
    with transaction():
        _week(week_id, actor)
        own = _get(week_id, code)
        refuse_stale(own, version)
        if own.state != CampaignState.CANCELLED:
            if not can_move(CampaignState(own.state), CampaignState.CANCELLED):
                raise Refusal("campaign.gone")
            own.state, own.finished_at = CampaignState.CANCELLED, now()
            stopped = withdraw_batch(own.code)
            record(actor, "campaign.cancel", "campaign", own.code, week_id=week_id, stopped=stopped, sent=own.people)
    return own


def try_campaign(week_id: int, code: str, *, actor: Actor) -> str:
    """Send a campaign to the actor's own address alone, in both languages it has; return the address.

    Raises: Refusal permission.denied, week.not_found, week.archived, campaign.not_found, campaign.no_address.
    """
    with transaction():
        week = _week(week_id, actor)
        own = _get(week_id, code)
        user = find_user(actor.id) if actor.id else None
        if user is None:
            raise Refusal("campaign.no_address")
        about = About(week.code, batch=own.code, urgent=True)
        for locale, body in (("zh-CN", own.body_zh), ("en", own.body_en)):
            if body:
                key = f"campaign_test:{own.code}:{random_code(12)}"
                send("campaigns/test", user.email, locale, {"name": user.name}, key, about=about)
        record(actor, "campaign.try", "campaign", own.code, week_id=week_id)
    return user.email


def values_of(own: Campaign) -> dict[str, Any]:
    """Return what a campaign says and for whom, as plain JSON."""
    return {name: getattr(own, name) for name in FIELDS}


def _week(week_id: int, actor: Actor) -> Week:
    require(actor, Verb.MESSAGES_EDIT, week_id)
    return editable_week(week_id)


def _get(week_id: int, code: str) -> Campaign:
    query = select(Campaign).where(Campaign.week_id == week_id, Campaign.code == code).with_for_update()
    own = db.session.scalar(query.execution_options(populate_existing=True))
    if own is None:
        raise Refusal("campaign.not_found")
    return own


def _open(week_id: int, code: str) -> Campaign:
    own = _get(week_id, code)
    if own.state not in (CampaignState.DRAFT, CampaignState.SCHEDULED):
        raise Refusal("campaign.gone")
    return own


def _write(own: Campaign, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(own, name, value)


def _keep(verb: str, own: Campaign, week: Week, old: Mapping[str, Any], actor: Actor) -> None:
    changes = differing(old, values_of(own))
    if changes:
        record(actor, f"campaign.{verb}", "campaign", own.code, week_id=week.id, fields=sorted(changes))


def _checked(values: Mapping[str, Any], old: Mapping[str, Any]) -> dict[str, Any]:
    errors: list[FieldError] = []
    checked: dict[str, Any] = {}
    for name, longest in (("purpose", 100), *((f"{n}_{t}", m) for n, m in TEXTS.items() for t in ("zh", "en"))):
        if name in values:
            checked[name] = _text(name, values[name], longest, errors)
    if "channels" in values:
        checked["channels"] = _channels(values["channels"], errors)
    if "audience" in values:
        checked["audience"] = _audience(values["audience"], errors)
    whole = {**old, **checked}
    errors += [
        FieldError(name, "field.required") for name in ("purpose", "subject_zh", "body_zh") if not whole.get(name)
    ]
    if errors:
        raise Invalid(errors)
    return checked


def _text(name: str, value: Any, longest: int, errors: list[FieldError]) -> str:
    if not isinstance(value, str):
        errors.append(FieldError(name, "json.type"))
        return ""
    try:
        text = clean_text(value, longest) if name.startswith("body") else clean_line(value, longest)
    except Refusal as refusal:
        errors.append(FieldError(name, refusal.code, refusal.facts))
        return ""
    unknown = list_unknown([text], NAMES) if name != "purpose" else []
    if unknown:
        named = "、".join(f"{{{one[:30]}}}" for one in unknown)
        errors.append(FieldError(name, "message.unknown_names", {"names": named}))
    return text


def _channels(value: Any, errors: list[FieldError]) -> str:
    names = value.split(",") if isinstance(value, str) else value
    if not names or names == [""]:
        return ""
    known = {str(Channel.EMAIL), str(Channel.SMS)}
    if not isinstance(names, list) or not all(isinstance(n, str) and n in known for n in names):
        errors.append(FieldError("channels", "message.channels"))
        return ""
    return ",".join(dict.fromkeys(names))


def _audience(value: Any, errors: list[FieldError]) -> dict[str, Any]:
    own = value if isinstance(value, dict) else {"": ""}
    states = own.get("states", [])
    lines = {name: own.get(name, "") for name in ("session", "kind", "city", "day", "way")}
    plain = all(isinstance(text, str) and len(text) <= 40 and text.isprintable() for text in lines.values())
    good = isinstance(states, list) and all(isinstance(s, str) and s in STATES for s in states)
    good = good and lines["way"] in ("", *WAYS)
    if not plain or not good or set(own) - {"states", *lines} or not _is_day(lines["day"]):
        errors.append(FieldError("audience", "campaign.audience"))
        return {}
    return read_audience(lines | {"states": states}).told()


def _is_day(text: str) -> bool:
    try:
        return not text or bool(date.fromisoformat(text))
    except ValueError:
        return False
