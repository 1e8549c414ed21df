"""On-line attendance on the desk: opened with an https link, closed, taken away; numbers beside the seats."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventweek.audit.actors import SYSTEM
from eventweek.registration.actions import Online, set_online, switch_attendance
from tests.conftest import SignIn
from tests.registration.test_online import loaded
from tests.registration.world import book, offering_of, phone
from tests.web.desk.sheet import filled

pytestmark = pytest.mark.usefixtures("before_the_week")

URL = "https://meet.example.org/j/2206"


def page_of(key: str = "rs-ei-1") -> str:
    return f"/desk/w/jl2026/offerings/{offering_of(key).code}/online"


def test_opened_with_a_link_shown_to_editors_closed_and_taken_away(desk: FlaskClient) -> None:
    code, page = offering_of("rs-ei-1").code, page_of()
    blank = filled(desk.get(page).text)
    answer = desk.post(page, data=blank | {"open": "y", "link": URL, "note_zh": "密码 77", "do": "save"})
    assert answer.status_code == 303 and loaded(code).offering.online_open
    shown = desk.get(page).text
    assert URL in shown and "密码 77" in shown and "可以报" in shown
    assert URL not in desk.get(f"/desk/w/jl2026/offerings/{code}").text
    assert "不占总席位" in desk.get(f"/desk/w/jl2026/offerings/{code}/seats").text
    late = desk.post(page, data=blank | {"open": "y", "link": "", "do": "save"})
    assert late.status_code == 422 and "别人刚改过" in late.text
    form = filled(shown)
    form.pop("open", None)
    assert desk.post(page, data=form | {"do": "save"}).status_code == 303 and not loaded(code).offering.online_open
    assert desk.post(f"{page}/removal").status_code == 303 and len(loaded(code).offering.pools) == 2


@pytest.mark.parametrize("link", ["http://meet.example.org/1", "javascript:alert(1)", "meet.example.org", "https://"])
def test_only_an_https_address_is_taken(desk: FlaskClient, link: str) -> None:
    answer = desk.post(page_of(), data=filled(desk.get(page_of()).text) | {"open": "y", "link": link, "do": "save"})
    assert answer.status_code == 422 and 'aria-invalid="true"' in answer.text
    assert not loaded(offering_of("rs-ei-1").code).offering.online_open


def test_numbers_stand_beside_the_seats_and_what_was_used_stays(desk: FlaskClient) -> None:
    code = offering_of("rs-ei-1").code
    set_online(code, Online(True, url=URL), actor=SYSTEM)
    outcome = book(code, phone=phone(1), seats=3)[0]
    switch_attendance(outcome.registration, online=True, actor=SYSTEM)
    dashboard = desk.get("/desk/w/jl2026/dashboard").text
    assert "线上报名（人次）" in dashboard and "进过线上会场" in dashboard
    kept = desk.post(f"{page_of()}/removal", follow_redirects=True).text
    assert "已经有人报过线上" in kept
    listed = desk.get(f"/desk/w/jl2026/offerings/{code}").text
    assert "线上</span>" in listed[listed.index('id="people"') :].split("</table>")[0]
    people = desk.get("/desk/w/jl2026/registrants?class=online").text
    assert "欧阳娜娜" in people and "线上" in people


def test_a_reader_sees_no_link(demo_app: Flask, sign_in: SignIn) -> None:
    set_online(offering_of("rs-ei-1").code, Online(True, url=URL), actor=SYSTEM)
    answer = sign_in(demo_app, role="reader").get(page_of())
    assert answer.status_code == 403 and URL not in answer.text
