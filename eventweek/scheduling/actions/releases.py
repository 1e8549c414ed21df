"""Publish the working plan, whole or a chosen set of sessions."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from sqlalchemy import delete, func, insert, select

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import Refusal
from eventweek.kernel.jobs import enqueue
from eventweek.kernel.text import clean_line
from eventweek.programme.actions.verbs import editable_week
from eventweek.programme.enums import WeekState
from eventweek.programme.models import Week
from eventweek.scheduling.enums import Action
from eventweek.scheduling.media import shown_files
from eventweek.scheduling.models import Published, PublishedFile, Release, ReleaseItem
from eventweek.scheduling.problems import Problem, clashes
from eventweek.scheduling.queries.board import list_problems_as
from eventweek.scheduling.queries.drafts import Draft, list_drafts
from eventweek.scheduling.queries.levels import levels
from eventweek.scheduling.queries.marks import list_changed_drafts
from eventweek.scheduling.queries.overrides import still_stopping
from eventweek.scheduling.queries.published import list_published
from eventweek.scheduling.rulebook import CLASHES, only_clashes_stop
from eventweek.scheduling.rules import named, occupied
from eventweek.scheduling.snapshot import Facts, digest, next_sequence, stamped


def release_schedule(
    week_id: int, *, actor: Actor, note: str, sessions: Sequence[str] | None = None, after: int | None = None
) -> Release:
    """Freeze what changed and switch the public to it, in one transaction.

    `sessions` names by code what is published now (None: all that changed); the others keep their snapshot. `after` is
    the number of the last release that the actor has seen (0: none has been, None: whatever was last).
    Raises: Refusal permission.denied, week.not_found, week.archived, week.draft, release.overtaken,
        release.unknown_session, release.tentative, release.no_change, release.blocked with `findings`, text.too_long.
    """
    with transaction():
        require(actor, Verb.RELEASE_PUBLISH, week_id)
        week = editable_week(week_id)
        if week.state == WeekState.DRAFT:
            raise Refusal("week.draft")
        last = db.session.scalar(select(func.max(Release.number)).where(Release.week_id == week.id)) or 0
        if after is not None and after != last:
            raise Refusal("release.overtaken", number=last)
        drafts = _chosen(week.id, sessions)
        if not drafts:
            raise Refusal("release.no_change")
        if found := _stopping(week, drafts):
            raise Refusal("release.blocked", findings=found, sessions=named(found))
        release = Release(week_id=week.id, number=last + 1, partial=sessions is not None, actor=actor.label, at=now())
        release.note = clean_line(note, 500)
        db.session.add(release)
        db.session.flush()
        values = {draft.session.id: _freeze(release, draft) for draft in drafts}
        _show_files(values)
        facts = {"number": release.number, "sessions": len(drafts), "partial": release.partial}
        record(actor, "release.publish", "week", week.code, week_id=week.id, **facts)
        enqueue("release.published", week_id=week.id)
    return release


def _chosen(week_id: int, codes: Sequence[str] | None) -> list[Draft]:
    drafts = list_changed_drafts(week_id) if codes is None else list_drafts(week_id, codes)
    if codes is not None and (unknown := sorted(set(codes) - {draft.session.code for draft in drafts})):
        raise Refusal("release.unknown_session", session=unknown[0][:16])
    if held := [draft.session.title for draft in drafts if codes is not None and draft.session.tentative]:
        raise Refusal("release.tentative", title=held[0], count=len(held))
    return [draft for draft in drafts if draft.action not in (None, Action.UNPLACED)]


def _stopping(week: Week, drafts: Sequence[Draft]) -> list[Problem]:
    """Return what stands against these drafts among what stays public beside them, and nobody lets pass."""
    fresh = {draft.session.code: draft.after for draft in drafts if draft.after}
    kept = {session.code: session.facts for session in list_published(week.id)}
    own = levels(week.id)
    public = [occupied(facts) for facts in (kept | fresh).values() if not facts["cancelled"]]
    found = clashes(public, own)
    if not only_clashes_stop(own):
        places = {placed.code: (placed.start, placed.room.code) for placed in public}
        found += [one for one in list_problems_as(week, places) if one.about.code not in CLASHES]
    return still_stopping(week.id, [one for one in found if set(one.sessions) & set(fresh)])


def _freeze(release: Release, draft: Draft) -> Facts:
    assert draft.after is not None and draft.action is not None
    old, value = draft.before, stamped(draft.after, release.at)
    item = ReleaseItem(
        week_id=release.week_id,
        release_id=release.id,
        session_id=draft.session.id,
        action=str(draft.action),
        snapshot=value,
        sha256=digest(value),
        sequence=next_sequence(old, value, draft.item.sequence if draft.item else 0),
        changed_at=release.at,
    )
    if pointer := db.session.get(Published, draft.session.id):
        pointer.item = item
    else:
        db.session.add(Published(week_id=release.week_id, session_id=draft.session.id, item=item))
    return value


def _show_files(values: Mapping[int, Facts]) -> None:
    """Let the public have exactly the files that these snapshots show, by session id; others lose their address."""
    db.session.execute(delete(PublishedFile).where(PublishedFile.session_id.in_(values)))
    rows = [{"session_id": own, **asdict(each)} for own, facts in values.items() for each in shown_files(facts)]
    if rows:
        db.session.execute(insert(PublishedFile), rows)
