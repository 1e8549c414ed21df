"""Publish the working plan, whole or a chosen set of sessions, or once more what an older release told."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.kernel.clock import now
from eventweek.kernel.db import AT_ONCE, db, run, transaction
from eventweek.kernel.errors import Refusal
from eventweek.kernel.jobs import enqueue
from eventweek.kernel.text import clean_line
from eventweek.programme.actions.verbs import editable_week
from eventweek.programme.enums import WeekState
from eventweek.programme.models import Week
from eventweek.scheduling.enums import Action
from eventweek.scheduling.media import shown_files
from eventweek.scheduling.models import Published, PublishedFile, Release, ReleaseItem
from eventweek.scheduling.queries.drafts import Draft, list_drafts
from eventweek.scheduling.queries.marks import list_changed_drafts
from eventweek.scheduling.queries.restoring import plan_restoration
from eventweek.scheduling.queries.stopping import list_stopping
from eventweek.scheduling.rules import named, titles
from eventweek.scheduling.snapshot import Facts, next_sequence, stamped, written


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
        week, last = _opened(week_id, actor, after)
        drafts = _chosen(week.id, sessions)
        release = _publish(week, drafts, Release(number=last + 1, partial=sessions is not None, note=note), actor)
        facts = {"number": release.number, "sessions": len(drafts), "partial": release.partial}
        record(actor, "release.publish", "week", week.code, week_id=week.id, **facts)
    return release


def restore_release(
    week_id: int,
    number: int,
    *,
    actor: Actor,
    note: str,
    sessions: Sequence[str] | None = None,
    after: int | None = None,
) -> Release:
    """Publish once more what an older release told of its sessions, or of these (codes), as a new release.

    The working plan stays as it is, and so does what was published first after that release. SEQUENCE goes up as with
    any release, so that calendars follow. `after`: as for `release_schedule`.
    Raises: what release_schedule raises but release.unknown_session of the plan; Refusal release.not_found,
        release.unrestorable with `barred` where it would bring back what was taken back since.
    """
    with transaction():
        week, last = _opened(week_id, actor, after)
        found = plan_restoration(week.id, number, sessions)
        if found.barred:
            raise Refusal("release.unrestorable", barred=found.barred, sessions=titles(found.barred))
        release = Release(number=last + 1, partial=sessions is not None, note=note)
        _publish(week, found.drafts, release, actor)
        facts = {"number": release.number, "of": number, "sessions": len(found.drafts), "partial": release.partial}
        record(actor, "release.restore", "week", week.code, week_id=week.id, **facts)
    return release


def _opened(week_id: int, actor: Actor, after: int | None) -> tuple[Week, int]:
    """Lock a week that the actor may publish; return it with the number of its last release."""
    require(actor, Verb.RELEASE_PUBLISH, week_id)
    week = editable_week(week_id)
    if week.state == WeekState.DRAFT:
        raise Refusal("week.draft")
    last = db.session.scalar(select(func.max(Release.number)).where(Release.week_id == week.id)) or 0
    if after is not None and after != last:
        raise Refusal("release.overtaken", number=last)
    return week, last


def _publish(week: Week, drafts: Sequence[Draft], release: Release, actor: Actor) -> Release:
    """Let the public read what the drafts say, unless something stands against it."""
    if not drafts:
        raise Refusal("release.no_change")
    if found := list_stopping(week, drafts):
        raise Refusal("release.blocked", findings=found, sessions=named(found))
    release.week_id, release.actor, release.at = week.id, actor.label, now()
    release.note = clean_line(release.note, 500)
    db.session.add(release)
    db.session.flush()
    _freeze(release, drafts)
    enqueue("release.published", week_id=week.id)
    return release


def _chosen(week_id: int, codes: Sequence[str] | None) -> list[Draft]:
    drafts = list_changed_drafts(week_id) if codes is None else list_drafts(week_id, codes)
    if codes is not None and (unknown := sorted(set(codes) - {draft.session.code for draft in drafts})):
        raise Refusal("release.unknown_session", session=unknown[0][:16])
    if held := [draft.session.title for draft in drafts if codes is not None and draft.session.tentative]:
        raise Refusal("release.tentative", title=held[0], count=len(held))
    return [draft for draft in drafts if draft.action not in (None, Action.UNPLACED)]


def _freeze(release: Release, drafts: Sequence[Draft]) -> None:
    """Write what the drafts say as the items of a release and let the public read it: a few statements for any number.

    The pointers follow the items in one statement, so that a reader finds all of a release or nothing of it.
    """
    values = {draft.session.id: stamped(draft.after, release.at) for draft in drafts if draft.after is not None}
    run(insert(ReleaseItem), [_item(release, draft, values[draft.session.id]) for draft in drafts])
    run(_POINT[db.engine.dialect.name], {"of_release": release.id})
    _show_files(values)


def _item(release: Release, draft: Draft, value: Facts) -> dict[str, Any]:
    text, sha256 = written(value)  # once for both: to write it is a quarter of a release
    return {
        "week_id": release.week_id,
        "release_id": release.id,
        "session_id": draft.session.id,
        "action": str(draft.action),
        "snapshot": text,
        "sha256": sha256,
        "sequence": next_sequence(draft.before, value, draft.item.sequence if draft.item else 0),
        "changed_at": release.at,
    }


def _pointing(dialect: Any) -> Any:
    """Return the statement that lets the public read the items of `:of_release`, instead of older ones."""
    own = ReleaseItem.__table__.c
    items = select(own.session_id, own.week_id, own.id).where(own.release_id == bindparam("of_release"))
    point = dialect.insert(Published).from_select(["session_id", "week_id", "item_id"], items)
    return point.on_conflict_do_update(index_elements=["session_id"], set_={"item_id": point.excluded.item_id})


_POINT = {"sqlite": _pointing(sqlite), "postgresql": _pointing(postgresql)}


def _show_files(values: Mapping[int, Facts]) -> None:
    """Let the public have exactly the files that these snapshots show, by session id; others lose their address."""
    ids = list(values)
    for start in range(0, len(ids), AT_ONCE):
        run(delete(PublishedFile).where(PublishedFile.session_id.in_(ids[start : start + AT_ONCE])))
    rows = [{"session_id": own, **asdict(each)} for own, facts in values.items() for each in shown_files(facts)]
    if rows:
        run(insert(PublishedFile), rows)
