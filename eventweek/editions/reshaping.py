"""What a row of each table is in the copy: on the new days, with nothing decided, counted or granted (pure)."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from eventweek.editions.rules import Way
from eventweek.programme.enums import LinkKind, PermitStatus

Row = dict[str, Any]
Rule = Callable[[Row, Row], Row | None]


@dataclass
class Reshaping:
    """The rules of one copy, and what it notes: sessions that lost a fixed start (by UID), a day or their place."""

    week: str
    way: Way
    with_sessions: bool
    unfixed: set[str] = field(default_factory=set)
    without_day: set[int] = field(default_factory=set)
    unplaced: set[int] = field(default_factory=set)
    permits: int = 0
    places: Counter[int] = field(default_factory=Counter)

    def of(self, table: str) -> Rule:
        """Return the rule of a table; the rows of most come as they are."""
        rules: dict[str, Rule] = {
            "track": self._track,
            "page": self._page,
            "session": self._session,
            "session_day": self._session_day,
            "session_link": self._session_link,
            "series_member": self._series_member,
            "plan": self._plan,
            "placement": self._placement,
            "offering": self._offering,
            "capacity_pool": self._capacity_pool,
            "gate": self._gate,
            "kind_questions": self._kind_questions,
        }
        return rules.get(table, self._in_use)

    def _in_use(self, row: Row, _old: Row) -> Row | None:
        """Leave behind what is archived, unless a session may still use it."""
        return row if self.with_sessions or row.get("archived_at") is None else None

    def _track(self, row: Row, old: Row) -> Row | None:
        return self._in_use(row | {"manager_id": None}, old)

    def _page(self, row: Row, _old: Row) -> Row | None:
        """Bring the text as a draft that nobody has published."""
        draft = {name: value for name, value in row.items() if "published" not in name and name != "withdrawn_at"}
        return None if row["archived_at"] else draft

    def _session(self, row: Row, old: Row) -> Row | None:
        if row["cancelled_at"] or row["archived_at"]:
            return None
        needed = str(PermitStatus.NEEDED) if row["permit_required"] else str(PermitStatus.UNNEEDED)
        self.permits += row["permit_required"]
        uid = f"{uuid4()}@{self.week}.eventweek"
        fixed = row["fixed_start"] and self.way.moment(row["fixed_start"])
        if row["fixed_start"] and fixed is None:
            self.unfixed.add(uid)
        own = {"uid": uid, "source_key": f"copy:{old['code']}", "permit_status": needed, "fixed_start": fixed}
        return row | own

    def _session_day(self, row: Row, _old: Row) -> Row | None:
        day = self.way.day(row["day"])
        if day is None:
            self.without_day.add(row["session_id"])
            return None
        return row | {"day": day}

    def _session_link(self, row: Row, _old: Row) -> Row | None:
        """Streams and replays are of their day."""
        return None if row["kind"] in (LinkKind.LIVE, LinkKind.REPLAY) else row

    def _series_member(self, row: Row, _old: Row) -> Row | None:
        """Close the gaps that sessions left behind."""
        self.places[row["series_id"]] += 1
        return row | {"position": self.places[row["series_id"]] if row["position"] else 0}

    def _plan(self, row: Row, _old: Row) -> Row | None:
        """Bring the working plan alone, as one that nobody has promoted yet."""
        fresh = {name: value for name, value in row.items() if name not in ("name", "name_key", "actor", "made_at")}
        return fresh if row["working"] else None

    def _placement(self, row: Row, _old: Row) -> Row | None:
        start = self.way.moment(row["start"])
        if start is None:
            self.unplaced.add(row["session_id"])
            return None
        return row | {"start": start}

    def _offering(self, row: Row, _old: Row) -> Row | None:
        slot = {name: row[name] and self.way.moment(row[name]) for name in ("slot_start", "slot_end")}
        if row["slot_start"] and not all(slot.values()):
            return None
        times = {name: row[name] and self.way.deadline(row[name]) for name in ("opens_at", "closes_at")}
        return row | slot | times | {"closed": False}

    def _capacity_pool(self, row: Row, _old: Row) -> Row | None:
        return row | {"taken": 0, "held": 0, "waiting": 0, "overbook": 0}

    def _kind_questions(self, row: Row, old: Row) -> Row | None:
        """Leave the questions of a kind behind with it: without one they would be asked of everybody."""
        return None if old["kind_id"] and not row["kind_id"] else row

    def _gate(self, row: Row, _old: Row) -> Row | None:
        return None if row["archived_at"] else row | {"stopped": False}
