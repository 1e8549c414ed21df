"""Somebody cannot come, over the API: what they miss is told, it is noted once, and only who decides may."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from eventweek.kernel.db import db
from eventweek.programme.models import Person
from tests.api.test_problems import problem
from tests.factories.keys import make_key
from tests.replanning.halls import Halls, make_halls, on_the_day

AWAY = {"since": "2027-04-13T08:30", "until": "2027-04-13T12:00"}


@pytest.fixture
def halls(app: Flask) -> Iterator[Halls]:
    """Give the small week on its second day."""
    with on_the_day():
        yield make_halls()


@pytest.fixture
def one(halls: Halls) -> str:
    """Return the address of the one speaker."""
    code = db.session.scalars(select(Person)).one().code
    return f"/api/v1/desk/weeks/spring/absences/{code}"


def test_what_they_miss_is_told_and_noted_once(client: FlaskClient, halls: Halls, one: str) -> None:
    key = make_key("spring")[1]
    seen = client.get(one, query_string=AWAY, headers=key).json
    assert seen and seen["noted"] is False
    [missed] = seen["items"]
    assert (missed["session"], missed["alone"], missed["waits"]) == (halls.sessions["甲"], True, True)
    for _ in range(2):
        noted = client.put(one, json=AWAY, headers=key | {"If-Match": "*"})
        assert noted.status_code == 200 and noted.json and noted.json["noted"]
    assert len(noted.json["items"]) == 1, "what is to be done stays to be done"


def test_what_cannot_be_is_refused(client: FlaskClient, one: str) -> None:
    key, city = make_key("spring")[1], make_key("spring", "city", "city", "220100")[1]
    problem(client.get(f"{one[:-9]}nothere00", headers=key), 404, "subject.not_found")
    key |= {"If-Match": "*"}
    late = client.put(one, json=AWAY | {"until": "2027-04-13T08:00"}, headers=key)
    assert late.status_code == 422 and late.json and late.json["errors"][0]["code"] == "absence.until"
    assert client.put(one, json=AWAY | {"why": "x"}, headers=key).status_code == 422
    assert client.get(one, query_string={"since": "soon"}, headers=key).status_code == 422
    for answer in (client.get(one, headers=city), client.put(one, json=AWAY, headers=city | {"If-Match": "*"})):
        problem(answer, 403, "permission.denied")
