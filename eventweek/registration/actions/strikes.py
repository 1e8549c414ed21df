"""Count no-shows against people: switch it on for a week, appeal, decide on appeals, lift."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, select, update

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.kernel.text import clean_line, clean_text
from eventweek.programme.actions.verbs import editable_week
from eventweek.programme.queries import refuse_archived
from eventweek.registration.actions import seats
from eventweek.registration.actions.promotion import promote
from eventweek.registration.enums import State, StrikeDecision, StrikeEffect, StrikeState
from eventweek.registration.messages import tell_no_show, tell_no_show_decided
from eventweek.registration.models import Pass, Registration, Strike, StrikeRule, StrikeStep
from eventweek.registration.queries.desk import is_in_reach
from eventweek.registration.queries.offerings import OpenOffering, load_offerings
from eventweek.registration.queries.passes import holders
from eventweek.registration.queries.strikes import effect_on, find_rule
from eventweek.registration.rules import Reason
from eventweek.registration.strikes import BEHIND, MOST_MISSES, STANDING, decided, say_rule, why_no_appeal


def set_strike_rule(week_id: int, misses: int, effect: str, *, version: int | None, actor: Actor) -> StrikeRule:
    """Let no-shows of a week count, from so many on (1-10), from now on; or change the number and what follows.

    `version`: the one that was seen, 0 while nothing counts, None for whatever stands.
    Raises: Refusal permission.denied, week.not_found, week.archived, version.stale; Invalid strike.misses, json.choice.
    """
    with transaction():
        require(actor, Verb.WEEK_EDIT, week_id)
        week = editable_week(week_id)
        row = find_rule(week_id)
        _refuse_stale(row.version if row else 0, version)
        _check_rule(misses, effect)
        before = [row.misses, row.effect] if row else None
        if row is None:
            row = StrikeRule(week_id=week_id, since=now())
            db.session.add(row)
        row.misses, row.effect = misses, effect
        db.session.flush()
        if before != [misses, effect]:
            record(actor, "strike_rule.edit", "week", week.code, week_id=week_id, rule=[before, [misses, effect]])
    return row


def drop_strike_rule(week_id: int, *, version: int | None, actor: Actor) -> None:
    """Let no-shows of a week count no more: nothing follows from them and nobody is shown any; once more is no change.

    Raises: Refusal permission.denied, week.not_found, week.archived, version.stale.
    """
    with transaction():
        require(actor, Verb.WEEK_EDIT, week_id)
        week = editable_week(week_id)
        row = find_rule(week_id)
        _refuse_stale(row.version if row else 0, version)
        if row is not None:
            db.session.delete(row)
            db.session.flush()
            _put_forward(_lock_behind(Registration.week_id == week_id), Registration.week_id == week_id)
            record(actor, "strike_rule.edit", "week", week.code, week_id=week_id, rule=[[row.misses, row.effect], None])


def give_strike(own: OpenOffering, row: Registration, rule: StrikeRule, *, actor: Actor) -> Strike:
    """Count a no-show against the holder of a registration and tell them, inside the caller's transaction."""
    strike = Strike(registration_id=row.id, state=StrikeState.GIVEN, given_at=now())
    _step(strike, StrikeState.GIVEN, actor)
    record(actor, "strike.give", "strike", strike.code, week_id=row.week_id, registration=row.code)
    for week, holder, _row in holders([row]):
        tell_no_show(week, holder, own, row, say_rule(rule.misses, rule.effect))
    return strike


def appeal_strike(code: str, text: str, *, owner: int, actor: Actor) -> Strike:
    """Say why a no-show should not count, once; until it is decided it does not.

    `owner`: id of the pass of its holder. `text`: at most 500 characters.
    Raises: Refusal strike.not_found, strike.appealed, strike.closed, week.archived, text.too_long; Invalid
    field.required at `text`.
    """
    with transaction():
        strike = _lock(code)
        holder = db.session.get(Pass, owner)
        row = strike.registration
        if holder is None or (row.attendee_id, row.week_id) != (holder.attendee_id, holder.week_id):
            raise Refusal("strike.not_found")
        rule = find_rule(row.week_id)
        if rule is None or strike.given_at <= rule.since:
            raise Refusal("strike.not_found")
        refuse_archived(row.week_id)
        why = why_no_appeal(strike.state)
        if why:
            raise Refusal(why.code)
        words = clean_text(text, 500)
        if not words:
            raise Invalid([FieldError("text", "field.required")])
        _move(strike, StrikeState.APPEALED, actor, words=words)
    return strike


def decide_strike(
    week_id: int, code: str, decision: StrikeDecision, reason: str, *, actor: Actor, version: int | None = None
) -> Strike:
    """Accept or reject an appeal, or lift a strike without one; the person is told with the reason (200 characters).

    Where nothing follows any more, places on waiting lists go back to where they would have been.
    Raises: Refusal permission.denied, week.archived, strike.not_found, strike.closed, strike.not_appealed,
    version.stale, text.too_long; Invalid field.required at `reason`.
    """
    with transaction():
        require(actor, Verb.REGISTRATIONS_EDIT, week_id)
        refuse_archived(week_id)
        waiting, strike = _lock_behind(_struck_by(code)), _lock(code)
        row = strike.registration
        own = next(iter(load_offerings([row.offering_id])), None)
        if row.week_id != week_id or own is None or not is_in_reach(own, Verb.REGISTRATIONS_EDIT, actor):
            raise Refusal("strike.not_found")
        _refuse_stale(strike.version, version)
        after = decided(strike.state, decision)
        if isinstance(after, Reason):
            raise Refusal(after.code)
        words = clean_line(reason, 200)
        if not words:
            raise Invalid([FieldError("reason", "field.required")])
        _move(strike, after, actor, words=words)
        for week, holder, _row in holders([row]):
            tell_no_show_decided(week, holder, own, row, strike, words)
        _restore(row, waiting)
    return strike


def lift_strikes(registration_ids: Collection[int], reason: str, *, actor: Actor) -> int:
    """Lift what stands of strikes of registrations, inside the caller's transaction; return how many.

    `reason`: a code, told by the page: came, changed, not_in, merged, erased.
    """
    standing = Strike.registration_id.in_(registration_ids), Strike.state.in_(STANDING)
    lifted = 0
    for code in db.session.scalars(select(Strike.code).where(*standing).order_by(Strike.id)).all():
        waiting, strike = _lock_behind(_struck_by(code)), _lock(code)
        if strike.state in STANDING:
            _move(strike, StrikeState.LIFTED, actor, reason=reason)
            _restore(strike.registration, waiting)
            lifted += 1
    return lifted


def _lock(code: str) -> Strike:
    query = select(Strike).where(Strike.code == _known(code)).with_for_update()
    strike = db.session.scalar(query.execution_options(populate_existing=True))
    if strike is None:
        raise Refusal("strike.not_found")
    return strike


def _known(code: str) -> str:
    return code if code.isprintable() else ""  # PostgreSQL knows no NUL


def _struck_by(code: str) -> ColumnElement[bool]:
    """Select registrations of the holder of a strike."""
    whose = select(Registration.attendee_id).join(Strike, Strike.registration_id == Registration.id)
    return Registration.attendee_id.in_(whose.where(Strike.code == _known(code)))


def _lock_behind(*whose: ColumnElement[bool]) -> set[int]:
    """Lock the seats of what people wait for behind the others, before any strike; return the offerings."""
    behind = (Registration.state == State.WAITLISTED, Registration.queue_priority == BEHIND)
    found = set(db.session.scalars(select(Registration.offering_id).where(*whose, *behind)))
    seats.lock(found)
    return found


def _restore(row: Registration, offerings: Collection[int]) -> None:
    """Put somebody forward against whom not enough counts any more."""
    if not db.session.scalar(select(effect_on(row.week_id, row.attendee_id))):
        _put_forward(offerings, Registration.attendee_id == row.attendee_id, Registration.week_id == row.week_id)


def _put_forward(offerings: Collection[int], *whose: ColumnElement[bool]) -> None:
    """Let people wait where they would have waited without strikes; who fits now gets the free seats."""
    behind = update(Registration).where(*whose, Registration.queue_priority == BEHIND)
    values = {"queue_priority": 0, "version": Registration.version + 1}
    db.session.execute(behind.values(**values), execution_options={"synchronize_session": "fetch"})
    for own in load_offerings(sorted(offerings)):
        promote(own)


def _move(strike: Strike, after: StrikeState, actor: Actor, *, reason: str = "", words: str = "") -> None:
    before = strike.state
    strike.state = after
    _step(strike, after, actor, reason=reason, words=words)
    facts = {"state": [before, str(after)]} | ({"reason": reason} if reason else {})
    record(actor, f"strike.{after}", "strike", strike.code, week_id=strike.registration.week_id, **facts)


def _step(strike: Strike, after: StrikeState, actor: Actor, *, reason: str = "", words: str = "") -> None:
    db.session.add(strike)
    db.session.flush()
    step = {"to_state": after, "actor": actor.label, "reason": reason, "words": words}
    db.session.add(StrikeStep(strike_id=strike.id, at=now(), **step))
    db.session.flush()


def _check_rule(misses: int, effect: str) -> None:
    errors = []
    if isinstance(misses, bool) or not isinstance(misses, int) or not 1 <= misses <= MOST_MISSES:
        errors.append(FieldError("misses", "strike.misses", {"most": MOST_MISSES}))
    if effect not in set(StrikeEffect):
        errors.append(FieldError("effect", "json.choice", {"choices": ", ".join(StrikeEffect)}))
    if errors:
        raise Invalid(errors)


def _refuse_stale(stands: int, seen: int | None) -> None:
    if seen is not None and seen != stands:
        raise Refusal("version.stale", fields=[], version=stands)
