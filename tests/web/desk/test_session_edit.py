"""Sessions are made, changed, cancelled and restored on the desk; nothing typed is lost, nothing bad gets in."""

from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from eventweek.kernel.db import Bilingual, db, transaction
from eventweek.outbox.models import Message
from eventweek.programme.models import Room, Session, Week
from eventweek.programme.queries import find_newest_week
from eventweek.scheduling.queries import find_last_release, list_published
from eventweek.scheduling.worklist import Planned, list_planned
from tests.conftest import SignIn
from tests.registration.world import book, offering_of, state_of
from tests.web.desk.sending import post
from tests.web.desk.sheet import filled, submit

LIST = "/desk/w/jl2026/sessions"


@pytest.fixture
def desk(demo_app: Flask, sign_in: SignIn) -> FlaskClient:
    """Give an administrator's client of the demo week."""
    return sign_in(demo_app)


def _planned(codes: list[str] | None = None, **wanted: Any) -> list[Planned]:
    week = find_newest_week()
    assert week
    db.session.expire_all()
    return [p for p in list_planned(week.id, codes) if all(getattr(p.session, k) == v for k, v in wanted.items())]


def _one(code: str) -> Planned:
    return _planned([code])[0]


def _free() -> Planned:
    """Return a public session that nothing binds, in the middle of the week."""
    code = db.session.scalars(select(Session.code).where(Session.source_key == "demo:rs-am-1")).one()
    return _one(code)


def _new(client: FlaskClient, **changes: Any) -> TestResponse:
    return submit(client, f"{LIST}/new", **{"title_zh": "新场次", "kind": "forum", "expected": "80", **changes})


def test_a_new_session_takes_what_is_left_out_from_its_kind(desk: FlaskClient) -> None:
    kind = _planned()[0].session.kind
    answer = _new(desk, kind=kind.code, title_zh="𠮷林论坛", days=["2026-10-17"])
    assert answer.status_code == 303
    made = _one(answer.location.rsplit("/", 1)[1]).session
    assert (made.title.zh, made.duration_min, made.visibility) == ("𠮷林论坛", kind.default_minutes, kind.visibility)
    page = desk.get(answer.location).text
    assert "场次已建好" in page and "还没发布过" in page and "未排" in page


@pytest.mark.database
def test_time_and_place_are_saved_with_it(desk: FlaskClient) -> None:
    room = db.session.query(Room).order_by(Room.id.desc()).first()
    assert room
    kind, code = _planned()[0].session.kind.code, room.code
    answer = _new(desk, kind=kind, place_day="2026-10-16", place_at="9：30", place_room=code)
    saved = _one(answer.location.rsplit("/", 1)[1])
    assert saved.placement and saved.placement.room.code == code and saved.start
    assert saved.start.isoformat() == "2026-10-16T01:30:00+00:00"
    submit(desk, f"{LIST}/{saved.session.code}/edit", place_day="", place_at="", place_room="")
    assert _one(saved.session.code).placement is None


def test_saving_unchanged_changes_nothing(desk: FlaskClient) -> None:
    """What the form shows is what is stored: no version rises."""
    own = _free()
    before = (own.session.code, own.session.version, own.placement and own.placement.version)
    assert submit(desk, f"{LIST}/{before[0]}/edit").status_code == 303
    after = _one(before[0])
    assert (after.session.code, after.session.version, after.placement and after.placement.version) == before


def test_rows_are_added_without_script(desk: FlaskClient) -> None:
    """「再加几行」 gives empty rows and keeps what was typed; a row that is ticked off goes."""
    code, names = _free().session.code, [p.person.code for p in _planned()[40].session.people]
    more = submit(desk, f"{LIST}/{code}/edit", do="more:people", title_zh="还没存")
    assert more.text.count('name="people-') > desk.get(f"{LIST}/{code}/edit").text.count('name="people-')
    assert 'value="还没存"' in more.text and _one(code).session.title.zh != "还没存"
    count = len(_one(code).session.people)
    submit(desk, f"{LIST}/{code}/edit", **{f"people__{count}__role": "chair", f"people__{count}__person": names[0]})
    assert [(p.role, p.person.code) for p in _one(code).session.people][count:] == [("chair", names[0])]
    submit(desk, f"{LIST}/{code}/edit", people__0__drop="y")
    assert len(_one(code).session.people) == count


def test_clashes_are_told_before_saving(desk: FlaskClient) -> None:
    own, other = _free(), next(p for p in _planned() if p.placement and p.session.people and p is not None)
    assert other.placement and other.start
    code, title = own.session.code, other.session.title.zh
    day, at = other.start.strftime("%Y-%m-%d"), f"{other.start.hour + 8:02}:{other.start.minute:02}"
    place = {"place_day": day, "place_at": at, "place_room": other.placement.room.code}
    page = submit(desk, f"{LIST}/{code}/edit", do="check", **place)
    assert "还没有保存" in page.text and title in page.text and "同时用" in page.text
    assert _one(code).start == own.start


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title_zh": "", "title_en": ""}, "中文和英文至少填写一种"),
        ({"title_zh": "长" * 100_000}, "文字最多 200 个字，现在是 100000 个"),
        ({"expected": "NaN"}, "要填整数"),
        ({"expected": "1e30"}, "要填整数"),
        ({"expected": "-1"}, "0 到 1000000 之间"),
        ({"duration_min": "99999999999999999999"}, "整数"),
        ({"duration_min": "0"}, "5 到 1440 之间"),
        ({"earliest": "18:00", "latest_end": "09:00"}, "结束时间要晚于开始时间"),
        ({"earliest": "25:61"}, "09:30"),
        ({"place_day": "2026-12-24", "place_at": "09:30"}, "不在可选的范围里"),
        ({"place_day": "2026-10-16", "place_at": "", "place_room": ""}, "要一起填"),
        ({"days": ["2026-01-01"]}, "不在可选的范围里"),
        ({"kind": "nothing"}, "不在可选的范围里"),
        ({"place_room": "notaroom1"}, "不在可选的范围里"),
        ({"tags": ["industry:none"]}, "不在可选的范围里"),
        ({"people__0__person": "nobody000", "people__0__role": "host"}, "不在可选的范围里"),
        ({"permit_status": "approved"}, "没有勾选"),
    ],
)
def test_bad_input_is_said_at_its_field(desk: FlaskClient, changes: dict[str, Any], words: str) -> None:
    """The sentence stands in the summary and at the field, what was typed stays, nothing is stored."""
    count, kind = db.session.query(Session).count(), _free().session.kind.code
    refused = _new(desk, **{"kind": kind, **changes})
    assert refused.status_code == 422 and refused.text.count(words) >= 2
    assert "处要改" in refused.text and db.session.query(Session).count() == count
    if "title_zh" not in changes:
        assert 'value="新场次"' in refused.text


def test_control_characters_and_script_do_not_get_in(desk: FlaskClient) -> None:
    kind = _planned()[0].session.kind.code
    text = "<script>alert(1)</script> [x](javascript:alert(1)) **好**"
    answer = _new(desk, kind=kind, title_zh="甲\r\n乙\x00\u202e丙\u200b", text_zh=text)
    made = _one(answer.location.rsplit("/", 1)[1]).session
    page = desk.get(answer.location).text
    assert made.title.zh == "甲 乙丙" and "<strong>好</strong>" in page
    assert "<script>alert" not in page and 'href="javascript' not in page
    preview = submit(desk, f"{LIST}/{made.code}/edit", do="preview").text
    assert "介绍的样子" in preview and "<script>alert" not in preview


def test_somebody_else_was_faster(desk: FlaskClient) -> None:
    """Both values are shown; saving again keeps mine."""
    code = _free().session.code
    mine = filled(desk.get(f"{LIST}/{code}/edit").text) | {"do": ["save"], "title_en": ["My title"]}
    submit(desk, f"{LIST}/{code}/edit", title_en="Their title")
    refused = desk.post(f"{LIST}/{code}/edit", data=mine)
    assert refused.status_code == 422 and "别人刚改过" in refused.text
    assert "My title" in refused.text and "Their title" in refused.text
    assert _one(code).session.title.en == "Their title"
    assert desk.post(f"{LIST}/{code}/edit", data=filled(refused.text) | {"do": ["save"]}).status_code == 303
    assert _one(code).session.title.en == "My title"


def test_a_permit_locks_time_and_place_until_there_is_a_reason(desk: FlaskClient) -> None:
    own = _free()
    code, start = own.session.code, own.start
    with transaction():
        session = db.session.query(Session).filter_by(code=code).one()
        session.permit_required, session.permit_status = True, "approved"
    refused = submit(desk, f"{LIST}/{code}/edit", place_at="19:15")
    assert refused.status_code == 422 and "写明理由" in refused.text and _one(code).start == start
    assert submit(desk, f"{LIST}/{code}/edit", place_at="19:15", override="领导行程调整").status_code == 303
    assert _one(code).start != start


@pytest.mark.parametrize(("when", "released"), [("now", 2), ("later", 1)])
def test_cancelling_asks_when_the_public_learns_of_it(desk: FlaskClient, when: str, released: int) -> None:
    code = _free().session.code
    assert "取消的原因" in desk.get(f"{LIST}/{code}/cancellation").text
    answer = post(desk, f"{LIST}/{code}/cancellation", {"reason_zh": "场地检修", "reason_en": "", "when": when})
    week, last = find_newest_week(), None
    assert week and answer.status_code == 303
    last = find_last_release(week.id)
    assert last and last.number == released
    public = {s.code: s for s in list_published(week.id)}
    assert public[code].cancelled == (when == "now") and "场地检修" in desk.get(f"{LIST}/{code}").text
    post(desk, f"{LIST}/{code}/restoration")
    assert _one(code).session.cancelled_at is None


@pytest.mark.usefixtures("before_the_week")
@pytest.mark.parametrize(("when", "state"), [("now", "cancelled"), ("later", "confirmed")])
def test_a_cancellation_that_is_published_ends_registrations(desk: FlaskClient, when: str, state: str) -> None:
    offering = offering_of("rs-ei-2")
    [mine] = book(offering.code, email="a@example.org")
    code = offering.sessions[0].session.code
    post(desk, f"{LIST}/{code}/cancellation", {"reason_zh": "场地检修", "reason_en": "", "when": when})
    assert state_of(mine.registration) == state
    mails = set(db.session.scalars(select(Message.template)))
    assert ("registration/session_cancelled" in mails) == (when == "now")


def test_cancelling_needs_a_reason(desk: FlaskClient) -> None:
    code = _free().session.code
    refused = post(desk, f"{LIST}/{code}/cancellation", {"reason_zh": " ", "reason_en": "", "when": "now"})
    assert refused.status_code == 422 and "中文和英文至少填写一种" in refused.text
    assert _one(code).session.cancelled_at is None


def test_archived_sessions_leave_the_list(desk: FlaskClient) -> None:
    own = _free().session
    code, title = own.code, own.title.zh
    post(desk, f"{LIST}/{code}/archive")
    assert f"{LIST}/{code}" not in desk.get(f"{LIST}?q={title}").text
    assert f"{LIST}/{code}" in desk.get(f"{LIST}?q={title}&state=archived").text
    assert "已归档" in desk.get(f"{LIST}/{code}").text


@pytest.mark.parametrize("role", ["reader", "door", "auditor"])
def test_readers_see_no_button_and_change_nothing(demo_app: Flask, sign_in: SignIn, role: str) -> None:
    client, code = sign_in(demo_app, role), _free().session.code
    assert f"{LIST}/{code}/edit" not in client.get(f"{LIST}/{code}").text
    for path in ("new", f"{code}/edit", f"{code}/cancellation"):
        assert client.get(f"{LIST}/{path}").status_code == 403
    for path in ("archive", "restoration", "cancellation"):
        assert post(client, f"{LIST}/{code}/{path}").status_code == 403
    assert _one(code).session.archived_at is None


@pytest.mark.parametrize("path", ["nothere00/edit", "nothere00/cancellation", "nothere00", "%00/edit"])
def test_sessions_that_are_not_there(desk: FlaskClient, path: str) -> None:
    assert desk.get(f"{LIST}/{path}").status_code == 404


def test_sessions_of_another_week_are_not_there(demo_app: Flask, sign_in: SignIn) -> None:
    """A committee member of this week reaches nothing of another, nor that session through this week's address."""
    client, code = sign_in(demo_app, "committee"), _free().session.code
    with transaction():
        week = find_newest_week()
        assert week
        other = Week(code="other", title=Bilingual("另一届", ""), theme=week.theme, contact=week.contact, state="open")
        other.timezone, other.first_day, other.last_day = week.timezone, date(2025, 9, 1), date(2025, 9, 7)
        db.session.add(other)
    paths = ("", "/edit", "/cancellation")
    assert [client.get(f"/desk/w/other/sessions/{code}{path}").status_code for path in paths] == [404] * 3
    admin = sign_in(demo_app)
    assert [admin.get(f"/desk/w/other/sessions/{code}{path}").status_code for path in paths] == [404] * 3
    assert post(admin, f"/desk/w/other/sessions/{code}/archive").status_code == 404
    assert post(admin, f"/desk/w/other/sessions/{code}/publication").status_code == 404
    assert _one(code).session.archived_at is None


@pytest.mark.database
def test_what_binds_a_session_is_saved_and_shown_again(desk: FlaskClient) -> None:
    own = _free()
    assert own.placement
    room, path = own.placement.room, f"{LIST}/{own.session.code}/edit"
    wanted = {"fixed_start": "2026-10-16 9：30", "fixed_room": room.code, "venues": [room.venue.code], "demand": "450"}
    assert submit(desk, path, **wanted).status_code == 303
    saved = _one(own.session.code).session
    assert saved.fixed_start and saved.fixed_start.isoformat() == "2026-10-16T01:30:00+00:00"
    assert (saved.fixed_room, saved.venues, saved.demand) == (room, [room.venue], 450)
    shown = filled(desk.get(path).text)
    assert (shown["fixed_start"], shown["fixed_room"]) == (["2026-10-16 09:30"], [room.code])
    assert (shown["venues"], shown["demand"]) == ([room.venue.code], ["450"])
    assert submit(desk, path, fixed_start="", fixed_room="", venues=[], demand="").status_code == 303
    freed = _one(own.session.code).session
    assert (freed.fixed_start, freed.fixed_room, freed.venues, freed.demand) == (None, None, [], 0)


def test_what_cannot_bind_a_session_is_said_at_its_field(desk: FlaskClient) -> None:
    own = _free()
    path = f"{LIST}/{own.session.code}/edit"
    for name, value in {"fixed_start": "2026-12-24 09:30", "fixed_room": "nowhere", "venues": ["moon"]}.items():
        answer = submit(desk, path, **{name: value})
        assert answer.status_code == 422 and f'<a href="#{name}">' in answer.text, name
    assert _one(own.session.code).session.fixed_start is None


def test_rooms_to_choose_from_stand_under_their_venues(desk: FlaskClient) -> None:
    page = desk.get(f"{LIST}/new").text
    rooms = page.split('name="place_room"')[1].split("</select>")[0]
    assert rooms.count("<optgroup") == 19 and '<optgroup label="吉林大学">' in rooms


def test_links_are_typed_in_rows_and_a_wrong_one_is_said_in_its_row(desk: FlaskClient) -> None:
    code = _free().session.code
    rows = {"links__0__kind": "replay", "links__0__url": "javascript:alert(1)", "links__0__title_zh": "回放"}
    refused = submit(desk, f"{LIST}/{code}/edit", **rows)
    assert refused.status_code == 422 and _one(code).session.links == []
    assert "网址要以 https://" in refused.text and 'value="javascript:alert(1)"' in refused.text
    assert submit(desk, f"{LIST}/{code}/edit", **rows | {"links__0__url": "https://v.cn/7"}).status_code == 303
    assert [(link.kind, link.url, link.title.zh) for link in _one(code).session.links] == [
        ("replay", "https://v.cn/7", "回放")
    ]
    assert 'href="https://v.cn/7"' in desk.get(f"{LIST}/{code}").text
    assert submit(desk, f"{LIST}/{code}/edit", links__0__drop="y").status_code == 303
    assert _one(code).session.links == []
