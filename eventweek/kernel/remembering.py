"""What a process remembers of a database for as long as a stamp of it stays the same."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary, WeakSet

from sqlalchemy import Engine

from eventweek.kernel.db import db

V = TypeVar("V")
_every: WeakSet["Memory[Any]"] = WeakSet()


def forget() -> None:
    """Forget everything, for whoever puts another database in the place of one that is known."""
    for memory in _every:
        memory.clear()


class _Slot(Generic[V]):
    """One value, its stamp and its age; who makes it anew holds the lock, and others who want it wait."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.held: tuple[Hashable, float, V] | None = None


class Memory(Generic[V]):
    """Values by key, a few of each database; one is made anew when its stamp is another, or when it is too old.

    `most`: values of one database that are kept, those asked for last. `seconds`: the oldest that is still handed out.
    """

    def __init__(self, most: int, seconds: float) -> None:
        self._most, self._seconds, self._lock = most, seconds, Lock()
        self._kept: WeakKeyDictionary[Engine, OrderedDict[Hashable, _Slot[V]]] = WeakKeyDictionary()
        _every.add(self)

    def clear(self) -> None:
        """Forget what is remembered of every database."""
        with self._lock:
            self._kept.clear()

    def recall(self, key: Hashable, stamp: Hashable, make: Callable[[], V]) -> V:
        """Return what is remembered under a key with this stamp, else what `make` makes: once, however many wait.

        The stamp must have been read before `make` reads: what it makes is then at least as new.
        """
        slot = self._slot(key)
        with slot.lock:
            held = slot.held
            if held is None or held[0] != stamp or time.monotonic() - held[1] >= self._seconds:
                slot.held = held = (stamp, time.monotonic(), make())
            return held[2]

    def _slot(self, key: Hashable) -> _Slot[V]:
        with self._lock:
            own = self._kept.setdefault(db.engine, OrderedDict())
            slot = own.setdefault(key, _Slot())
            own.move_to_end(key)
            while len(own) > self._most:
                own.popitem(last=False)
            return slot
