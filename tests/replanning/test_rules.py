"""What counts as a change, which size a smaller room leaves, who goes where in a split."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from eventweek.registration.queueing import Seated, choose_displaced
from eventweek.replanning.enums import Shifting
from eventweek.replanning.rules import Party, merged, shifting, size_after, spread

AT = datetime(2027, 4, 1, tzinfo=UTC)


def facts(**more: Any) -> dict[str, Any]:
    """Return what is published of a session, as far as it matters here."""
    base: dict[str, Any] = {"start": "2027-04-12T01:30:00Z", "minutes": 60, "cancelled": False, "title": {"zh": "甲"}}
    return base | {"room": {"code": "r", "capacity": 10}, "venue": {"code": "v"}} | more


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, facts(), None),
        (facts(), facts(title={"zh": "乙"}), None),
        (facts(), facts(room={"code": "r", "capacity": 5}), None),
        (facts(), facts(minutes=90), Shifting.MOVED),
        (facts(), facts(room={"code": "q", "capacity": 10}), Shifting.MOVED),
        (facts(), facts(cancelled=True), Shifting.CANCELLED),
        (facts(cancelled=True), facts(), Shifting.RESTORED),
        (facts(cancelled=True), facts(cancelled=True, minutes=5), None),
    ],
)
def test_what_somebody_is_asked_about(before: Any, after: Any, expected: Any) -> None:
    assert shifting(before, after) == expected


@pytest.mark.parametrize(
    ("cap", "before", "after", "expected"),
    [
        (100, 100, 50, 50),
        (40, 100, 50, None),
        (100, 50, 100, None),
        (None, 100, 50, None),
        (100, None, 50, 50),
        (100, 100, None, None),
    ],
)
def test_the_size_that_a_room_leaves(cap: int | None, before: Any, after: Any, expected: Any) -> None:
    assert size_after(cap, before, after) == expected


def test_changes_are_told_from_the_first_before_to_the_last_after() -> None:
    def change(session: str, before: int, after: int) -> dict[str, Any]:
        return {"session": session, "before": before, "after": after}

    assert merged([change("a", 1, 2)], [change("a", 2, 3), change("b", 5, 6)]) == [
        change("a", 1, 3),
        change("b", 5, 6),
    ]
    assert merged([change("a", 1, 2)], [change("a", 2, 1)]) == []


def seated(own: int, seats: int = 1, priority: int = 0, offered: bool = False) -> Seated:
    """Return a party that registered in the order of its id."""
    return Seated(own, seats, priority, AT + timedelta(minutes=own), offered)


@pytest.mark.parametrize(
    ("parties", "short", "expected"),
    [
        ([seated(1), seated(2), seated(3)], 1, {3}),
        ([seated(1), seated(2, priority=-1), seated(3)], 1, {2}),
        ([seated(1, offered=True), seated(2), seated(3)], 1, {1}),
        ([seated(1), seated(2, 3), seated(3)], 2, {2}),
        ([seated(1), seated(2, 3), seated(3)], 4, {2, 3}),
        ([seated(1)], 5, {1}),
        ([seated(1)], 0, set()),
    ],
)
def test_who_goes_back_to_the_waiting_list(parties: list[Seated], short: int, expected: set[int]) -> None:
    assert set(choose_displaced(parties, short)) == expected


def party(own: int, seats: int = 1, *, barred: frozenset[int] = frozenset()) -> Party:
    """Return a party that registered in the order of its id."""
    return Party((own,), seats, AT + timedelta(minutes=own), barred)


def test_a_split_keeps_who_came_first_and_parties_together() -> None:
    assert spread([party(n) for n in range(6)], [None, None]) == {2: 0, 3: 1, 4: 0, 5: 1}
    assert spread([party(n) for n in range(4)], [1]) == {2: 0}
    assert spread([party(1), party(2, 3), party(3)], [None]) == {2: 0}
    assert spread([party(1), party(2, barred=frozenset({0}))], [None]) == {}
    assert spread([party(n) for n in range(4)], [None], stay=1) == {1: 0, 2: 0, 3: 0}
    unit = Party((7, 8), 2, AT)
    assert spread([party(1), party(2), unit], [None]) == {1: 0, 2: 0}
    assert spread([], [None]) == {}
