"""A file that does not follow the format is told where, what and the cure."""

import json
from typing import Any

import pytest

from eventweek.planner.problem import BadProblem, decode, encode
from tests.planner.problems import SMALL, small, spoilt

SHAPES: list[tuple[dict[str, Any], str]] = [
    ({"rooms__1__capacity": "many"}, '$.rooms[1].capacity: expected a whole number, found text "many". Write a whole'),
    ({"rooms__1__capacity": 4.5}, "$.rooms[1].capacity: expected a whole number, found a number 4.5"),
    ({"rooms__1__capacity": True}, "$.rooms[1].capacity: expected a whole number, found true or false"),
    ({"rooms__1__capasity": 4}, "$.rooms[1]: there is no field “capasity”. Did you mean “capacity”?"),
    ({"zebra": 4}, "$: there is no field “zebra”. Remove it, or use one of: event, cities"),
    ({"rooms__1": {"id": "x", "venue": "hub"}}, "$.rooms[1]: the field “capacity” is missing. Add it."),
    ({"rooms": {}}, "$.rooms: expected a list […], found an object {…}"),
    ({"event": None}, "$.event: expected an object {…}, found null"),
    ({"mode": "fil"}, '$.mode: "fil" is not one of the values. Use one of: fill, full, repair.'),
    (
        {"sessions__0__plenary": "town"},
        '$.sessions[0].plenary: "town" is not one of the values. Use one of: city, week',
    ),
    ({"sessions__0__pin": 5}, "$.sessions[0].pin: expected an object {…}, found a whole number 5"),
    ({"sessions__0__pools": {"booth": "1"}}, "$.sessions[0].pools.booth: expected a whole number"),
    ({"sessions__0__pools": []}, "$.sessions[0].pools: expected an object"),
    ({"weights": {"capacity": {"level": "high"}}}, '$.weights.capacity.level: "high" is not one of the values'),
    ({"rooms__0__open": [[1, 2, 3]]}, "$.rooms[0].open[0]: expected 2 values, found 3"),
    ({"rooms__0__open": [[1, "2"]]}, "$.rooms[0].open[0][1]: expected a whole number"),
    ({"format": "eventweek-planner/9"}, "only “eventweek-planner/1” can be read here"),
]


def faults(data: bytes | str) -> list[tuple[str, str]]:
    with pytest.raises(BadProblem) as caught:
        decode(data)
    return caught.value.faults


@pytest.mark.parametrize(("changes", "said"), SHAPES, ids=lambda value: str(value)[:40])
def test_a_wrong_value_is_named_by_its_place(changes: dict[str, Any], said: str) -> None:
    ((chinese, english),) = faults(json.dumps(spoilt(**changes)))
    assert said in english
    assert chinese.startswith(english.split(":")[0]) and chinese.endswith("。")


def test_all_wrong_values_come_at_once() -> None:
    assert len(faults(json.dumps(spoilt(mode="x", rooms__0__capacity=None, rooms__1__name=3)))) == 3


@pytest.mark.parametrize("data", [b"", b'{"event":', b"\xff\xfe{}", b"[" * 100_000, b"{}x", b'{"a": 1e999}'])
def test_what_is_no_json_is_said(data: bytes) -> None:
    ((chinese, english),) = faults(data)
    assert "JSON" in chinese and english.startswith("The file is not whole JSON in UTF-8")


@pytest.mark.parametrize("data", [b"[]", b"3", b"null", b'"text"'])
def test_what_is_no_object_is_said(data: bytes) -> None:
    assert faults(data)[0][1].startswith("$: expected an object")


def test_a_file_may_leave_its_format_out_and_writing_puts_it_in() -> None:
    raw = {name: value for name, value in SMALL.items() if name != "format"}
    assert decode(json.dumps(raw)) == small()
    assert json.loads(encode(small()))["format"] == "eventweek-planner/1"
    assert decode(encode(small())) == small()
