"""Who looks like one person, which of two registrations stays, and why two people cannot become one."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from eventweek.registration.duplicates import Claim, Known, Likeness, Side, best_of, list_likely, name_key, why_no_merge

ONE = Known("a", "欧阳·娜娜", "示例集团", "+8613800138000", "a@example.org")
AT = datetime(2026, 10, 12, tzinfo=UTC)
KEEP = Side("欧阳娜娜", frozenset(), frozenset({1}), False)
LOSE = Side("欧阳 娜娜", frozenset(), frozenset({2}), False)


@pytest.mark.parametrize(
    ("other", "likeness"),
    [
        (Known("b", "欧阳娜娜", "", "+8613800138000", ""), Likeness.CONTACT),
        (Known("b", "欧阳娜娜", "别的集团", "", "a@example.org"), Likeness.CONTACT),
        (Known("b", "欧阳 娜娜", "示例 集团", "+8613900139000", ""), Likeness.UNIT),
        (Known("b", "欧阳娜娜", "", "+8613900139000", ""), Likeness.NAME),
        (Known("b", "欧阳小宝", "", "+8613800138000", ""), Likeness.FAMILY),
        (Known("b", "欧阳娜娜", "别的集团", "+8613900139000", ""), None),
        (Known("b", "欧阳小宝", "示例集团", "+8613900139000", ""), None),
    ],
)
def test_what_two_share_says_how_likely_they_are_one(other: Known, likeness: Likeness | None) -> None:
    assert [kind for kind, _one, _other in list_likely([other, ONE])] == ([likeness] if likeness else [])


def test_each_pair_stands_once_the_likeliest_first() -> None:
    found = list_likely([ONE, replace(ONE, code="b"), replace(ONE, code="c", name="欧阳小宝")])
    assert [(kind, one.code, other.code) for kind, one, other in found] == [
        ("contact", "a", "b"),
        ("family", "a", "c"),
        ("family", "b", "c"),
    ]
    assert name_key("ＡＮＮ  O’Brien") == name_key("ann obrien")


def test_the_better_registration_stays() -> None:
    waits, sure = Claim("a", "waitlisted", 5, False, AT), Claim("b", "confirmed", 1, False, AT)
    large, came = replace(sure, code="c", seats=2), replace(waits, code="d", came=True)
    assert best_of([waits, sure]).code == "b" and best_of([sure, large]).code == "c"
    assert best_of([sure, large, came]).code == "d"
    assert best_of([sure, replace(sure, code="e", since=AT.replace(year=2025))]).code == "e"
    assert best_of([sure, replace(sure, code="a")]).code == "b"


@pytest.mark.parametrize(
    ("lose", "code"),
    [
        (LOSE, None),
        (replace(LOSE, came=frozenset({1})), "merge.both_came"),
        (replace(LOSE, inside=True), "merge.inside"),
        (replace(LOSE, numbers=frozenset({7})), "merge.numbers"),
        (replace(LOSE, name="欧阳小宝"), "merge.names"),
    ],
)
def test_why_two_cannot_become_one(lose: Side, code: str | None) -> None:
    reason = why_no_merge(replace(KEEP, numbers=frozenset({7})), lose, same_person=False)
    assert (reason.code if reason else None) == code
    agreed = why_no_merge(replace(KEEP, numbers=frozenset({7})), lose, same_person=True)
    assert (agreed.code if agreed else None) == (None if code == "merge.names" else code)
