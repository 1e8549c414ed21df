"""Proofs: codes that were typed, for some time after."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from eventweek.kernel.clock import now
from eventweek.kernel.db import db
from eventweek.registration.models import ContactCode

PROOF_LIFE = timedelta(hours=1)
"""How long after the code was typed its proof may be used: long enough to fill a form."""


@dataclass(frozen=True)
class Proof:
    """That a contact is theirs: `kind` phone or email, and its keyed hash."""

    kind: str
    contact_key: str


def find_proof(week_id: int, ref: str) -> Proof | None:
    """Return what somebody proved in this week, None when they did not, or too long ago."""
    row = _find(ref)
    return Proof(row.kind, row.contact_key) if row and row.week_id == week_id else None


def is_proven(ref: str) -> bool:
    """Say whether the code of that secret was typed, not too long ago."""
    return _find(ref) is not None


def _find(ref: str) -> ContactCode | None:
    if not ref or not ref.isprintable():
        return None
    query = select(ContactCode).where(ContactCode.ref == ref, ContactCode.proven_at > now() - PROOF_LIFE)
    return db.session.scalar(query)
