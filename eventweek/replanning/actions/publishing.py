"""Publish, and settle in the same transaction what the release does to registrations."""

from collections.abc import Callable, Mapping, Sequence

from eventweek.audit.actors import Actor
from eventweek.kernel.db import Bilingual, transaction
from eventweek.kernel.jobs import enqueue
from eventweek.programme.actions.sessions import cancel_session
from eventweek.programme.queries import get_week
from eventweek.registration.actions import bound_allotments, bound_offers, end_cancelled
from eventweek.registration.actions.seats import lock
from eventweek.replanning.actions.noting import note_affected
from eventweek.replanning.actions.settling import UNDECIDED, Decision, settle_sizes
from eventweek.replanning.queries.effects import Effects, list_touched, read_effects
from eventweek.replanning.rules import Facts
from eventweek.scheduling.actions import release_schedule, restore_release
from eventweek.scheduling.history import map_snapshots
from eventweek.scheduling.models import Release
from eventweek.scheduling.queries import list_published


def publish(
    week_id: int,
    *,
    actor: Actor,
    note: str,
    sessions: Sequence[str] | None = None,
    after: int | None = None,
    decision: Decision = UNDECIDED,
) -> Release:
    """Release the working plan, or these sessions only (codes), and settle what it does to people.

    What is called off ends its registrations; whose session moves is asked to keep, change or cancel; a room that got
    smaller gives its offerings its size, as `decision` says where seats are short. Everybody concerned gets a message;
    none of it happens without the rest.
    Raises: what release_schedule and settle_sizes raise.
    """
    return _settled(
        week_id,
        lambda: release_schedule(week_id, actor=actor, note=note, sessions=sessions, after=after),
        decision,
        actor,
    )


def restore(
    week_id: int,
    number: int,
    *,
    actor: Actor,
    note: str,
    sessions: Sequence[str] | None = None,
    after: int | None = None,
    decision: Decision = UNDECIDED,
) -> Release:
    """Publish once more what an older release told, and settle what that does to people, like any release.

    Raises: what restore_release and settle_sizes raise.
    """
    return _settled(
        week_id,
        lambda: restore_release(week_id, number, actor=actor, note=note, sessions=sessions, after=after),
        decision,
        actor,
    )


def _settled(week_id: int, release_it: Callable[[], Release], decision: Decision, actor: Actor) -> Release:
    with transaction():
        before = {session.id: session.facts for session in list_published(week_id)}
        release = release_it()
        effects = _effects(release, before)
        displaced = settle_sizes(week_id, effects.resizings, decision, actor=actor)
        end_cancelled(week_id, actor=actor)
        bound_offers(week_id)
        bound_allotments(week_id)
        note_affected(release, effects, displaced, actor=actor)
        enqueue("release.tell", week_id=week_id, number=release.number)
    return release


def _effects(release: Release, before: Mapping[int, Facts]) -> Effects:
    """Return what the release does to people, the seats that it concerns being locked: nobody slips in unseen."""
    pairs = [(own, before.get(own), facts) for own, facts in map_snapshots(release.id).items()]
    lock(list_touched(pairs))
    return read_effects(get_week(release.week_id), pairs)


def cancel_and_publish(code: str, *, reason: Bilingual, actor: Actor, note: str) -> Release:
    """Cancel a session and publish that at once; the other sessions keep what is published of them.

    Raises: what cancel_session and publish raise; then the session is not cancelled either.
    """
    with transaction():
        session = cancel_session(code, reason=reason, actor=actor)
        return publish(session.week_id, actor=actor, note=note, sessions=[code])
