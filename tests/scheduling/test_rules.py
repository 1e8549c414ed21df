"""Clashes of rooms and people, without a database."""

from datetime import UTC, datetime, timedelta
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from eventweek.kernel.db import Bilingual
from eventweek.scheduling.rules import Slot, clashes

NINE = datetime(2026, 10, 15, 1, tzinfo=UTC)


def slot(code: str, start: int, minutes: int, room: str = "hall", people: str = "") -> Slot:
    begins = NINE + timedelta(minutes=start)
    return Slot(code, Bilingual(code, ""), begins, begins + timedelta(minutes=minutes), room, frozenset(people))


slots = st.lists(
    st.builds(
        slot,
        st.just(""),
        st.integers(0, 20),
        st.integers(1, 8),
        st.sampled_from(["hall", "foyer"]),
        st.text("abc", max_size=2),
    ),
    max_size=9,
).map(lambda found: [Slot(str(n), s.title, s.start, s.end, s.room, s.people) for n, s in enumerate(found)])


@given(slots)
def test_clashes_are_those_that_comparing_every_pair_finds(found: list[Slot]) -> None:
    wanted = set()
    for one, two in combinations(found, 2):
        if one.start < two.end and two.start < one.end:
            wanted |= {("room_overlap", one.code, two.code)} if one.room == two.room else set()
            wanted |= {("person_overlap", one.code, two.code)} if one.people & two.people else set()
    assert {(c.rule, *sorted((c.one.code, c.two.code))) for c in clashes(found)} == wanted


def test_back_to_back_is_no_clash_and_the_shared_people_are_named() -> None:
    assert clashes([slot("a", 0, 60, people="x"), slot("b", 60, 60, people="x")]) == []
    [clash] = clashes([slot("a", 0, 61, people="xy"), slot("b", 60, 60, room="foyer", people="xyz")])
    assert (clash.rule, clash.one.code, clash.two.code, clash.persons) == ("person_overlap", "a", "b", ("x", "y"))
