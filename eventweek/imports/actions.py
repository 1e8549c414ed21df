"""Verbs of every kind of file that is brought: keep, look through, confirm, carry out, discard, forget."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import partial
from typing import Any, Generic

from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import IntegrityError

from eventweek.accounts.queries import find_user
from eventweek.audit.actions import record
from eventweek.audit.actors import SYSTEM, Actor
from eventweek.imports.enums import OPEN, RUNNING, ImportState
from eventweek.imports.models import Import
from eventweek.imports.outcome import Outcome, refused
from eventweek.imports.queries import Row, get_brought
from eventweek.kernel import files
from eventweek.kernel.clock import now
from eventweek.kernel.db import after_commit, db, transaction
from eventweek.kernel.errors import Refusal
from eventweek.kernel.jobs import enqueue
from eventweek.kernel.progress import forget_progress
from eventweek.kernel.text import clean_line
from eventweek.kernel.tokens import random_code
from eventweek.programme.actions.verbs import editable_week
from eventweek.programme.queries import find_actor

KEPT = timedelta(days=30)
OVER = (ImportState.DONE, ImportState.FAILED, ImportState.DISCARDED)
"""In which nothing more is done with a file."""


class Wrong(Exception):
    """Ends the look at a file, or the transaction that was to take it in, in which something is wrong."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome


class Settled(Exception):
    """Another worker has ended the import meanwhile."""


class Imports(Generic[Row]):
    """One kind of file: its table, the job that goes on with it, and who may bring it.

    `allow` raises permission.denied. `keeps`: the file stays as long as its row, and is done with once it is wrong;
    else it goes with the end, and one that is wrong waits to be discarded.
    """

    def __init__(self, model: type[Row], job: str, allow: Callable[[Actor, int], None], *, keeps: bool) -> None:
        self.model, self.job, self.allow, self.keeps = model, job, allow, keeps
        self.over = (*OVER, ImportState.WRONG) if keeps else OVER

    def bring(
        self,
        week_id: int,
        name: str,
        digest: str,
        keep: Callable[[str], dict[str, Any]],
        *,
        actor: Actor,
        alike: Iterable[ColumnElement[bool]] = (),
        **facts: Any,
    ) -> Row:
        """Keep a file and let the worker look through it; the same again leads to the one that is still open.

        `keep` takes the new code and returns the columns of this kind with the kept `file`; `alike`: what else must be
        the same; `facts`: what the audit says.
        Raises: Refusal permission.denied, week.not_found, week.archived, file.disk_full.
        """
        code, model = random_code(), self.model
        with transaction():
            self.allow(actor, week_id)
            week = editable_week(week_id)
            query = select(model).where(model.week_id == week.id, model.digest == digest, model.actor == actor.label)
            if found := db.session.scalar(query.where(model.state.in_(OPEN), *alike).limit(1)):
                return found
            user = find_user(actor.id) if actor.id else None
            by = {"actor": actor.label, "user_id": actor.id, "epoch": user.epoch if user else 0}
            own = {"name": clean_line(name[-400:], 400)[-120:], "digest": digest, **keep(code)}
            stands = {"state": ImportState.CHECKING, "outcome": {}, "made_at": now()}
            made = model(code=code, week_id=week.id, **by, **own, **stands)
            db.session.add(made)
            enqueue(self.job, code=code)
            self._record(actor, "plan", made, **facts)
        return made

    def confirm(self, week_id: int, code: str, *, actor: Actor) -> Row:
        """Let the worker take in what was looked through. A second call changes nothing.

        Raises: Refusal permission.denied, week.not_found, week.archived, <noun>.not_found, <noun>.not_ready;
            <noun>.busy while another file of this kind goes into this week.
        """
        with transaction():
            own = self._locked(week_id, code, actor)
            if own.state in (ImportState.WAITING, ImportState.DONE):
                return own
            if own.state != ImportState.CHECKED:
                raise Refusal(f"{own.noun}.not_ready")
            own.state = ImportState.WAITING
            try:
                db.session.flush()
            except IntegrityError:
                raise Refusal(f"{self.model.noun}.busy") from None
            enqueue(self.job, code=code)
            self._record(actor, "confirm", own)
        return own

    def discard(self, week_id: int, code: str, *, actor: Actor) -> Row:
        """Leave a file that has not gone in. A second call changes nothing.

        Raises: Refusal permission.denied, week.not_found, week.archived, <noun>.not_found.
        """
        with transaction():
            own = self._locked(week_id, code, actor)
            if own.state not in self.over:
                self.end(own, ImportState.DISCARDED, own.outcome)
                self._record(actor, "discard", own)
        return own

    def carry_on(self, code: str, look: Callable[[Row], Outcome], take: Callable[[Row], None]) -> None:
        """Look through a file or take it in, as far as its state allows.

        `look` returns what is told; `take` ends the import by `finish` in the transaction of its change, so that a
        worker that is killed in the middle leaves nothing of the file, and the next one starts again. Both raise
        Wrong with what is told where something is wrong.
        """
        own = db.session.scalar(select(self.model).where(self.model.code == code))
        if own is None or own.state not in RUNNING:
            return
        try:
            if own.state == ImportState.WAITING:
                return take(own)
            self._settle(code, ImportState.CHECKED, look(own))
        except Settled:
            return
        except Wrong as wrong:
            self._settle(code, ImportState.WRONG, wrong.outcome)
        except Refusal as refusal:
            self._settle(code, ImportState.FAILED, refused(refusal))

    def waiting(self, code: str) -> Row:
        """Hold a file that is to go in until the caller's transaction ends.

        Raises: Settled.
        """
        own = self._row(code)
        if own.state != ImportState.WAITING:
            raise Settled
        return own

    def finish(self, own: Row, outcome: Outcome, actor: Actor, **facts: Any) -> None:
        """Close an import in the transaction of its change."""
        self.end(own, ImportState.DONE, outcome)
        self._record(actor, "done", own, **facts)

    def end(self, own: Row, state: ImportState, outcome: Outcome) -> None:
        """Write what has become of a file; one that is not kept goes with the commit."""
        own.state, own.outcome = state, outcome
        own.done_at = now() if state in self.over else None
        if own.file:
            forget_progress(own.file)
        if own.done_at and not self.keeps:
            _let_go(own)
            own.file = None

    def actor_of(self, own: Row) -> Actor:
        """Return who brought a file, with the rights that they have now.

        Raises: Refusal permission.denied.
        """
        actor = SYSTEM if own.user_id is None else find_actor(own.user_id, own.epoch)
        actor = actor or Actor(own.actor)
        self.allow(actor, own.week_id)
        return actor

    def drop_old(self) -> int:
        """Delete what was brought 30 days ago, in the caller's transaction; return how many there were."""
        old = db.session.scalars(select(self.model).where(self.model.made_at < now() - KEPT)).all()
        for own in old:
            _let_go(own)
            db.session.delete(own)
        return len(old)

    def _locked(self, week_id: int, code: str, actor: Actor) -> Row:
        self.allow(actor, week_id)
        return get_brought(self.model, editable_week(week_id).id, code, lock=True)

    def _row(self, code: str) -> Row:
        return db.session.scalars(select(self.model).where(self.model.code == code).with_for_update()).one()

    def _settle(self, code: str, state: ImportState, outcome: Outcome) -> None:
        with transaction():
            own = self._row(code)
            if own.state in RUNNING:
                self.end(own, state, outcome)
                self._record(SYSTEM, "settle", own, state=str(state))

    def _record(self, actor: Actor, verb: str, own: Row, **facts: Any) -> None:
        subject = str(self.model.__tablename__)
        record(actor, f"{own.noun}.{verb}", subject, own.code, week_id=own.week_id, **facts)


def _let_go(own: Import) -> None:
    if own.file:
        after_commit(partial(files.drop, own.file))
