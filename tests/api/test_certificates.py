"""Certificates of attendance by program: given with the token of a pass, checked by anybody."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from eventweek.checkin.queries.sessions import find_session
from eventweek.kernel.clock import travel
from eventweek.kernel.db import db
from eventweek.kernel.limits import init_limits
from eventweek.registration.models import Pass
from eventweek.registration.passes import manage_token_of, token_of
from tests.api.test_problems import problem
from tests.checkin.test_certificates import Door
from tests.factories.door import Held, demo_week_id, make_device, make_gate
from tests.registration.world import book, offering_of

BASE = "/api/v1/certificates"


def test_given_fetched_and_checked(demo_app: Flask, demo_client: FlaskClient, before_the_week: None) -> None:
    init_limits("")
    offering = offering_of("rs-ei-2")
    book(offering.code, name="王敏")
    own = db.session.scalars(select(Pass).order_by(Pass.id.desc())).first()
    assert own
    door, session = Door(), find_session(demo_week_id(), offering.sessions[0].session.code)
    assert session
    token = {"Authorization": f"Bearer {manage_token_of(own)}"}
    held = Held(token_of(own), "", own.code, own.id, own.attendee_id)
    door.session, door.gate = session, make_gate(session)
    with travel(session.start):
        door.device = make_device("lead")[0]
    here = f"{BASE}/offering/{offering.code}"
    with travel(session.end + timedelta(hours=1)):
        assert problem(demo_client.put(here, headers=token), 409, "certificate.not_attended")
        door.scan(held, 0)
        listed = demo_client.get(BASE, headers=token).json
        assert listed and [(one["code"], one["id"], one["why_not"]) for one in listed["items"]] == [
            (offering.code, "", None)
        ]
        given = [demo_client.put(here, headers=token).json for _ in range(2)]
        assert given[0] == given[1] and given[0]
        one = given[0]["items"][0]
        paper = demo_client.get(f"{BASE}/{one['id']}/paper", headers=token | {"Accept-Language": "en"})
        assert paper.mimetype == "application/pdf" and paper.headers["Cache-Control"] == "no-store"
        checked = demo_client.get(f"/api/v1/certificate-checks/{one['number']}").json
        assert checked and (checked["state"], checked["name"]) == ("genuine", "王··")
        assert set(checked) == {"state", "title", "first_day", "last_day", "name"}
        slip = "0" if one["number"][-1] != "0" else "1"
        wrong = demo_client.get(f"/api/v1/certificate-checks/{one['number'][:-1]}{slip}")
        assert problem(wrong, 422, "certificate.typo")
        assert problem(demo_client.put(f"{BASE}/session/{offering.code}", headers=token), 404, "certificate.no_subject")
        assert problem(demo_client.get(f"{BASE}/nothing/paper", headers=token), 404, "certificate.not_found")
    for path in (BASE, here, f"{BASE}/x/paper"):
        method = "PUT" if path == here else "GET"
        assert demo_client.open(path, method=method).status_code == 401


@pytest.mark.parametrize("code", ["%00", "%20", "AAAA", "A" * 400])
def test_rubbish_is_a_slip(demo_client: FlaskClient, code: str) -> None:
    init_limits("")
    assert demo_client.get(f"/api/v1/certificate-checks/{code}").status_code in (404, 422)
