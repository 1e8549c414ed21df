"""Messages over the desk's API: words, hours, campaigns, single messages."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventweek.worker import work_off
from tests.api.test_problems import problem
from tests.factories.keys import make_key
from tests.registration.world import book, offering_of, phone

HERE = "/api/v1/desk/weeks/jl2026"


@pytest.mark.database
@pytest.mark.usefixtures("before_the_week")
def test_words_hours_campaigns_and_messages(demo_app: Flask, demo_client: FlaskClient) -> None:
    book(offering_of("rs-ei-1").code, phone=phone(1), email="a@example.org")
    _key, key = make_key("jl2026")
    where = f"{HERE}/message-texts/confirmed"
    read = demo_client.get(where, headers=key)
    assert read.json and read.json["changed"] == [] and "{link}" in read.json["body_zh"]
    seen = key | {"If-Match": read.headers["ETag"]}
    refused = problem(demo_client.patch(where, json={"body_en": "{nmae}"}, headers=seen), 422, "input.invalid")
    assert refused.json and refused.json["errors"][0]["code"] == "message.unknown_names"
    changed = demo_client.patch(where, json={"subject_zh": "好了", "channels": ["sms", "email"]}, headers=seen)
    assert changed.json and (changed.json["changed"], changed.json["channels"]) == (["subject_zh"], ["sms", "email"])
    problem(demo_client.patch(where, json={"subject_zh": "又"}, headers=seen), 412, "version.stale")
    reset = demo_client.delete(where, headers=key | {"If-Match": changed.headers["ETag"]})
    assert reset.json and reset.json["changed"] == []
    hours = demo_client.patch(f"{HERE}/message-settings", json={"quiet_from": "21:00"}, headers=key | {"If-Match": "*"})
    assert hours.json and hours.json["quiet_from"] == "21:00"
    words = {"purpose": "换厅", "subject_zh": "换到 A302", "body_zh": "{name}：请到 A302。", "channels": ["email"]}
    made = demo_client.post(f"{HERE}/campaigns", json=words, headers=key | {"Idempotency-Key": "1"})
    assert made.status_code == 201 and made.json and made.json["reached"] == 1
    one = f"{HERE}/campaigns/{made.json['id']}"
    whatever = key | {"If-Match": "*"}
    problem(demo_client.put(f"{one}/sending", json={"at": "soon"}, headers=whatever), 422, "input.invalid")
    going = demo_client.put(f"{one}/sending", json={}, headers=whatever)
    assert going.json and going.json["state"] == "scheduled"
    while work_off():
        pass
    done = demo_client.get(one, headers=key).json
    assert done and (done["state"], done["people"], done["messages"]) == ("done", 1, {"sent": 1})
    problem(demo_client.put(f"{one}/cancellation", headers=key | {"If-Match": "*"}), 422, "campaign.gone")
    listed = demo_client.get(f"{HERE}/messages?campaign={done['id']}", headers=key)
    assert listed.json and listed.json["total"] == 1 and "example.org" not in listed.text
    number = listed.json["items"][0]["id"]
    for _twice in range(2):
        again = demo_client.post(f"{HERE}/messages/{number}/copies", headers=key | {"Idempotency-Key": "2"}, json={})
        assert again.status_code == 201
    assert demo_client.get(f"{HERE}/messages?campaign={done['id']}", headers=key).json["total"] == 2  # type: ignore[index]
    _other, reader = make_key("jl2026", "reader")
    problem(demo_client.get(f"{HERE}/messages", headers=reader), 403, "permission.denied")
