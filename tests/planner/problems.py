"""A small problem that is whole, and ways to spoil it."""

import json
from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

from eventweek.planner.problem import Problem, decode

SMALL: dict[str, Any] = {
    "format": "eventweek-planner/1",
    "event": {"start": "2026-10-15", "days": 2, "grid_min": 30, "day_start": 540, "day_end": 1080},
    "cities": [{"id": "cc", "name": "长春"}],
    "venues": [{"id": "hub", "name": "双创中心", "city": "cc"}],
    "rooms": [
        {"id": "hall", "name": "主会堂", "venue": "hub", "capacity": 200, "open": [[540, 1080], [1980, 2520]]},
        {"id": "lab", "name": "实验室", "venue": "hub", "capacity": 40, "type": "lab", "features": ["benches"]},
    ],
    "pools": [{"id": "booth", "quantity": 1}],
    "people": [{"id": "li", "name": "李明", "windows": [[540, 1080]]}, {"id": "wu", "name": "吴刚"}],
    "kinds": [{"id": "talk", "duration": 60}, {"id": "camp", "duration": 90, "room_types": ["lab"]}],
    "sessions": [
        {
            "id": "s1",
            "name": "启动仪式",
            "kind": "talk",
            "people": [{"id": "li"}],
            "pin": {"start": 540, "room": "hall"},
        },
        {"id": "s2", "name": "论坛", "kind": "talk", "people": [{"id": "li"}, {"id": "wu"}], "pools": {"booth": 1}},
        {"id": "s3", "name": "训练营", "kind": "camp", "registered": 30, "published": {"start": 600, "room": "lab"}},
        {
            "id": "s4",
            "kind": "talk",
            "tags": {"theme": ["ai"]},
            "rooms": ["hall", "lab"],
            "track": "opto",
            "level": 2,
            "prefers": {"windows": [[540, 1080]], "rooms": ["hall"]},
            "series": {"id": "tour", "index": 1, "strict": False, "days": 2},
        },
    ],
    "relations": [{"type": "before", "sessions": ["s1", "s2"]}, {"type": "different_day", "sessions": ["s3", "s4"]}],
    "common": [{"sessions": ["s3", "s4"], "people": 3}],
    "weights": {"headline_limit": {"limit": 1}},
}


def small(**changes: Any) -> Problem:
    """Return the small problem with values changed: `sessions__0__kind="x"` stands for `sessions[0].kind`."""
    return decode(json.dumps(spoilt(**changes)))


def spoilt(**changes: Any) -> dict[str, Any]:
    """Return the small problem as JSON values, with values changed as in `small`."""
    raw = deepcopy(SMALL)
    for path, value in changes.items():
        *way, last = path.split("__")
        at: Any = raw
        for step in way:
            at = at[int(step)] if isinstance(at, list) else at.setdefault(step, {})
        if isinstance(at, list):
            at[int(last) :] = [deepcopy(value), *at[int(last) + 1 :]]
        else:
            at[last] = deepcopy(value)
    return raw


def _paths(value: Any, way: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    if isinstance(value, dict):
        return [path for name, one in value.items() for path in [(*way, name), *_paths(one, (*way, name))]]
    if isinstance(value, list):
        return [path for n, one in enumerate(value) for path in [(*way, str(n)), *_paths(one, (*way, str(n)))]]
    return []


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 3), st.integers(), st.floats(allow_nan=False), st.text(max_size=4),
    st.sampled_from([[], {}, [[0, 1]], ["s1"], ["hall"], "hall", "s1", "li", {"id": "x"}, 10**18, 720, 1440]),
)  # fmt: skip


def _spoilt_or_whole(changes: list[tuple[tuple[str, ...], Any]]) -> dict[str, Any]:
    try:
        return spoilt(**{"__".join(path): value for path, value in changes})
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        return spoilt()  # one change took away what the next one was to change


SPOILT = st.lists(st.tuples(st.sampled_from(_paths(SMALL)), VALUES), min_size=1, max_size=3).map(_spoilt_or_whole)
"""The small problem with up to three values changed by chance."""
