"""On-line attendance by program: opened over the desk's API, registered for, changed, entered with a pass's token."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventweek.kernel.clock import travel
from tests.api.test_problems import problem
from tests.factories.keys import make_key
from tests.registration.test_online import loaded
from tests.registration.world import book, offering_of, phone, resize

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("before_the_week")]
PUBLIC = "/api/v1/weeks/jl2026"
URL = "https://meet.example.org/j/2206"


def opened(client: FlaskClient, cap: int = 1) -> tuple[str, dict[str, str], str]:
    code, (_key, key) = offering_of("rs-ei-1").code, make_key("jl2026")
    resize(code, cap)
    here = f"/api/v1/desk/weeks/jl2026/offerings/{code}/online"
    body = {"open": True, "link": URL, "note_zh": "密码 77", "before_min": 20}
    answer = client.put(here, json=body, headers=key | {"If-Match": "*"})
    assert answer.status_code == 200 and answer.json and answer.json["link"] == URL
    return code, key, here


def registered(client: FlaskClient, code: str, number: int, **item: Any) -> tuple[dict[str, Any], dict[str, str]]:
    person = {"name": "王敏", "phone": phone(number), "consent": True, "items": [{"offering": code, **item}]}
    answer = client.post(f"{PUBLIC}/registrations", json=person, headers={"Idempotency-Key": str(number)})
    assert answer.status_code == 201 and answer.json
    token = {"Authorization": f"Bearer {answer.json['pass']['manage_token']}"}
    return answer.json["registrations"][0], token


def test_opened_registered_changed_and_entered(demo_app: Flask, demo_client: FlaskClient) -> None:
    code, key, here = opened(demo_client)
    session = loaded(code).sessions[0]
    book(code, phone=phone(1))
    offered = demo_client.get(f"{PUBLIC}/sessions/{session.code}/offerings").json or {}
    assert offered["items"][0]["online"] and offered["items"][0]["free"] == 0
    mine, token = registered(demo_client, code, 2, online=True)
    assert (mine["state"], mine["online"], mine["position"]) == ("confirmed", True, 0)
    own = f"/api/v1/registrations/{mine['code']}"
    back = demo_client.put(f"{own}/attendance", json={"online": False}, headers=token)
    assert problem(back, 422, "online.no_seat")
    assert problem(demo_client.post(f"{own}/joining", headers=token), 422, "online.early")
    with travel(session.start - timedelta(minutes=20)):
        assert (demo_client.get(own, headers=token).json or {})["can_join"]
        answer = demo_client.post(f"{own}/joining", headers=token)
        told = {"link": URL, "note": {"zh": "密码 77", "en": ""}, "session": session.code}
        assert answer.json == told and answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
    kept = demo_client.get(here, headers=key).json or {}
    assert (kept["registered"], kept["joined"]) == (1, 1)
    numbers = demo_client.get("/api/v1/desk/weeks/jl2026/dashboard", headers=key).json or {}
    assert numbers["online"] == {"registered": 1, "joined": 1}
    assert problem(demo_client.delete(here, headers=key | {"If-Match": "*"}), 422, "online.in_use")


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"open": True, "link": "http://meet.example.org/"}, "link", "online.https"),
        ({"open": True, "link": "https://user@meet.example.org/"}, "link", "url.shape"),
        ({"open": True, "link": 7}, "link", "value.type"),
        ({"open": True, "before_min": 1441}, "before_min", "number.range"),
        ({"open": True, "note_zh": "长" * 501}, "note_zh", "text.too_long"),
    ],
)
def test_bad_input_is_told_at_its_field(
    demo_app: Flask, demo_client: FlaskClient, body: dict[str, Any], field: str, code: str
) -> None:
    offering, (_key, key) = offering_of("rs-ei-1").code, make_key("jl2026")
    here = f"/api/v1/desk/weeks/jl2026/offerings/{offering}/online"
    answer = demo_client.put(here, json=body, headers=key | {"If-Match": "*"})
    assert answer.status_code == 422 and [(e["field"], e["code"]) for e in (answer.json or {})["errors"]] == [
        (field, code)
    ]
    assert not loaded(offering).offering.online_open


def test_the_link_stays_where_it_is_left_out_and_a_reader_is_told_nothing(
    demo_app: Flask, demo_client: FlaskClient
) -> None:
    _code, key, here = opened(demo_client)
    kept = demo_client.put(here, json={"open": False}, headers=key | {"If-Match": "*"}).json or {}
    assert (kept["open"], kept["link"], kept["note_zh"]) == (False, URL, "密码 77")
    _key, reading = make_key("jl2026", role="reader")
    answer = demo_client.get(here, headers=reading)
    assert answer.status_code == 403 and URL not in answer.text


@pytest.mark.parametrize("sent", [{}, {"online": "yes"}, {"online": None}, {"online": [True]}])
def test_what_is_no_answer_changes_nothing(demo_app: Flask, demo_client: FlaskClient, sent: Any) -> None:
    code, _key, _here = opened(demo_client, 2)
    mine, token = registered(demo_client, code, 3)
    answer = demo_client.put(f"/api/v1/registrations/{mine['code']}/attendance", json=sent, headers=token)
    assert answer.status_code == 422
    assert not (demo_client.get(f"/api/v1/registrations/{mine['code']}", headers=token).json or {})["online"]
