"""Every subject of the table of fields, and what is none, has a history: on the desk and over the API."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from eventweek.api.v1.desk.resources import RESOURCES
from eventweek.audit.actors import SYSTEM
from eventweek.checkin.models import Gate
from eventweek.kernel.db import db
from eventweek.programme.models import CalendarDay
from eventweek.programme.queries import find_week
from eventweek.programme.rules.subjects import SUBJECTS
from eventweek.registration.actions.offerings import open_offerings
from eventweek.registration.queries.desk import list_week_offerings
from tests.api.desk.test_records import address, new
from tests.api.test_problems import problem
from tests.conftest import SignIn
from tests.factories.keys import make_key

DESK = "/api/v1/desk"
WEEK = f"{DESK}/weeks/jl2026"
OTHERS = {"offering", "gate", "travel_time"}


def _records(client: FlaskClient, key: dict[str, str]) -> dict[str, tuple[str, str]]:
    """Return the API's address and the code of one record of each kind; those of resources are made here."""
    week = find_week("jl2026")
    assert week
    open_offerings(week.id, actor=SYSTEM)
    offering = list_week_offerings(week.id, actor=SYSTEM)[0].offering.code
    gate = db.session.scalars(select(Gate.code).limit(1)).one()
    day = db.session.scalars(select(CalendarDay.day).limit(1)).one().isoformat()
    found = {
        "week": (WEEK, "jl2026"),
        "holiday": (f"{DESK}/holidays/{day}", day),
        "travel_time": (f"{DESK}/travel-times/220200/220100", "220100-220200"),
        "offering": (f"{WEEK}/offerings/{offering}", offering),
        "gate": (f"{WEEK}/gates/{gate}", gate),
    }
    for own in RESOURCES:
        made = client.post(
            address(own), json=new(client, key, own), headers=key | {"Idempotency-Key": f"history-{own.noun}"}
        )
        assert made.json, made.text
        found[own.noun] = (made.headers["Location"], made.json["id"])
    return found


@pytest.mark.database
def test_every_subject_has_a_history_on_the_desk_and_over_the_api(demo_app: Flask, sign_in: SignIn) -> None:
    client, (_key, key) = demo_app.test_client(), make_key("jl2026")
    records = _records(client, key)
    assert set(records) == (set(SUBJECTS) | OTHERS) - {"proposal"}  # a proposer's: tests/api/desk/test_proposals.py
    desk = sign_in(demo_app)
    weekly = {own.noun for own in RESOURCES if own.weekly} | {"offering", "gate"}
    for noun, (where, code) in records.items():
        past = client.get(f"{where}/history", headers=key).json
        assert past and past["items"], noun
        first = past["items"][-1]
        assert first["verb"] == "create" and first["subject"] == noun and first["changes"], (noun, first)
        page = desk.get(f"/desk{'/w/jl2026' if noun in weekly else ''}/history/{noun}/{code}")
        assert page.status_code == 200 and "新建了" in page.text and re.search(r"<dl>.*<dt>", page.text, re.S), noun
        unknown = client.get(where.replace(code, "nix") + "/history", headers=key) if code in where else None
        assert unknown is None or unknown.status_code == 404, noun


@pytest.mark.database
def test_days_and_roads_tell_each_change_by_field(demo_app: Flask, demo_client: FlaskClient) -> None:
    _key, key = make_key("jl2026")
    where = f"{DESK}/holidays/2026-12-31"
    made = demo_client.put(where, json={"type": "holiday", "name_zh": "示例日"}, headers=key | {"If-None-Match": "*"})
    seen = key | {"If-Match": made.headers["ETag"]}
    demo_client.put(where, json={"type": "holiday", "name_zh": "改名日"}, headers=seen)
    past = demo_client.get(f"{where}/history", headers=key).json
    assert past and [one["verb"] for one in past["items"]] == ["edit", "create"]
    assert past["items"][0]["changes"] == {"name_zh": ["示例日", "改名日"]} and past["items"][0]["version"] == 2
    assert past["items"][1]["changes"]["type"] == [None, "holiday"]
    demo_client.delete(where, headers=key | {"If-Match": "*"})
    demo_client.put(where, json={"type": "adjusted_workday", "name_en": "Sample"}, headers=key | {"If-None-Match": "*"})
    again = demo_client.get(f"{where}/history", headers=key).json
    assert again and [one["verb"] for one in again["items"]] == ["create", "delete", "edit", "create"]

    road = f"{DESK}/travel-times/220100/220200"
    before = demo_client.get(road, headers=key).json
    demo_client.put(road, json={"minutes": 77}, headers=key | {"If-Match": "*"})
    told = demo_client.get(f"{road}/history", headers=key).json
    assert before and told and told["items"][0]["changes"] == {"minutes": [before["minutes"], 77]}
    _own, weak = make_key("jl2026", role="reader")
    problem(demo_client.get(f"{WEEK}/gates/nix/history", headers=weak), 403, "permission.denied")
