"""Send one-time codes to a phone or an e-mail address, and take them: whose contact it is, is proven by nothing else.

Nothing here depends on whether somebody of that contact is registered: same answer, same work.
"""

import secrets
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from hmac import compare_digest

from sqlalchemy import delete, or_, select, update

from eventweek.kernel.clock import now
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import Refusal
from eventweek.kernel.keys import contact_hash
from eventweek.kernel.limits import limited
from eventweek.kernel.tokens import random_code
from eventweek.kernel.work import SpentWork, spend
from eventweek.registration.contacts import contact_key
from eventweek.registration.messages import tell_code
from eventweek.registration.models import ContactCode
from eventweek.registration.queries.codes import PROOF_LIFE, is_proven

LIFE = timedelta(minutes=10)
TRIES = 5
_PER_CONTACT = "1/minute;3/10minute;10/day"
_PER_DEVICE, _PER_ADDRESS = "20/hour", "600/hour"
_UNWORKED_DEVICE, _UNWORKED_ADDRESS = "6/hour", "60/hour"
"""Without proof of work, as from a browser without scripts: few, but nobody is locked out."""


@dataclass(frozen=True)
class CodeWish:
    """Who asks for a code: `kind` phone or email with its normalised value; `device` and `address` are only counted;
    a program has no device.

    `work`: a solved challenge, empty where the browser cannot.
    """

    week_id: int
    kind: str
    value: str
    locale: str
    device: str
    address: str
    work: str = ""


def request_code(wish: CodeWish) -> str:
    """Send a code and return the secret under which it is typed.

    Raises: Refusal limit.reached, work.wrong, work.expired, work.used.
    """
    key = contact_key(wish.kind, wish.value)
    limited("code.contact", _PER_CONTACT, key)
    if wish.device:
        limited("code.device", _PER_DEVICE if wish.work else _UNWORKED_DEVICE, wish.device)
    limited("code.address", _PER_ADDRESS if wish.work else _UNWORKED_ADDRESS, f"{bool(wish.work)} {wish.address}")
    code, at = f"{secrets.randbelow(10**6):06d}", now()
    with transaction():
        if wish.work:
            spend(wish.work)
        row = ContactCode(week_id=wish.week_id, kind=wish.kind, contact_key=key, made_at=at, expires_at=at + LIFE)
        row.ref = random_code(26)
        row.code_hash = _hash(row.ref, code)
        db.session.add(row)
        db.session.flush()
        tell_code(wish.kind, wish.value, wish.locale, code, int(LIFE.total_seconds()) // 60, row.id)
    return row.ref


def prove_contact(ref: str, typed: str) -> None:
    """Take a typed code; from then on `ref` is the proof, and typing it again changes nothing.

    Each try counts, whatever becomes of the request. Raises: Refusal code.wrong with the tries `left`,
    code.expired also for a code that never was.
    """
    code = "".join(c for c in unicodedata.normalize("NFKC", typed[:40]) if c.isalnum())
    with transaction():
        if is_proven(ref):
            return
        row = _count_try(ref) if ref and ref.isprintable() else None
        right = row is not None and compare_digest(_hash(row.ref, code), row.code_hash)
        if row is not None and right:
            row.proven_at = now()
    if row is None:
        raise Refusal("code.expired")
    if not right:
        raise Refusal("code.wrong", left=TRIES - row.tries)


def _count_try(ref: str) -> ContactCode | None:
    """Count a try in the statement that asks whether there is one left, so that no two share it."""
    open_now = (ContactCode.ref == ref, ContactCode.tries < TRIES, ContactCode.expires_at > now())
    counted = update(ContactCode).where(*open_now).values(tries=ContactCode.tries + 1).returning(ContactCode.id)
    found = db.session.scalar(counted.execution_options(synchronize_session=False))
    return db.session.scalar(select(ContactCode).where(ContactCode.id == found)) if found else None


def purge_codes() -> None:
    """Delete the codes whose proof is over and the solutions whose challenge has expired."""
    with transaction():
        over = or_(ContactCode.proven_at.is_(None), ContactCode.proven_at <= now() - PROOF_LIFE)
        db.session.execute(delete(ContactCode).where(ContactCode.expires_at <= now(), over))
        db.session.execute(delete(SpentWork).where(SpentWork.expires_at <= now()))


def _hash(ref: str, code: str) -> str:
    return contact_hash(f"eventweek/code/1/{ref}/{code}".encode("utf-8", "replace"))
