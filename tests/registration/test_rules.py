"""Rules without a database: windows, parties, clashes, slots."""

from datetime import UTC, datetime, timedelta

import pytest

from eventweek.language import CATALOGUE
from eventweek.programme.enums import RegistrationMode
from eventweek.registration.drafts import Material, list_drafts, list_slots
from eventweek.registration.enums import State
from eventweek.registration.rules import (
    TRANSITIONS,
    Stop,
    Window,
    can_move,
    list_clashes,
    why_no_cancelling,
    why_no_invitation,
    why_no_registration,
)

NOON = datetime(2026, 10, 15, 4, tzinfo=UTC)
HOUR = timedelta(hours=1)
OPEN = Window("open", "open", False, False, None, None, NOON, "Asia/Shanghai")


@pytest.mark.parametrize(
    ("window", "code"),
    [
        (OPEN, None),
        (Window("open", "open", True, False, None, None, NOON, "Asia/Shanghai"), "offering.cancelled"),
        (Window("open", "draft", False, False, None, None, NOON, "Asia/Shanghai"), "offering.week_not_open"),
        (Window("open", "archived", False, False, None, None, NOON, "Asia/Shanghai"), "offering.week_over"),
        (Window("open", "closed", False, False, None, None, NOON, "Asia/Shanghai"), "offering.week_over"),
        (Window("open", "open", False, True, None, None, NOON, "Asia/Shanghai"), "offering.closed"),
        (Window("open", "open", False, False, None, None, NOON - HOUR, "Asia/Shanghai"), "offering.over"),
        (Window("open", "open", False, False, NOON, None, NOON + HOUR, "Asia/Shanghai"), "offering.not_yet"),
        (Window("open", "open", False, False, None, NOON - HOUR, NOON, "Asia/Shanghai"), "offering.closed"),
        *[
            (Window(mode, "open", False, False, None, None, NOON, "Asia/Shanghai"), code)
            for mode, code in (
                ("approval", None),
                ("invite+quota", "mode.invite"),
                ("media", "mode.media"),
                ("none", "mode.none"),
                ("spectator", None),
                ("timed_entry", None),
            )
        ],
    ],
)
def test_a_window_says_why(window: Window, code: str | None) -> None:
    reason = why_no_registration(window, NOON - HOUR)
    assert (reason.code if reason else None) == code
    assert reason is None or str(CATALOGUE[reason.code]) % reason.facts


@pytest.mark.parametrize(
    ("revoked", "left", "at", "code"),
    [
        (False, 1, NOON - HOUR, None),
        (True, 1, NOON - HOUR, "invite.revoked"),
        (False, 1, NOON, "invite.expired"),
        (False, 0, NOON - HOUR, "invite.used"),
    ],
)
def test_an_invitation_says_why_it_opens_nothing(revoked: bool, left: int, at: datetime, code: str | None) -> None:
    reason = why_no_invitation(revoked, NOON, left, at)
    assert (reason.code if reason else None) == code


def test_the_opening_is_said_in_local_time() -> None:
    window = Window("open", "open", False, False, NOON, None, NOON + HOUR, "Asia/Shanghai")
    reason = why_no_registration(window, NOON - HOUR)
    assert reason and f"{reason.facts['opens']:%Y-%m-%d %H:%M}" == "2026-10-15 12:00"


def test_final_states_are_final_and_every_state_has_its_moves() -> None:
    assert set(TRANSITIONS) == {None, *State}
    for state in (State.CANCELLED, State.REJECTED):
        assert not any(can_move(state, to) for to in State)
        reason = why_no_cancelling(state, OPEN, NOON - HOUR)
        assert reason and reason.code == "registration.ended"
    assert why_no_cancelling(State.CONFIRMED, OPEN, NOON - HOUR) is None


def stop(code: str, start: float, end: float, venue: str = "a", city: str = "220100") -> Stop:
    return Stop(code, code, code, NOON + start * HOUR, NOON + end * HOUR, venue, city)


@pytest.mark.parametrize(
    ("stops", "expected"),
    [
        ([stop("x", 0, 1), stop("y", 1, 2)], []),
        ([stop("x", 0, 1), stop("y", 0.5, 2)], [("overlap", "x", "y")]),
        ([stop("x", 0, 3), stop("y", 1, 2), stop("z", 2, 4)], [("overlap", "x", "y"), ("overlap", "x", "z")]),
        ([stop("x", 0, 1), stop("y", 1.5, 2, "b")], [("journey", "x", "y")]),
        ([stop("x", 0, 1), stop("y", 2, 3, "b")], []),
        ([stop("x", 0, 1), stop("y", 1, 2, "web", "")], []),
        ([stop("y", 1, 2), stop("x", 0, 1.5)], [("overlap", "x", "y")]),
    ],
)
def test_what_one_person_cannot_reach(stops: list[Stop], expected: list[tuple[str, str, str]]) -> None:
    found = list_clashes(stops, lambda one, two: 45 if one.city and two.city else None)
    assert [(clash.kind, clash.first.code, clash.second.code) for clash in found] == expected


def material(note: str, **more: object) -> Material:
    facts: dict[str, object] = {"mode": "timed_entry", "capacity": 300, "expected": 2000, "zone": "Asia/Shanghai"}
    return Material(1, start=NOON - 3 * HOUR, end=NOON + 5 * HOUR, note=note, **(facts | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("note", "slots"),
    [
        ("分时段预约：09:00-12:00 / 12:00-14:30", [(1, 4), (4, 6)]),
        ("08:00-12:00，15:00—17:00", [(7, 9)]),
        ("25:00-26:00 12:00-12:00 14:00-13:00 99:99-99:99", []),
        ("", []),
    ],
)
def test_slots_are_read_from_the_note(note: str, slots: list[tuple[int, int]]) -> None:
    found = list_slots(material(note))
    assert [(start.astimezone(UTC).hour, end.astimezone(UTC).hour) for start, end in found] == slots


def test_a_timed_session_without_slots_is_one_offering() -> None:
    [draft] = list_drafts([material("")])
    assert (draft.mode, draft.slot_start, draft.room_cap, draft.class_cap) == (
        RegistrationMode.TIMED_ENTRY,
        None,
        300,
        300,
    )
    assert list_drafts([material("", mode="none")]) == []
