"""Give certificates of attendance; whoever asks twice gets the same one."""

import secrets
from collections.abc import Iterable

from sqlalchemy import select

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actions import record
from eventweek.audit.actors import VISITOR, Actor
from eventweek.checkin.certificates import code_of, hash_of
from eventweek.checkin.models import AttendanceCertificate
from eventweek.checkin.queries.certificates import Attended, list_attended, list_own
from eventweek.kernel import keys
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import Refusal
from eventweek.programme.enums import WeekState
from eventweek.programme.models import Week
from eventweek.programme.queries import get_week, refuse_archived
from eventweek.registration.models import Pass


def issue_certificate(pass_id: int, kind: str, code: str) -> str:
    """Give the holder of a pass their certificate for an offering or a session (`kind`, `code`); return its own code.

    Raises: Refusal certificate.no_subject, certificate.off, certificate.not_over, certificate.not_attended,
    certificate.too_short, week.archived where it was not given before, pass.not_found.
    """
    with transaction():
        own = _locked(pass_id)
        found = [one for one in list_own(own) if (one.subject.kind, one.subject.code) == (kind, code)]
        if not found:
            raise Refusal("certificate.no_subject")
        if found[0].why_not:
            raise found[0].why_not
        if found[0].row:
            return found[0].row.code
        refuse_archived(own.week_id)
        row = _given(found[0])
        db.session.add(row)
        db.session.flush()
        record(VISITOR, "certificate.issue", "attendance_certificate", row.code, week_id=row.week_id, people=1)
        return row.code


def issue_certificates(week_id: int, kind: str, code: str, *, actor: Actor) -> list[Attended]:
    """Give everybody theirs who attended an offering or a session; return all that are good, by name.

    Of an archived week those that were given before. Raises: Refusal permission.denied, certificate.no_subject.
    """
    with transaction():
        require(actor, Verb.REGISTRATIONS_READ, week_id)
        week = get_week(week_id)
        due = _due(week, kind, code, actor)
        if week.state != WeekState.ARCHIVED:
            _lock(one.own.id for one in due if one.row is None)
            fresh = [one for one in _due(week, kind, code, actor) if one.row is None]
            db.session.add_all([_given(one) for one in fresh])
            db.session.flush()
            if fresh:
                record(actor, "certificate.issue", "attendance_certificate", code, week_id=week_id, people=len(fresh))
        found = _due(week, kind, code, actor)
    return [one for one in found if one.row is not None]


def _due(week: Week, kind: str, code: str, actor: Actor) -> list[Attended]:
    return [one for one in list_attended(week, kind, code, actor=actor) if one.why_not is None]


def _locked(pass_id: int) -> Pass:
    own = db.session.scalar(select(Pass).where(Pass.id == pass_id).with_for_update(key_share=True))
    if own is None or own.status != "active":
        raise Refusal("pass.not_found")
    return own


def _lock(pass_ids: Iterable[int]) -> None:
    """Wait for whoever is fetching their own at this moment."""
    query = select(Pass.id).where(Pass.id.in_(list(pass_ids))).order_by(Pass.id).with_for_update(key_share=True)
    db.session.execute(query).all()


def _given(one: Attended) -> AttendanceCertificate:
    seed, key_id = secrets.token_bytes(16), keys.signing_key_id()
    return AttendanceCertificate(
        week_id=one.own.week_id,
        pass_id=one.own.id,
        seed=seed,
        key_id=key_id,
        token_hash=hash_of(code_of(seed, key_id)),
        needed_min=one.claim.needed,
        issued_at=now(),
        **{f"{one.subject.kind}_id": one.subject.id},
    )
