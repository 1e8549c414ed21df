"""Make, renew and void passes."""

import secrets

from sqlalchemy import func, select
from sqlalchemy.orm.attributes import set_committed_value

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.kernel import keys
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, insert_new, insert_row, transaction
from eventweek.kernel.errors import Refusal
from eventweek.kernel.tokens import derive
from eventweek.programme.queries import refuse_archived
from eventweek.registration.models import Attendee, Pass, PassToken
from eventweek.registration.passes import FEED, digest, new_token


def issue_pass(week_id: int, attendee: Attendee) -> Pass:
    """Add the pass of a new attendee with its first token, inside the caller's transaction."""
    own = Pass(week_id=week_id, attendee_id=attendee.id, seed=secrets.token_bytes(16), created_at=now())
    insert_row(own)
    set_committed_value(own, "attendee", attendee)
    while not _write_token(own, new_token(own.seed, 1)):
        own.seed = secrets.token_bytes(16)
    db.session.flush()
    return own


def reissue_pass(code: str, *, actor: Actor, owner: int | None = None) -> Pass:
    """Give a pass a new token; the old QR, short code and link answer "replaced" from now on.

    `owner`: the id of the pass by which the holder is known; without it the actor needs the permission.
    Raises: Refusal pass.not_found, pass.void, permission.denied, week.archived.
    """
    with transaction():
        own = _locked(code, actor, owner)
        if own.status != "active":
            raise Refusal("pass.void")
        epoch = 1 + max(token.epoch for token in own.tokens)
        for token in own.tokens:
            token.status = "replaced" if token.status == "active" else token.status
        db.session.flush()
        own.seed = own.seed if _is_fresh(own.seed, epoch) else _fresh_seed(epoch)
        own.tokens.append(new_token(own.seed, epoch))
        record(actor, "pass.reissue", "pass", own.code, week_id=own.week_id, epoch=epoch)
    return own


def renew_feed(pass_id: int, *, actor: Actor) -> Pass:
    """Give the holder's calendar its first or another secret address; the one before ends at once.

    Raises: Refusal pass.not_found, week.archived.
    """
    with transaction():
        query = select(Pass).where(Pass.id == pass_id, Pass.status == "active")
        own = db.session.scalar(query.with_for_update(key_share=True))
        if own is None:
            raise Refusal("pass.not_found")
        refuse_archived(own.week_id)
        own.feed_epoch, own.feed_key_id = own.feed_epoch + 1, keys.signing_key_id()
        own.feed_hash = digest(derive(keys.pass_key(own.feed_key_id) or b"", FEED, own.seed, own.feed_epoch, 16))
        record(actor, "pass.feed", "pass", own.code, week_id=own.week_id, epoch=own.feed_epoch)
    return own


def void_pass(code: str, *, actor: Actor) -> Pass:
    """Make a pass and all its tokens void.

    Raises: Refusal pass.not_found, permission.denied, week.archived.
    """
    with transaction():
        own = _locked(code, actor, None)
        own.status = "void"
        for token in own.tokens:
            token.status = "void"
        record(actor, "pass.void", "pass", own.code, week_id=own.week_id)
    return own


def _locked(code: str, actor: Actor, owner: int | None) -> Pass:
    own = db.session.scalar(select(Pass).where(Pass.code == code).with_for_update(key_share=True))
    if own is None or (owner is not None and own.id != owner):
        raise Refusal("pass.not_found")
    if owner is None:
        require(actor, Verb.REGISTRATIONS_EDIT, own.week_id)
    refuse_archived(own.week_id)
    return own


def _write_token(own: Pass, token: PassToken) -> bool:
    """Write the first token of a pass unless another pass has the same short code; that costs no look before."""
    values = {name: getattr(token, name) for name in ("epoch", "key_id", "token_hash", "short_hash", "manage_hash")}
    if not insert_new(PassToken, pass_id=own.id, status=token.status, **values):
        return False
    set_committed_value(own, "tokens", [token])
    return True


def _fresh_seed(epoch: int) -> bytes:
    seed = secrets.token_bytes(16)
    while not _is_fresh(seed, epoch):
        seed = secrets.token_bytes(16)
    return seed


def _is_fresh(seed: bytes, epoch: int) -> bool:
    """Say whether the short code is nobody's: among 10,000 codes of 40 bits two are equal once in 20,000 weeks."""
    short = new_token(seed, epoch).short_hash
    return not db.session.scalar(select(func.count()).where(PassToken.short_hash == short))
