"""What a solution and its account say, as people read it."""

from typing import Any

from eventweek.kernel.db import Bilingual
from eventweek.replanning.results import Move, result_of


def match(rule: str, level: str, weight: int, magnitude: int, said: str) -> dict[str, Any]:
    return {
        **{"rule": rule, "level": level, "weight": weight, "magnitude": magnitude, "sessions": ["a"]},
        **{"sentence_zh": said, "sentence_en": said.upper()},
    }


SOLUTION: dict[str, Any] = {
    "assignments": [],
    "unplaced": [{"id": "d", "reasons": [{"rule": "unplaced", "sentence_zh": "没位置", "sentence_en": "No place"}]}],
    "score": {"hard": 0, "medium": 300, "soft": 17},
    "matches": [
        match("published_time", "medium", 1, 300, "moved"),
        match("room_fill", "soft", 1, 5, "small"),
        match("presence", "soft", 2, 1, "days"),
        match("room_fill", "soft", 1, 10, "large"),
    ],
    "diff": {
        "moved_time": [{"id": "a", "before": 540, "after": 600, "registered": 3}],
        "moved_room": [
            {"id": "a", "before": "r1", "after": "r2", "registered": 3},
            {"id": "b", "before": "r1", "after": "r3", "registered": 9},
        ],
        "removed": ["c"],
        "people": 17,
    },
    "log": {"event": "spring", "start": "2027-04-12", "stop_reason": "seconds"},
}
ACCOUNT: dict[str, Any] = {
    "rules": {"room_fill": ["厅的大小", "Size of the room"]},
    "findings": [],
    "removed": {"c": 5},
    "culprits": [{"sessions": ["d", "e"], "sentence": ["争", "Fight"], "relaxation": None}],
    "unplaced": [{"session": "d", "places": [{"called": ["周一", "Mon"], "broken": [["撞", "Clash"]]}]}],
}


def test_the_lines_of_the_rules_add_up_to_the_score() -> None:
    rules = result_of(SOLUTION, ACCOUNT).rules
    assert [(one.code, one.level, one.count, one.cost) for one in rules] == [
        ("published_time", "medium", 1, 300),
        ("room_fill", "soft", 2, 15),
        ("presence", "soft", 1, 2),
    ]
    assert {level: sum(one.cost for one in rules if one.level == level) for level in ("hard", "medium", "soft")} == (
        SOLUTION["score"]
    )
    assert rules[1].title == Bilingual("厅的大小", "Size of the room") and rules[1].worst.zh == "large"
    assert rules[2].title.zh == "presence"


def test_what_moves_stands_once_with_the_most_people_first() -> None:
    result = result_of(SOLUTION, ACCOUNT)
    assert result.moves == (
        Move("b", 9, None, ("r1", "r3")),
        Move("c", 5, removed=True),
        Move("a", 3, (540, 600), ("r1", "r2")),
    )
    assert sum(one.people for one in result.moves) == SOLUTION["diff"]["people"]
    assert (result.sessions, result.rooms) == ({"a", "b", "c", "d", "e"}, {"r1", "r2", "r3"})


def test_who_is_left_out_has_reasons_and_places() -> None:
    result = result_of(SOLUTION, ACCOUNT)
    assert [(one.session, one.reasons[0].en, one.places[0].broken[0].zh) for one in result.left] == [
        ("d", "No place", "撞")
    ]
    assert result.culprits[0].cure is None
    bare = result_of(SOLUTION, {name: ACCOUNT[name] for name in ("rules", "findings", "removed")})
    assert bare.left[0].places == () and bare.culprits == ()
