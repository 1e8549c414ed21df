"""What offerings ask, over the API: the same checks and fields as the pages, and the desk that writes them."""

from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.test_registration import PERSON, WEEK, post
from tests.factories.keys import make_key
from tests.registration.test_forms import MEAL, row
from tests.registration.test_identities import NUMBER
from tests.registration.world import offering_of

DESK = "/api/v1/desk/weeks/jl2026"
pytestmark = pytest.mark.usefixtures("before_the_week")


def test_a_form_is_written_read_answered_and_corrected(demo_client: FlaskClient) -> None:
    own = offering_of("rs-ei-1")
    code, session = own.code, own.sessions[0].session.code
    _key, key = make_key("jl2026")
    address = f"{DESK}/offerings/{code}/questions"
    seen = demo_client.get(address, headers=key)
    assert (seen.json or {})["version"] == 0
    rows = [row("meal", "choice", choices=list(MEAL), required=True), row("plan", "file")]
    match = {"If-Match": seen.headers["ETag"]}
    wrong = demo_client.put(address, json={"questions": [row("", label_zh="")]}, headers=key | match)
    assert wrong.status_code == 422
    assert [(e["field"], e["code"]) for e in (wrong.json or {})["errors"]] == [
        ("questions.0.label_zh", "field.one_language")
    ]
    made = demo_client.put(address, json={"questions": rows}, headers=key | match)
    assert made.status_code == 200 and (made.json or {})["questions"][0]["key"] == "meal"
    assert demo_client.put(address, json={"questions": []}, headers=key | match).status_code == 412
    named = {"real_name": True, "consents": ["publishing"]}
    offering = demo_client.patch(f"{DESK}/offerings/{code}", json=named, headers=key | {"If-Match": "*"})
    assert ((offering.json or {})["real_name"], (offering.json or {})["consents"]) == (True, ["publishing"])
    form = demo_client.get(f"{WEEK}/sessions/{session}/offerings/{code}/form").json or {}
    assert [text["purpose"] for text in form["consents"]] == ["sensitive", "publishing"] and form["real_name"]
    [told] = (demo_client.get(f"{WEEK}/sessions/{session}/offerings").json or {})["items"]
    assert told["asks"] is True and told["max_party"] == 1
    item: dict[str, Any] = {"offering": code, "answers": {"meal": "fish"}}
    refused = post(demo_client, {**PERSON, "items": [item], "id_type": "resident", "id_number": NUMBER[:-1]})
    wanted = [(f"{code}.answers.meal", "answer.choice"), ("id_number", "identity.length")]
    assert [(e["field"], e["code"]) for e in (refused.json or {})["errors"]] == [
        *wanted,
        ("consent.sensitive", "consent.sensitive_required"),
    ]
    assert NUMBER[:-1] not in refused.text
    _answered(demo_client, code, form)


def _answered(client: FlaskClient, code: str, form: dict[str, Any]) -> None:
    sent = client.post(f"{WEEK}/answer-files", data={"file": (BytesIO(b"%PDF-1.7\n%%EOF\n"), "计划.pdf")})
    assert sent.status_code == 201
    receipt = (sent.json or {})["receipt"]
    body = {
        **PERSON,
        "items": [{"offering": code, "answers": {"meal": "meat", "plan": receipt}}],
        "consents": {"sensitive": form["consents"][0]["id"]},
        "id_type": "resident",
        "id_number": NUMBER,
    }
    done = post(client, body, key="k-2")
    assert done.status_code == 201 and done.json and post(client, body, key="k-2").json == done.json
    token = {"Authorization": f"Bearer {done.json['pass']['manage_token']}"}
    address = f"/api/v1/registrations/{done.json['registrations'][0]['code']}/answers"
    kept = client.get(address, headers=token).json or {}
    assert kept == {"form_version": 1, "answers": {"meal": "meat", "plan": receipt}}
    again = client.put(address, json={"answers": {"meal": "none", "plan": receipt}}, headers=token)
    assert (again.json or {})["answers"] == {"meal": "none", "plan": receipt}
    assert client.put(address, json={"answers": {"meal": 7}}, headers=token).status_code == 422
    assert client.get(address).status_code == 401


@pytest.mark.parametrize(
    "rubbish",
    [
        {"answers": []},
        {"answers": {"x" * 41: "y"}},
        {"consents": {"registration": ""}},
        {"consents": {"sensitive": 7}},
        {"id_number": 7},
        {"id_number": "1" * 81},
        {"under_age": "yes"},
        {"items": [{"offering": "x", "answers": "y"}]},
    ],
)
def test_rubbish_is_said_at_its_field(demo_client: FlaskClient, rubbish: dict[str, Any]) -> None:
    answer = post(demo_client, {**PERSON, "items": [{"offering": offering_of("rs-ei-1").code}], **rubbish})
    assert answer.status_code == 422 and (answer.json or {})["errors"][0]["code"].startswith("json.")


def test_a_file_that_is_none_is_refused_before_it_is_kept(demo_client: FlaskClient) -> None:
    address = f"{WEEK}/answer-files"
    assert demo_client.post(address, json={}).status_code == 415
    assert demo_client.post(address, data={"x": "y"}, content_type="multipart/form-data").status_code == 422
    bad = demo_client.post(address, data={"file": (BytesIO(b"<svg onload=x>"), "a.pdf")})
    assert bad.status_code == 422 and (bad.json or {})["code"] == "upload.unknown"


def test_texts_of_boxes_and_certificates_over_the_desk(demo_client: FlaskClient) -> None:
    _key, key = make_key("jl2026")
    address = f"{DESK}/consents/sharing"
    seen = demo_client.get(address, headers=key)
    match = {"If-Match": seen.headers["ETag"]}
    sent = {"text_zh": "给合办单位", "text_en": "To co-hosts"}
    made = demo_client.put(address, json=sent, headers=key | match)
    assert (made.json or {})["version"] == 2
    assert demo_client.put(address, json=sent, headers=key | match).status_code == 412
    assert demo_client.get(f"{DESK}/consents/registration", headers=key).status_code == 404
    assert demo_client.get(f"{DESK}/certificates", headers=key).json == {"items": []}
