"""The states of an edition and the way between them (pure)."""

from eventweek.programme.enums import WeekState

TRANSITIONS: dict[str, tuple[str, ...]] = {
    WeekState.DRAFT: (WeekState.OPEN,),
    WeekState.OPEN: (WeekState.CLOSED,),
    WeekState.CLOSED: (WeekState.OPEN, WeekState.ARCHIVED),
    WeekState.ARCHIVED: (),
}


def can_become(old: str, new: str) -> bool:
    """Say whether an edition may go from one state to the other."""
    return new in TRANSITIONS[old]
