"""Find passes by what is scanned, typed or opened; the database knows only hashes."""

import hmac
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from eventweek.kernel.db import db
from eventweek.kernel.errors import Refusal
from eventweek.kernel.tokens import is_code
from eventweek.programme.models import Week
from eventweek.registration import passes
from eventweek.registration.models import Pass, PassToken, Registration


@dataclass(frozen=True)
class PassFound:
    """The pass that a token was made for, and what became of the token: `active`, `replaced` or `void`."""

    own: Pass
    status: str


def find_pass_by_token(text: str) -> PassFound | None:
    """Return the pass of a scanned token or address; None when it is malformed, forged or altered."""
    token = passes.parse_token(text)
    return _find(lambda named: named.token_hash == passes.digest(token)) if token else None


def find_pass_by_short_code(text: str) -> PassFound | None:
    """Return the pass of a typed short code; None when there is none. Only enrolled devices may ask."""
    code = passes.parse_short_code(text)
    return _find(lambda named: named.short_hash == passes.digest(code)) if code else None


def find_pass_by_manage_token(text: str) -> Pass | None:
    """Return the active pass of an owner's link; None for anything else, also for a replaced link."""
    found = find_pass_of_link(text)
    return found.own if found and found.status == "active" else None


def find_pass_of_link(text: str) -> PassFound | None:
    """Return the pass of an owner's link and what became of the link; None when it is malformed or forged."""
    token = passes.parse_token(text)
    return _find(lambda named: named.manage_hash == passes.digest(token)) if token else None


def find_pass_by_reminder(code: str, day: str, text: str) -> Pass | None:
    """Return the active pass of a reminder's link for a day; None for anything else, also for a replaced link."""
    return _proven(code, text, day, passes.reminder_token_of) if re.fullmatch(r"20\d\d-\d\d-\d\d", day) else None


def find_pass_by_answer(code: str, registration: str, text: str) -> Pass | None:
    """Return the active pass of a link that answers for a registration; None for anything else."""
    return _proven(code, text, registration, passes.answer_token_of) if is_code(registration) else None


def find_pass(pass_id: int) -> Pass | None:
    """Return a pass with its holder and tokens."""
    return db.session.scalar(_WITH_HOLDER.where(Pass.id == pass_id))


def find_pass_by_code(code: str) -> Pass | None:
    """Return a pass by its code."""
    return db.session.scalar(_WITH_HOLDER.where(Pass.code == code))


def find_active_pass(week_id: int, attendee_id: int) -> Pass | None:
    """Return the active pass of a person in a week."""
    own = (Pass.week_id == week_id, Pass.attendee_id == attendee_id, Pass.status == "active")
    return db.session.scalar(_WITH_HOLDER.where(*own))


def find_pass_by_feed_token(text: str) -> Pass | None:
    """Return the active pass of a calendar's secret address; None for anything else, also for a replaced address."""
    token = passes.parse_token(text)
    own = db.session.scalar(_WITH_HOLDER.where(Pass.feed_hash == passes.digest(token))) if token else None
    return own if own and own.status == "active" else None


def holders(rows: Sequence[Registration]) -> list[tuple[Week, Pass, Registration]]:
    """Return registrations with their week and the active pass of the person, in one statement."""
    query = (
        _WITH_HOLDER.add_columns(Week, Registration)
        .join(Week, Week.id == Pass.week_id)
        .join(Registration, (Registration.attendee_id == Pass.attendee_id) & (Registration.week_id == Pass.week_id))
        .where(Pass.status == "active", Registration.id.in_([row.id for row in rows]))
        .order_by(Registration.id)
    )
    return [(week, own, row) for own, week, row in db.session.execute(query)] if rows else []


_WITH_HOLDER = select(Pass).options(joinedload(Pass.attendee, innerjoin=True), selectinload(Pass.tokens))


def _proven(code: str, text: str, about: str, derive: Callable[[Pass, str], str]) -> Pass | None:
    """Return the active pass of that code where `text` is its secret for what the link is about."""
    token = passes.parse_token(text)
    own = find_pass_by_code(code) if token and is_code(code) else None
    if own is None or token is None or own.status != "active":
        return None
    try:
        right = derive(own, about)
    except Refusal:
        return None
    return own if hmac.compare_digest(token, right) else None


def _find(condition: Callable[[type[PassToken]], ColumnElement[bool]]) -> PassFound | None:
    """Return the pass that one of its tokens names, in one statement, with its holder and all its tokens."""
    named = aliased(PassToken)
    query = select(Pass, named).join(named, named.pass_id == Pass.id).join(Pass.attendee).join(Pass.tokens)
    query = query.options(contains_eager(Pass.attendee), contains_eager(Pass.tokens)).order_by(PassToken.epoch)
    row = db.session.execute(query.where(condition(named))).unique().first()
    if row is None:
        return None
    own, token = row
    return PassFound(own, token.status if own.status == "active" else own.status)
