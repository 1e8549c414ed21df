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


class Memory(Generic[V]):
    """Values by key, a few of each database; one is made anew when its stamp is another, or when it is too old.

    `most`: values of one database that are kept, those asked for last. `seconds`: the oldest that is still handed out.
    """

    def __init__(self, most: int, seconds: float) -> None:
        self._most, self._seconds, self._lock = most, seconds, Lock()
        self._kept: WeakKeyDictionary[Engine, OrderedDict[Hashable, tuple[Hashable, float, V]]] = WeakKeyDictionary()
        _every.add(self)

    def clear(self) -> None:
        """Forget what is remembered of every database."""
        with self._lock:
            self._kept.clear()

    def recall(self, key: Hashable, stamp: Hashable, make: Callable[[], V]) -> V:
        """Return what is remembered under a key with this stamp; else what `make` makes, which may run twice at once.

        The stamp must have been read before `make` reads: what it makes is then at least as new.
        """
        with self._lock:
            found = self._kept.setdefault(db.engine, OrderedDict()).get(key)
            if found and found[0] == stamp and time.monotonic() - found[1] < self._seconds:
                self._kept[db.engine].move_to_end(key)
                return found[2]
        value = make()
        with self._lock:
            own = self._kept.setdefault(db.engine, OrderedDict())
            own[key] = (stamp, time.monotonic(), value)
            own.move_to_end(key)
            while len(own) > self._most:
                own.popitem(last=False)
        return value
