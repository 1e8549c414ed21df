"""Papers over the API: ordered once, watched, downloaded; what is wrong is named at its field."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pypdf
import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventweek import worker
from eventweek.audit.actors import SYSTEM
from eventweek.kernel.clock import travel
from eventweek.programme.actions.weeks import create_week
from tests.api.test_problems import problem
from tests.factories.keys import make_key
from tests.factories.programme import SPRING
from tests.printing.world import Spring, spring

PRINTS = "/api/v1/desk/weeks/spring/prints"
Headers = dict[str, str]


@pytest.fixture(autouse=True)
def _ahead() -> Iterator[None]:
    with travel(datetime(2027, 4, 1, 4, 30, tzinfo=UTC)):
        yield


@pytest.fixture
def week(app: Flask) -> Spring:
    return spring("量子论坛", "生物路演")


@pytest.fixture
def key(week: Spring) -> Headers:
    return make_key("spring", role="reader")[1]


def order(client: FlaskClient, key: Headers, once: str = "a", **body: Any) -> Any:
    return client.post(PRINTS, json=body, headers=key | {"Idempotency-Key": once})


def test_a_paper_from_the_order_to_the_download(client: FlaskClient, week: Spring, key: Headers) -> None:
    made = order(client, key, paper="doors", room=week.rooms[0])
    assert made.status_code == 201 and made.json["state"] == "waiting"
    assert (made.json["sheet"], made.json["language"], made.json["part"]) == ("a4-wide", "zh", {"room": week.rooms[0]})
    again = order(client, key, paper="doors", room=week.rooms[0])
    assert again.json["id"] == made.json["id"]
    problem(client.get(f"{made.location}/paper", headers=key), 409, "print.not_ready")
    worker.work_off()
    own = client.get(made.location, headers=key).json
    assert own and (own["state"], own["pages"], own["release"], own["progress"]["share"]) == ("done", 1, 1, 100)
    paper = client.get(f"{made.location}/paper", headers=key)
    assert paper.mimetype == "application/pdf" and len(paper.data) == own["size"]
    assert "一号厅" in pypdf.PdfReader(io.BytesIO(paper.data)).pages[0].extract_text()
    listed = client.get(PRINTS, headers=key).json
    assert listed and [one["id"] for one in listed["items"]] == [own["id"]]


def test_what_is_wrong_is_named(client: FlaskClient, week: Spring, key: Headers) -> None:
    cases: list[tuple[dict[str, Any], str, str]] = [
        ({}, "paper", "print.paper"),
        ({"paper": "book", "day": "2027-04-13"}, "day", "print.whole"),
        ({"paper": "doors", "sheet": "a2"}, "sheet", "print.sheet"),
        ({"paper": "doors", "room": "nothing"}, "room", "print.unknown"),
        ({"paper": "posters", "session": "nothing"}, "session", "print.unknown"),
        ({"paper": "posters", "day": "yesterday"}, "day", "print.unknown"),
        ({"paper": "book", "language": "fr"}, "language", "print.language"),
        ({"paper": "book", "draft": "yes"}, "draft", "json.type"),
        ({"paper": 7}, "paper", "json.type"),
        ({"paper": "book", "colour": "red"}, "colour", "json.unknown"),
    ]
    for number, (body, field, code) in enumerate(cases):
        answer = order(client, key, f"k{number}", **body)
        errors = (problem(answer, 422, "input.invalid").json or {})["errors"]
        assert [(one["field"], one["code"]) for one in errors] == [(field, code)]
    problem(order(client, key, "n", paper="doors", day="2027-04-15"), 422, "print.nothing")
    problem(client.get(f"{PRINTS}/nothing", headers=key), 404, "print.not_found")


def test_a_draft_that_has_nothing_says_so_in_the_end(client: FlaskClient, week: Spring, key: Headers) -> None:
    made = order(client, key, paper="doors", day="2027-04-15", draft=True)
    worker.work_off()
    own = client.get(made.location, headers=key | {"Accept-Language": "en"}).json
    assert own and own["state"] == "failed" and own["failure"]["code"] == "print.nothing"
    assert own["failure"]["detail"].startswith("There are no public sessions")


def test_a_key_of_another_week_prints_nothing_here(client: FlaskClient, week: Spring, key: Headers) -> None:
    create_week(SPRING | {"code": "other", "cities": []}, actor=SYSTEM)
    other, made = make_key("other")[1], order(client, key, paper="doors")
    worker.work_off()
    problem(order(client, other, paper="book"), 404, "week.not_found")
    for address in (PRINTS, made.location, f"{made.location}/paper"):
        problem(client.get(address, headers=other), 404, "week.not_found")
    problem(client.get(made.location.replace("spring", "other"), headers=other), 404, "print.not_found")
