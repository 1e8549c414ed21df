"""What the public reads of a session besides its title: subtitle and abstract."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventweek.audit.actors import SYSTEM
from eventweek.scheduling.actions.placements import place_session
from eventweek.scheduling.actions.releases import release_schedule
from tests.factories.programme import make_room, make_session, make_venue, make_week


@pytest.mark.database
def test_subtitle_and_abstract_stand_on_the_page_in_the_search_and_in_the_api(app: Flask, client: FlaskClient) -> None:
    week = make_week()
    texts = {"subtitle_zh": "从样机到订单", "abstract_en": "In **one hour**."}
    told, plain = make_session(week, "量产之路", **texts), make_session(week, "闭幕")
    for session in (told, plain):
        place_session(session.code, f"{week.first_day}T10:00", make_room(make_venue()).code, version=None, actor=SYSTEM)
    release_schedule(week.id, actor=SYSTEM, note="")
    page = client.get(f"/w/{week.code}/s/{told.code}").text
    assert "从样机到订单" in page and "In <strong>one hour</strong>." in page
    assert "subtitle" not in client.get(f"/w/{week.code}/s/{plain.code}").text
    found = client.get(f"/w/{week.code}/programme?q=样机").text
    assert told.code in found and plain.code not in found
    answer = client.get(f"/api/v1/weeks/{week.code}/sessions/{told.code}").json
    assert answer["subtitle"] == {"zh": "从样机到订单", "en": ""} and answer["abstract"]["en"] == "In **one hour**."
