"""What the modes mean: which sessions may not move."""

from msgspec.structs import replace

from eventweek.planner.problem import Problem


def as_meant(problem: Problem) -> Problem:
    """Return the problem as its mode means it: in `fill` everything that is published is locked there."""
    if problem.mode != "fill":
        return problem
    sessions = [replace(one, locked=True) if one.published else one for one in problem.sessions]
    return replace(problem, sessions=sessions)
