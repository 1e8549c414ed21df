"""Publish, and settle in the same transaction what the release does to registrations."""

from collections.abc import Sequence

from eventweek.audit.actors import Actor
from eventweek.kernel.db import Bilingual, transaction
from eventweek.programme.actions.sessions import cancel_session
from eventweek.registration.actions import bound_offers, end_cancelled
from eventweek.scheduling.actions import release_schedule
from eventweek.scheduling.models import Release


def publish(
    week_id: int, *, actor: Actor, note: str, sessions: Sequence[str] | None = None, after: int | None = None
) -> Release:
    """Release the working plan, or these sessions only (codes), and end the registrations of what is cancelled.

    Everybody who loses a seat gets a message; none of it happens without the rest.
    Raises: what release_schedule raises.
    """
    with transaction():
        release = release_schedule(week_id, actor=actor, note=note, sessions=sessions, after=after)
        end_cancelled(week_id, actor=actor)
        bound_offers(week_id)
    return release


def cancel_and_publish(code: str, *, reason: Bilingual, actor: Actor, note: str) -> Release:
    """Cancel a session and publish that at once; the other sessions keep what is published of them.

    Raises: what cancel_session and publish raise; then the session is not cancelled either.
    """
    with transaction():
        session = cancel_session(code, reason=reason, actor=actor)
        return publish(session.week_id, actor=actor, note=note, sessions=[code])
