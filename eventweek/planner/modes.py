"""What the modes mean: which sessions may not move."""

from msgspec.structs import replace

from eventweek.planner.problem import Pin, Problem, Session


def as_meant(problem: Problem) -> Problem:
    """Return the problem with pins for all that stays: what is locked, in `fill` also what is published."""
    sessions = [_held(one) if one.locked or problem.mode == "fill" else one for one in problem.sessions]
    return replace(problem, sessions=sessions)


def _held(session: Session) -> Session:
    """Return a session that stays where it is published; its pin, where it has one, says more."""
    if session.published is None:
        return session
    pin = session.pin or Pin()
    start = session.published.start if pin.start is None else pin.start
    return replace(session, pin=Pin(start=start, room=pin.room or session.published.room))
