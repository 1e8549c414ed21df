"""Attendance is a fold: order and repetition of uploads do not matter."""

import random
from datetime import UTC, datetime, timedelta

from eventweek.checkin.rules import GENESIS, Conflict, Presence, ScanFacts, fold, link
from tests.conftest import scaled

NINE = datetime(2026, 10, 15, 1, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return NINE + timedelta(minutes=minutes)


def test_in_out_in_counts_entries_and_minutes() -> None:
    scans = [
        ScanFacts(1, 1, "in", at(0), True),
        ScanFacts(2, 1, "out", at(40), True),
        ScanFacts(1, 2, "in", at(50), True),
    ]
    presence, conflicts = fold(scans)
    assert presence == Presence(at(0), at(50), at(40), minutes=40, entries=2, inside=True)
    assert conflicts == ()


def test_refused_scans_count_nothing() -> None:
    assert fold([ScanFacts(1, 1, "in", at(0), False)]) == (Presence(), ())


def test_an_annulled_entry_never_was() -> None:
    scans = [ScanFacts(1, 1, "in", at(0), True), ScanFacts(1, 2, "annul", at(1), True, annuls_seq=1)]
    assert fold(scans) == (Presence(), ())


def test_only_the_same_device_annuls() -> None:
    scans = [ScanFacts(1, 1, "in", at(0), True), ScanFacts(2, 2, "annul", at(1), True, annuls_seq=1)]
    assert fold(scans)[0].inside


def test_two_doors_let_the_same_pass_in() -> None:
    presence, conflicts = fold([ScanFacts(2, 9, "in", at(3), True, party=2), ScanFacts(1, 4, "in", at(1), True)])
    assert (presence.entries, presence.first_in, presence.flags) == (1, at(1), ("in.twice",))
    assert conflicts == (Conflict(2, 9, "in.twice"),)


def test_any_order_and_duplication_gives_the_same_attendance_and_reviews() -> None:
    """Invariant 7, over random logs of eight devices."""
    dice = random.Random(7)
    for _ in range(scaled(10_000, 200)):
        log = _random_log(dice)
        expected = fold(log)
        shuffled = log + dice.choices(log, k=dice.randint(0, len(log)))
        dice.shuffle(shuffled)
        assert fold(shuffled) == expected


def _random_log(dice: random.Random) -> list[ScanFacts]:
    log, counters = [], dict.fromkeys(range(1, 9), 0)
    for _ in range(dice.randint(1, 14)):
        device = dice.randint(1, 8)
        counters[device] += 1
        kind = dice.choice(["in", "in", "out", "annul", "walk-in"])
        target = dice.randint(1, counters[device]) if kind == "annul" else None
        when = at(dice.randint(0, 20))
        log.append(ScanFacts(device, counters[device], kind, when, dice.random() < 0.8, dice.randint(1, 3), target))
    return log


def test_the_chain_notices_a_change_and_a_gap() -> None:
    first = link(GENESIS, ["d1", 1, "in", "yes"])
    assert link(first, ["d1", 2]) != link(link(GENESIS, ["d1", 1, "in", "no"]), ["d1", 2])
    assert len(first) == 64
