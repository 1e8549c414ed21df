"""The door's pages: enrolment, choosing, scanning by form and by script, finding people, refusals."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventweek.audit.actors import SYSTEM
from eventweek.checkin.actions.devices import Enrolment, enrol_device, revoke_device
from eventweek.checkin.queries.sessions import Turnout, count_turnout
from eventweek.kernel.clock import local_day, now, travel
from tests.factories.door import demo_week_id, make_device, make_gate, make_pass, open_sessions


class Phone:
    """A door phone's browser at one gate of the earliest session, ten minutes before its start."""

    def __init__(self, app: Flask, profile: str = "scan") -> None:
        self.session, self.other = open_sessions()
        self.gate = make_gate(self.session)
        self.client = app.test_client()
        with travel(self.session.start - timedelta(hours=2)):
            self.device, key = make_device(profile, self.gate)
        self.client.set_cookie("eventweek-door", key)
        self.at = f"/gate/at/{self.gate.code}/{self.session.code}"

    def scan(self, page: str = "", /, **fields: Any) -> Any:
        """Send a form as the page without script does, with the number that the page holds."""
        html = self.client.get(page or self.at).text
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', html))
        return self.client.post(f"{self.at}/scans", data={**hidden, **fields})

    def send(self, body: Any, /) -> Any:
        """Send JSON as the page's script does."""
        token = re.findall(r'name="csrf_token" value="([^"]*)"', self.client.get(self.at).text)[0]
        headers = {"X-CSRFToken": token, "Accept": "application/json"}
        if isinstance(body, str):
            return self.client.post(f"{self.at}/scans", data=body, headers=headers, content_type="application/json")
        return self.client.post(f"{self.at}/scans", json=body, headers=headers)


@pytest.fixture
def phone(demo_app: Flask) -> Iterator[Phone]:
    with travel(open_sessions()[0].start - timedelta(minutes=10)):
        yield Phone(demo_app)


@pytest.fixture
def lead(demo_app: Flask) -> Iterator[Phone]:
    with travel(open_sessions()[0].start - timedelta(minutes=10)):
        yield Phone(demo_app, "lead")


@pytest.fixture
def at_noon(at_demo_noon: Any) -> Any:
    return at_demo_noon


def test_a_link_enrols_one_phone_once(demo_app: Flask, demo_client: FlaskClient, at_noon: Any) -> None:
    link = enrol_device(demo_week_id(), Enrolment("正门1号", "scan", now() + timedelta(days=2)), actor=SYSTEM)[1]
    page = demo_client.get(f"/gate/enrol/{link}")
    assert "登记验票手机" in page.text and 'value="正门1号"' in page.text
    assert "Set-Cookie" not in page.headers or "eventweek-door" not in page.headers["Set-Cookie"]
    token = re.findall(r'name="csrf_token" value="([^"]*)"', page.text)[0]
    empty = demo_client.post(f"/gate/enrol/{link}", data={"csrf_token": token, "name": "\u200b " + "x" * 99})
    assert empty.status_code == 422 and "60" in empty.text
    done = demo_client.post(f"/gate/enrol/{link}", data={"csrf_token": token, "name": "东门2号"})
    assert done.status_code == 303 and done.location == "/gate/"
    cookie = demo_client.get_cookie("eventweek-door")
    assert cookie is not None and cookie.http_only and link not in cookie.value
    assert "东门2号" in demo_client.get("/gate/").text
    other = demo_app.test_client()
    assert other.get(f"/gate/enrol/{link}").status_code == 410
    assert "登记链接已用过" in other.get(f"/gate/enrol/{link}").text


def test_a_link_dies_after_fifteen_minutes(demo_client: FlaskClient, at_noon: Any) -> None:
    link = enrol_device(demo_week_id(), Enrolment("正门1号", "scan", now() + timedelta(days=2)), actor=SYSTEM)[1]
    with travel(at_noon + timedelta(minutes=15)):
        assert demo_client.get(f"/gate/enrol/{link}").status_code == 410
    assert demo_client.get(f"/gate/enrol/{link}").status_code == 200


def test_start_lists_todays_sessions_of_its_gates(phone: Phone) -> None:
    page = phone.client.get("/gate/")
    assert phone.at in page.text and phone.session.title.zh in page.text
    elsewhere = {s.venue_code for s in open_sessions(60)} - {phone.session.venue_code}
    assert elsewhere and page.text.count('class="gate__venue">') == 1
    assert "?rehearsal=1" not in page.text


def test_sessions_of_other_days_are_for_rehearsal(phone: Phone) -> None:
    here = [s for s in open_sessions(170) if s.venue_code == phone.session.venue_code]
    own = next(s for s in here if s.start.date() > phone.session.end.date())
    day = local_day(own.start, "Asia/Shanghai")
    assert f"?day={day}" in phone.client.get("/gate/").text
    page = phone.client.get("/gate/", query_string={"day": day}).text
    assert own.title.zh in page and "彩排" in page
    assert len(re.findall(r"/gate/at/[^\"]+", page)) == len(re.findall(r"/gate/at/[^\"]+\?rehearsal=1", page)) > 0
    assert phone.session.title.zh in phone.client.get("/gate/?day=rubbish").text


def test_the_camera_is_allowed_under_gate_only(phone: Phone) -> None:
    page = phone.client.get(phone.at)
    assert "'wasm-unsafe-eval'" in page.headers["Content-Security-Policy"]
    assert "camera=(self)" in page.headers["Permissions-Policy"]
    assert page.headers["Cache-Control"] == "no-store"
    public = phone.client.get("/w/jl2026/")
    assert (
        "wasm" not in public.headers["Content-Security-Policy"] and "camera=()" in public.headers["Permissions-Policy"]
    )


def test_without_script_a_typed_code_gives_a_page(phone: Phone) -> None:
    held = make_pass(phone.session)
    green = phone.scan(code=held.short_code[:4] + " " + held.short_code[4:].lower())
    assert (
        "放行" in green.text
        and "示例丁卯" in green.text
        and "verdict--yes" in green.text
        and "第 1 位到场" in green.text
    )
    assert held.token not in green.text
    with travel(phone.session.start):
        yellow = phone.scan(code=held.token)
    assert "请稍等" in yellow.text and "已经入场" in yellow.text and "测试门" in yellow.text
    assert "请值班长来看" in yellow.text and "值班长放行，原因是" not in yellow.text
    red = phone.scan(code="https://example.org/")
    assert "不放行" in red.text and "这不是入场码" in red.text and "verdict--no" in red.text


def test_english_says_the_same(phone: Phone) -> None:
    phone.at = "/en" + phone.at
    page = phone.scan(code=make_pass(phone.other).token)
    assert "Please wait" in page.text and "Registered for another session" in page.text


def test_the_script_gets_colour_counts_and_the_answer(phone: Phone) -> None:
    held = make_pass(phone.session)
    said = phone.send({"seq": 1, "kind": "in", "code": held.token, "device_time": 1_792_000_000_000.5}).get_json()
    assert (said["colour"], said["code"], said["arrived"], said["seq"]) == ("yes", "entry.first", 1, 1)
    assert "放行" in said["html"]
    again = phone.send({"seq": 1, "kind": "in", "code": held.token}).get_json()
    assert (again["code"], again["arrived"]) == ("entry.first", 1)
    clash = phone.send({"seq": 1, "kind": "in", "code": "x"})
    assert (clash.status_code, clash.get_json()["next"]) == (409, 2)
    undone = phone.send({"seq": 2, "kind": "annul", "annuls": 1}).get_json()
    assert (undone["code"], undone["arrived"]) == ("annul.ok", 0)
    assert phone.client.get(f"{phone.at}/turnout").get_json() == {"registered": 1, "arrived": 0, "inside": 0}


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "null",
        "[]",
        '"text"',
        "[" * 5000 + "]" * 5000,
        '{"seq": NaN}',
        '{"seq": 1e30}',
        '{"seq": true}',
        '{"seq": [1]}',
        '{"seq": 123456789012345678901234567890}',
        '{"seq": 1, "code": 5}',
        '{"seq": 1, "code": {"a": 1}}',
        '{"seq": 1, "kind": "\\ud800"}',
        '{"seq": 1, "device_time": NaN}',
        '{"seq": 1, "device_time": 1e30}',
        '{"seq": 1, "device_time": -1}',
        '{"seq": 1, "device_time": "2026"}',
        '{"seq": 1, "override": "\\u0000"}',
        '{"seq": 1, "annuls": "abc", "kind": "annul"}',
    ],
)
def test_rubbish_is_refused_with_a_sentence_and_keeps_nothing(phone: Phone, body: str) -> None:
    answer = phone.send(body)
    assert answer.status_code == 422 and answer.mimetype == "application/problem+json"
    assert answer.get_json()["detail"]
    assert "还没有扫过" in phone.client.get(phone.at).text


def test_surrogates_and_long_texts_are_no_pass(phone: Phone) -> None:
    for number, code in enumerate(("\ud800", "A" * 100_000, "\0" * 26, "𠮷" * 8, "‮" + "Z" * 26), start=1):
        said = phone.send({"seq": number, "code": code}).get_json()
        assert said["code"] in ("token.malformed", "token.unknown")


def test_a_foreign_page_cannot_scan(phone: Phone) -> None:
    """Without the page's own token a form or a script is refused."""
    answer = phone.client.post(f"{phone.at}/scans", json={"seq": 1, "code": "x"})
    assert answer.status_code == 400


def test_no_key_a_wrong_key_a_revoked_key(demo_app: Flask, phone: Phone) -> None:
    stranger = demo_app.test_client()
    for key in ("", "x", "\u00e9" * 9, "k" * 3000):
        stranger.set_cookie("eventweek-door", key)
        answer = stranger.get(phone.at)
        assert answer.status_code == 403 and "还没有登记" in answer.text
    revoke_device(phone.device.code, actor=SYSTEM)
    assert phone.client.get(phone.at).status_code == 403 and "已被停用" in phone.client.get("/gate/").text


def test_a_session_of_another_venue_is_not_found_at_this_gate(phone: Phone) -> None:
    far = next(s for s in open_sessions(60) if s.venue_code != phone.session.venue_code)
    assert phone.client.get(f"/gate/at/{phone.gate.code}/{far.code}").status_code == 404
    assert phone.client.get(f"/gate/at/{phone.gate.code}/nothing").status_code == 404
    assert phone.client.get(f"/gate/at/nowhere/{phone.session.code}").status_code == 404


def test_the_lead_lets_in_with_a_reason(lead: Phone) -> None:
    held = make_pass(lead.other)
    yellow = lead.scan(code=held.token)
    assert "值班长放行，原因是" in yellow.text and "嘉宾或陪同" in yellow.text
    green = lead.scan(code=held.token, override="guest")
    assert "verdict--yes" in green.text and "值班长放行" in green.text
    assert count_turnout(lead.session.id) == Turnout(0, 1, 1)


def test_people_are_found_by_name_or_four_digits(lead: Phone, phone: Phone) -> None:
    held = make_pass(lead.session, name="示例欧阳·辰巳", phone="+8613912345678")
    make_pass(lead.other, name="示例欧阳午", phone="+8613900001234")
    people = f"{lead.at}/people"
    token = re.findall(r'name="csrf_token" value="([^"]*)"', lead.client.get(people).text)[0]

    def find(words: str) -> str:
        text: str = lead.client.post(people, data={"csrf_token": token, "words": words}).text
        return text

    both = find("欧阳")
    assert both.index("示例欧阳·辰巳") < both.index("示例欧阳午") and "尾号 5678" in both
    assert "13912345678" not in both
    assert "示例欧阳·辰巳" in find("5678") and "示例欧阳午" not in find("5678")
    for nobody in ("", "欧", "%%", "__", "567", "56789", "'; --", "x" * 49):
        assert held.pass_code not in find(nobody)
    page = lead.scan(pass_code=held.pass_code)
    assert "verdict--yes" in page.text and "示例欧阳·辰巳" in page.text
    assert phone.client.get(f"{phone.at}/people").status_code == 403


def test_typed_codes_are_counted_however_they_are_spaced(phone: Phone) -> None:
    """A code of 40 bits must not be tried out by filling it up to the length of a scanned one."""
    answers = [phone.scan(code=f"0000 {n:04d}" + " - " * 8) for n in range(62)]
    assert {answer.status_code for answer in answers[:60]} == {200}
    assert answers[-1].status_code == 429 and int(answers[-1].headers["Retry-After"]) > 0


def test_looking_people_up_is_counted(lead: Phone) -> None:
    people = f"{lead.at}/people"
    token = re.findall(r'name="csrf_token" value="([^"]*)"', lead.client.get(people).text)[0]
    statuses = [lead.client.post(people, data={"csrf_token": token, "words": "某某"}).status_code for _ in range(22)]
    assert statuses[:20] == [200] * 20 and statuses[-1] == 429


def test_a_rehearsal_is_said_and_never_counts(phone: Phone) -> None:
    page = f"{phone.at}?rehearsal=1"
    assert "扫了不计入场" in phone.client.get(page).text
    green = phone.scan(page, code=make_pass(phone.session).token)
    assert "verdict--yes" in green.text and "彩排，不计入场" in green.text
    assert count_turnout(phone.session.id) == Turnout(1, 0, 0)


def test_out_scans(phone: Phone) -> None:
    held = make_pass(phone.session)
    phone.scan(code=held.token)
    out = phone.scan(f"{phone.at}?kind=out", code=held.token)
    assert "已离场" in out.text and count_turnout(phone.session.id) == Turnout(1, 1, 0)


def test_the_rules_are_told_to_the_script(phone: Phone) -> None:
    table = phone.client.get("/gate/rules.json").get_json()
    assert table["schema"] == 1 and table["rules"][-1]["code"] == "entry.first"
