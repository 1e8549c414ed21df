"""Units register by program: all or nobody, once per key, each problem at its place; the leader's token changes."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from eventweek.kernel.clock import travel
from eventweek.kernel.db import db
from eventweek.registration.models import Registration, RegistrationGroup
from eventweek.registration.queries.groups import find_group
from eventweek.registration.verify import list_findings
from tests.api.shapes import complaints
from tests.registration.world import offering_of, phone, resize, set_week_state

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("before_the_week")]
UNIT = {"unit": "吉林省示例光电有限公司", "leader": "王敏", "email": "wang@example.org", "consent": True}
WEEK = "/api/v1/weeks/jl2026"
Token = dict[str, str]


def people(number: int, first: int = 0) -> list[dict[str, Any]]:
    return [{"name": f"示例{'甲乙丙丁戊己庚辛壬癸'[n]}", "phone": phone(n)} for n in range(first, first + number)]


def send(client: FlaskClient, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
    """Send JSON with headers, underscores standing for dashes."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    sent = {"data": json.dumps(body), "content_type": "application/json"} if body is not None else {}
    return client.open(path, method=method, headers=named, **sent)


def post(client: FlaskClient, key: str = "k-1", **body: Any) -> TestResponse:
    sent = UNIT | {"offering": offering_of("rs-ei-2").code, "people": people(3)} | body
    return send(client, "POST", f"{WEEK}/groups", sent, Idempotency_Key=key)


def led(client: FlaskClient) -> tuple[dict[str, Any], str, Token]:
    """Register a group; return it, its address and the headers of its leader."""
    made: dict[str, Any] = post(client).json or {}
    return made, f"/api/v1/groups/{made['code']}", {"Authorization": f"Bearer {made['token']}"}


def told(answer: TestResponse) -> set[str]:
    """Return the codes of a problem, and those at its fields."""
    said: dict[str, Any] = answer.json or {}
    assert answer.content_type == "application/problem+json" and said["detail"]
    return {said["code"], *(f"{one['field']}: {one['code']}" for one in said["errors"])}


def count(model: type[Any] = Registration) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_unit_registers_once_per_key(demo_client: FlaskClient) -> None:
    first = post(demo_client)
    assert first.status_code == 201 and first.json and first.headers["Cache-Control"] == "no-store"
    spec = demo_client.get("/api/v1/openapi.json").json or {}
    assert complaints(spec, {"$ref": "#/components/schemas/RegisteredGroup"}, first.json) == []
    assert [one["state"] for one in first.json["people"]] == ["confirmed"] * 3
    again = post(demo_client)
    assert again.status_code == 201 and again.json == first.json
    assert count() == 3 and count(RegistrationGroup) == 1
    assert told(post(demo_client, unit="别的单位")) == {"idempotency.mismatch"} and count() == 3
    where = first.json["list"].removeprefix("http://127.0.0.1:8000")
    assert demo_client.get(where).status_code == 303 and "Set-Cookie" not in first.headers
    assert [found for found in list_findings() if found.rows] == []


def test_a_bad_person_registers_nobody_and_is_named_at_their_place(demo_client: FlaskClient) -> None:
    own = people(4)
    own[1]["phone"], own[3]["phone"] = "1390000", own[0]["phone"]
    answer = post(demo_client, people=own)
    wrong = {"people.1.phone: phone.invalid", "people.3.phone: group.contact_taken"}
    assert answer.status_code == 422 and told(answer) == {"input.invalid", *wrong} and count() == 0
    assert post(demo_client, people=people(4)).status_code == 201 and count() == 4
    other = post(demo_client, "k-2", people=[*people(1, 8), *people(1)])
    assert "people.1.phone: group.contact_taken" in told(other) and count() == 4


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"people": []}, 422, "people: json.length"),
        ({"people": [{"name": "甲乙", "phone": phone(0)}] * 101}, 422, "people: json.length"),
        ({"people": [{"name": 5}]}, 422, "people.0.name: json.type"),
        ({"people": [{"name": "甲乙", "seats": 5}]}, 422, "people.0.seats: json.unknown"),
        ({"people": [{"name": "\0\u202e"}]}, 422, "people.0.name: name.required"),
        ({"people": {"0": {}}}, 422, "people: json.type"),
        ({"unit": ""}, 422, "unit: field.required"),
        ({"leader": "", "email": "", "phone": "1"}, 422, "leader: name.required"),
        ({"consent": False}, 422, "consent: group.consent"),
        ({"consent": "yes"}, 422, "consent: json.type"),
        ({"locale": "fr"}, 422, "locale: json.choice"),
        ({"offering": "none"}, 404, "offering.not_found"),
        ({"offering": "\0"}, 404, "offering.not_found"),
    ],
)
def test_bad_input_is_answered(demo_client: FlaskClient, body: dict[str, Any], status: int, code: str) -> None:
    answer = post(demo_client, **body)
    assert (answer.status_code, code in told(answer)) == (status, True), answer.text
    assert count() == count(RegistrationGroup) == 0


def test_the_leader_reads_adds_swaps_and_cancels(demo_client: FlaskClient) -> None:
    made, here, token = led(demo_client)
    assert demo_client.get(here, headers=token).json == made
    resize(offering_of("rs-ei-2").code, 4)
    more = {"people": people(2, 3)}
    added = send(demo_client, "POST", f"{here}/members", more, Idempotency_Key="m", **token)
    again = send(demo_client, "POST", f"{here}/members", more, Idempotency_Key="m", **token)
    assert added.status_code == again.status_code == 201 and added.json == again.json and count() == 5
    assert [(one["state"], one["position"]) for one in (added.json or {})["people"]][3:] == [
        ("confirmed", 0),
        ("waitlisted", 1),
    ]
    first, second = (f"{here}/members/{one['registration']}" for one in made["people"][:2])
    seen = demo_client.get(first, headers=token)
    person = {"name": "司马相如", "phone": phone(60), "consent": True}
    swapped = send(demo_client, "PUT", first, person, If_Match=seen.headers["ETag"], **token)
    assert swapped.status_code == 200 and (swapped.json or {})["name"] == "司马相如"
    assert swapped.headers["ETag"] != seen.headers["ETag"]
    tag = demo_client.get(second, headers=token).headers["ETag"]
    gone = send(demo_client, "DELETE", second, If_Match=tag, **token)
    assert gone.status_code == 204 and not gone.data
    left = (demo_client.get(here, headers=token).json or {})["people"]
    assert [one["state"] for one in left] == ["confirmed"] * 4 and left[0]["phone"] == f"+86{phone(60)}"
    assert [found for found in list_findings() if found.rows] == []


def test_a_change_names_the_version_it_was_made_for(demo_client: FlaskClient) -> None:
    made, here, token = led(demo_client)
    member = f"{here}/members/{made['people'][0]['registration']}"
    person = {"name": "司马相如", "phone": phone(60), "consent": True}
    seen = demo_client.get(member, headers=token).headers["ETag"]
    for method, body in (("PUT", person), ("DELETE", None)):
        answer = send(demo_client, method, member, body, **token)
        assert answer.status_code == 428 and told(answer) == {"precondition.missing"}
    assert send(demo_client, "PUT", member, person, If_Match=seen, **token).status_code == 200
    for tag in (seen, f"W/{seen}", '"1-00000000"', '"x"'):
        for method, body in (("PUT", person | {"phone": phone(61)}), ("DELETE", None)):
            answer = send(demo_client, method, member, body, If_Match=tag, **token)
            assert answer.status_code == 412 and told(answer) == {"version.stale"}
    assert count() == 3
    wrong = send(demo_client, "PUT", member, person | {"phone": phone(2)}, If_Match="*", **token)
    assert wrong.status_code == 422 and told(wrong) == {"input.invalid", "phone: handover.contact"}
    unsaid = send(demo_client, "PUT", member, {"name": "司马相如", "phone": phone(70)}, If_Match="*", **token)
    assert unsaid.status_code == 422 and any(code.startswith("consent: ") for code in told(unsaid))


def test_only_the_leader_and_only_until_the_cut_off(demo_client: FlaskClient) -> None:
    made, here, token = led(demo_client)
    other = post(demo_client, "k-2", people=people(1, 7)).json or {}
    theirs = {"Authorization": f"Bearer {other['token']}"}
    member = f"{here}/members/{made['people'][0]['registration']}"
    more: dict[str, Any] = {"people": people(1, 8)}
    calls: list[Callable[[Token], TestResponse]] = [
        lambda who: send(demo_client, "GET", here, **who),
        lambda who: send(demo_client, "GET", member, **who),
        lambda who: send(demo_client, "POST", f"{here}/members", more, Idempotency_Key="x", **who),
        lambda who: send(demo_client, "PUT", member, people(1, 8)[0] | {"consent": True}, If_Match="*", **who),
        lambda who: send(demo_client, "DELETE", member, If_Match="*", **who),
    ]
    for who, status in (({}, 401), ({"Authorization": "Bearer 0000"}, 401), (theirs, 404)):
        assert [call(who).status_code for call in calls] == [status] * 5
    lost = f"{here}/members/{other['people'][0]['registration']}"
    assert told(send(demo_client, "DELETE", lost, If_Match="*", **token)) == {"registration.not_found"}
    own = find_group(made["code"])
    assert own
    with travel(own.cut_off + timedelta(seconds=1)):
        assert [call(token).status_code for call in calls] == [200, 200, 422, 422, 422]
        assert [told(call(token)) for call in calls[2:]] == [{"group.over"}] * 3
        assert (calls[0](token).json or {})["why_not"]["code"] == "group.over"
    assert count() == 4


def test_in_a_closed_week_the_leader_gives_back_and_adds_nobody(demo_client: FlaskClient) -> None:
    made, here, token = led(demo_client)
    assert made["why_none"] is None
    set_week_state("closed")
    shown = demo_client.get(here, headers=token).json or {}
    assert (shown["why_not"], shown["why_none"]["code"]) == (None, "offering.week_over")
    added = send(demo_client, "POST", f"{here}/members", {"people": people(1, 8)}, Idempotency_Key="x", **token)
    assert told(added) == {"offering.week_over"}
    member = f"{here}/members/{made['people'][0]['registration']}"
    assert send(demo_client, "DELETE", member, If_Match="*", **token).status_code < 300


def test_no_key_is_a_no_and_one_contact_cannot_go_on_without_end(demo_client: FlaskClient) -> None:
    answer = post(demo_client, key="")
    assert answer.status_code == 400 and told(answer) == {"idempotency.key"} and count() == 0
    answers = [post(demo_client, f"k-{number}", people=[{"name": "甲"}]) for number in range(11)]
    assert answers[-1].status_code == 429 and answers[-1].headers["Retry-After"]
