"""The same-day desk over the API: an alarm that is raised once, ways out, one decision, halls that come back."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventweek import worker
from eventweek.audit.actors import SYSTEM, Actor, GrantValue
from eventweek.replanning.actions.incidents import lift_alarm
from eventweek.scheduling.actions import place_session
from eventweek.scheduling.queries.drafts import find_placement
from tests.api.test_problems import problem
from tests.factories.keys import make_key
from tests.replanning.halls import Halls, make_halls, on_the_day

ALL = "/api/v1/desk/weeks/spring/incidents"
Headers = dict[str, str]


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with on_the_day():
        yield


@pytest.fixture
def halls(app: Flask) -> Halls:
    """Give the small week on its second day."""
    return make_halls()


@pytest.fixture
def key(halls: Halls) -> Headers:
    """Give a key of the committee."""
    return make_key("spring")[1]


def report(client: FlaskClient, key: Headers, halls: Halls, once: str = "a", **more: Any) -> Any:
    body = {"rooms": [halls.rooms["one"]], "reason_zh": "漏水", "reason_en": "Water", **more}
    return client.post(ALL, json=body, headers=key | {"Idempotency-Key": once})


def put(client: FlaskClient, key: Headers, where: str, seen: Any, **body: Any) -> Any:
    given = {"json": body} if body else {}
    return client.put(where, headers=key | {"If-Match": seen.headers["ETag"]}, **given)


def test_from_the_alarm_to_the_decision(client: FlaskClient, key: Headers, halls: Halls) -> None:
    made = report(client, key, halls)
    assert made.status_code == 201 and made.headers["Location"] == f"{ALL}/{made.json['id']}"
    assert report(client, key, halls).json["id"] == made.json["id"], "sent again, nothing is made twice"
    assert [one["state"] for one in made.json["ways"]] == ["waiting"] * 3 + [None]
    assert {one["session"] for one in made.json["concerned"]} == {halls.sessions["甲"], halls.sessions["乙"]}
    assert (made.json["until"], made.json["reason"], made.json["drafts"]) == (None, {"zh": "漏水", "en": "Water"}, 0)
    worker.work_off()
    seen = client.get(f"{ALL}/{made.json['id']}", headers=key)
    near, rooms, later, cancel = seen.json["ways"]
    assert [one["way"] for one in (near, rooms, later, cancel)] == ["near", "rooms", "later", "cancel"]
    assert all(one["ready"] and one["can_be"] and one["failure"] is None for one in (near, rooms, later, cancel))
    [first, second] = rooms["moves"]
    assert first["before"]["room"] == halls.rooms["one"] and first["after"]["room"] == halls.rooms["far"]
    assert second["after"] == second["before"] | {"room": halls.rooms["three"]} and rooms["speakers"] == 1
    assert len(cancel["cancelled"]) == 2 and cancel["moves"] == []
    where = f"{ALL}/{made.json['id']}/decision"
    done = put(client, key, where, seen, way="rooms", basis=seen.json["basis"], note="水管")
    assert done.status_code == 200 and (done.json["way"], done.json["release"]) == ("rooms", 2)
    assert done.json["notice"] and done.json["ways"] == done.json["concerned"] == []
    listed = client.get(ALL, headers=key).json["items"]  # type: ignore[index]
    assert [(one["id"], one["way"]) for one in listed] == [(made.json["id"], "rooms")]


def test_a_stale_basis_and_a_second_decision_are_refused(client: FlaskClient, key: Headers, halls: Halls) -> None:
    made = report(client, key, halls)
    worker.work_off()
    one = f"{ALL}/{made.json['id']}"
    seen, session = client.get(one, headers=key), halls.session("乙")
    place = find_placement(session.id)
    assert place and seen.json
    place_session(session.code, "2027-04-13T15:00", halls.rooms["three"], version=place.version, actor=SYSTEM)
    body = {"way": "rooms", "basis": seen.json["basis"]}
    problem(put(client, key, f"{one}/decision", seen, **body), 412, "incident.changed")
    now = client.get(one, headers=key)
    assert now.json and not any(way["fresh"] for way in now.json["ways"][:3])
    assert [way["state"] for way in put(client, key, f"{one}/look", now).json["ways"]][:3] == ["waiting"] * 3
    worker.work_off()
    now = client.get(one, headers=key)
    assert now.json
    body = {"way": "rooms", "basis": now.json["basis"], "tell": False}
    done = put(client, key, f"{one}/decision", now, **body)
    assert done.json["notice"] is None
    problem(put(client, key, f"{one}/decision", now, **body), 412, "version.stale")
    problem(put(client, key, f"{one}/decision", done, **body | {"way": "cancel"}), 409, "incident.decided")
    problem(put(client, key, f"{one}/look", done), 409, "incident.decided")


def test_halls_come_back(client: FlaskClient, key: Headers, halls: Halls) -> None:
    made = report(client, key, halls)
    one = f"{ALL}/{made.json['id']}"
    problem(client.put(f"{one}/lifting", headers=key), 428, "precondition.missing")
    lifted = put(client, key, f"{one}/lifting", made)
    assert lifted.status_code == 200 and lifted.json["lifted_at"] and lifted.json["ways"] == []
    problem(put(client, key, f"{one}/look", lifted), 409, "incident.lifted")
    assert report(client, key, halls, "b").status_code == 201


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"rooms": []}, "rooms"),
        ({"rooms": ["nix"]}, "rooms"),
        ({"rooms": "nix"}, "rooms"),
        ({"rooms": 3}, "rooms"),
        ({"rooms": [3]}, "rooms"),
        ({"since": 5}, "since"),
        ({"until": "2027-04-13T08:00"}, "until"),
        ({"since": "2026-01-01T08:00"}, "since"),
        ({"reason_zh": 5}, "reason_zh"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_meant_is_said(
    client: FlaskClient, key: Headers, halls: Halls, body: dict[str, Any], field: str
) -> None:
    answer = report(client, key, halls, **body)
    assert answer.status_code == 422 and [one["field"] for one in answer.json["errors"]] == [field]
    assert client.get(ALL, headers=key).json == {"items": []}


@pytest.mark.parametrize(
    "body",
    [{"way": "magic"}, {"way": "rooms", "short": "magic"}, {"way": "rooms", "tell": "yes"}, {"way": 3}, {"colour": 1}],
)
def test_a_decision_that_cannot_be_meant_is_said(
    client: FlaskClient, key: Headers, halls: Halls, body: dict[str, Any]
) -> None:
    made = report(client, key, halls)
    assert put(client, key, f"{ALL}/{made.json['id']}/decision", made, **body).status_code == 422


def test_a_way_that_is_not_found_yet_is_none(client: FlaskClient, key: Headers, halls: Halls) -> None:
    made = report(client, key, halls)
    body = {"way": "rooms", "basis": made.json["basis"]}
    problem(put(client, key, f"{ALL}/{made.json['id']}/decision", made, **body), 409, "incident.no_way")


def test_who_only_reads_sees_all_and_does_nothing(client: FlaskClient, key: Headers, halls: Halls) -> None:
    made, reader = report(client, key, halls), make_key("spring", role="reader")[1]
    one = f"{ALL}/{made.json['id']}"
    assert client.get(one, headers=reader).status_code == client.get(ALL, headers=reader).status_code == 200
    assert report(client, reader, halls, "r").status_code == 403
    for way in ("look", "decision", "lifting"):
        assert put(client, reader, f"{one}/{way}", made, way="cancel", basis="").status_code == 403
    problem(client.get(f"{ALL}/nix", headers=key), 404, "incident.not_found")


def test_a_venues_key_reports_its_own_halls_and_its_owner_takes_it_back(client: FlaskClient, halls: Halls) -> None:
    row, near = make_key("spring", "venue", "venue", halls.venues["near"])
    other = make_key("spring", "venue", "venue", halls.venues["near"])[1]
    foreign = report(client, near, halls, "f", rooms=[halls.rooms["far"]])
    problem(foreign, 403, "reach.hall_venue")
    assert client.get(ALL, headers=near).json["items"] == []  # type: ignore[index]
    made = report(client, near, halls)
    assert made.status_code == 201
    one = f"{ALL}/{made.json['id']}"
    seen = client.get(one, headers=near)
    assert put(client, near, f"{one}/decision", seen, way="rooms", basis=seen.json["basis"]).status_code == 403
    assert put(client, near, f"{one}/look", seen).status_code == 200
    lifted = put(client, other, f"{one}/lifting", client.get(one, headers=other))
    problem(lifted, 403, "reach.alarm_other")
    grants = (GrantValue("venue", halls.id, "venue", halls.venues["near"]),)
    assert lift_alarm(halls.id, made.json["id"], actor=Actor("u", row.owner_id, grants=grants)).lifted_at
