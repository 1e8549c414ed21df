"""Do something, look at what came of it, and undo it."""

from collections.abc import Callable
from typing import Generic, TypeVar

from eventweek.kernel.db import transaction

T = TypeVar("T")


class _Foreseen(Exception, Generic[T]):
    """Carries what was seen out of a transaction that shall leave nothing behind."""

    def __init__(self, seen: T) -> None:
        super().__init__()
        self.seen = seen


def foresee(act: Callable[[], T]) -> T:
    """Return what an action returns, without doing it.

    Raises: what the action raises.
    """
    try:
        with transaction():
            raise _Foreseen(act())
    except _Foreseen as foreseen:
        seen: T = foreseen.seen
        return seen
