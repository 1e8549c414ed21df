"""Venues, rooms and features on the desk: all of them, kept whole, and every wrong value said at its field."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from eventweek.audit.actors import SYSTEM
from eventweek.audit.models import AuditEntry
from eventweek.kernel.db import db
from eventweek.programme.actions.places import edit_room
from eventweek.programme.models import Room, Venue
from tests.conftest import SignIn
from tests.factories.programme import make_room, make_venue, make_week
from tests.web.desk.sheet import filled, press, submit


@pytest.fixture
def desk(demo_app: Flask, sign_in: SignIn) -> FlaskClient:
    """Give an administrator's client of the demo week."""
    return sign_in(demo_app)


@pytest.fixture
def room(app: Flask) -> Room:
    """Give a room in a small week."""
    make_week()
    return make_room(make_venue())


def codes(client: FlaskClient, path: str, noun: str) -> list[str]:
    """Return the codes of the records on every page of a list."""
    pages = [client.get(f"{path}?page={number}").text for number in (1, 2, 3)]
    found = [re.findall(rf'<th scope="row">(?:(?!</th>).)*?/desk/{noun}/([a-z0-9]+)"', page, re.S) for page in pages]
    return list(dict.fromkeys(code for page in found for code in page))


def test_all_venues_and_rooms_stand_on_the_desk(desk: FlaskClient) -> None:
    venues = codes(desk, "/desk/venues", "venues")
    assert len(venues) == 19 and len(codes(desk, "/desk/rooms", "rooms")) == 60
    assert sum(len(codes(desk, f"/desk/venues/{code}", "rooms")) for code in venues) == 60


@pytest.mark.parametrize(
    ("query", "count"),
    [("city=220200", 3), ("layout=board", 3), ("q=road%20train", 0), ("q=roadshow", None), ("q=%25", 0)],
)
def test_rooms_are_found(desk: FlaskClient, query: str, count: int | None) -> None:
    page = desk.get(f"/desk/rooms?{query}").text
    found = len(re.findall(r'<th scope="row">', page))
    assert found == count if count is not None else 1 < found < 30
    assert ("没有符合条件的" in page) == (found == 0)


def test_every_record_is_saved_as_it_stands(desk: FlaskClient) -> None:
    """Opening and saving changes nothing: all that the demo says of a room fits into the form."""
    before = db.session.scalar(select(func.count()).select_from(AuditEntry))
    paths = [f"/desk/rooms/{code}" for code in codes(desk, "/desk/rooms", "rooms")[:60:7]]
    paths += [f"/desk/venues/{code}" for code in codes(desk, "/desk/venues", "venues")[::6]]
    for path in paths:
        answer = submit(desk, path)
        assert answer.status_code == 303 and answer.location == path
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == before


@pytest.mark.database
def test_a_room_is_made_changed_archived_restored_and_deleted(app: Flask, sign_in: SignIn) -> None:
    make_week()
    client, venue = sign_in(app), make_venue().code
    rows = {"hours-0-opens": "９：００", "hours-0-closes": "1730", "closures-0-day": "2027年4月13日"}
    layouts = {"layouts-0-layout": "board", "layouts-0-capacity": "60"}
    answer = submit(
        client,
        f"/desk/new/room?venue={venue}",
        name_zh=" 路演\u200b厅\x00𠮷 ",
        capacity="１,200",
        features=["stage"],
        **rows,
        **layouts,
    )
    assert answer.status_code == 303
    room = db.session.scalars(select(Room)).one()
    assert (room.name.zh, room.capacity, room.layout, room.venue.code) == ("路演厅𠮷", 1200, "theatre", venue)
    assert [(h.day, h.opens, h.closes) for h in room.hours] == [(None, "09:00", "17:30")]
    assert [row.capacity for row in room.layouts] == [60] and [f.code for f in room.features] == ["stage"]
    path = f"/desk/rooms/{room.code}"
    assert "路演厅𠮷" in client.get(f"/desk/venues/{venue}").text
    submit(client, path, hours__0__drop="y", closures__0__reason="检修")
    db.session.expire_all()
    assert room.hours == [] and room.closures[0].reason == "检修"
    assert "已归档" in client.get(press(client, path, f"{path}/archive").location).text
    assert (
        "路演厅𠮷" not in client.get("/desk/rooms").text and "路演厅𠮷" in client.get("/desk/rooms?shelf=archived").text
    )
    press(client, path, f"{path}/restoration")
    assert "路演厅𠮷" in client.get("/desk/rooms").text
    assert press(client, path, f"{path}/deletion").location == "/desk/rooms"
    assert client.get(path).status_code == 404


def test_rows_are_added_without_saving(app: Flask, sign_in: SignIn, room: Room) -> None:
    """The button for more rows keeps what was typed and writes nothing."""
    client, path = sign_in(app), f"/desk/rooms/{room.code}"
    page = submit(client, path, do="more:closures", capacity="77", closures__0__day="abc")
    fields = filled(page.text)
    assert page.status_code == 200 and fields["capacity"] == ["77"] and fields["closures-0-day"] == ["abc"]
    assert sum(name.startswith("closures-") and name.endswith("-day") for name in fields) == 7
    db.session.expire_all()
    assert room.capacity == 100


WHOLE = ["0", "-1", "1e30", "NaN", "12345678901234567890", "3.5", "", "\x00", "十"]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        *(("capacity", value, None) for value in WHOLE),
        ("changeover_min", "601", None),
        ("name_zh", "长" * 100_000, "最多 80 个字，现在是 100000 个"),
        ("name_zh", "\u202e\x1b\x00", "至少填写一种"),
        ("layout", "heap", "不在可选的范围里"),
        ("venue", "nowhere", "不在可选的范围里"),
        ("features", ["stage", "moon"], "不在可选的范围里"),
        ("hours__0__closes", "08:30", "结束时间要晚于开始时间"),
        ("hours__0__opens", "25:00", "从 00:00 到 23:59"),
        ("hours__0__day", "2027-02-30", "要是日历上有的一天"),
        ("closures__0__day", "0001-01-01", "没有这个日期"),
        ("closures__0__reason", "x", "填写这一项"),
        ("layouts__0__capacity", "-5", None),
    ],
)
def test_wrong_values_stand_at_their_field(
    app: Flask, sign_in: SignIn, room: Room, field: str, value: object, sentence: str | None
) -> None:
    """The sentence stands in the summary and at the field; what was typed stays; nothing is saved."""
    client, path, version = sign_in(app), f"/desk/rooms/{room.code}", room.version
    own = {field: value} | ({"layouts__0__layout": "board"} if "layouts" in field else {})
    page = submit(client, path, **own)
    assert page.status_code == 422 and "有 1 处要改" in page.text
    found = re.search(r'<li><a href="#([\w-]+)"><b>([^<]+)</b>：([^<]+)</a></li>', page.text)
    assert found and page.text.count(found[3]) == 2 and f'id="{found[1]}"' in page.text
    assert ("第 1 行 · " in found[2]) == ("__" in field)
    assert sentence is None or sentence in found[3]
    db.session.expire_all()
    assert room.version == version


def test_lone_surrogates_do_no_harm(app: Flask, sign_in: SignIn, room: Room) -> None:
    client, path = sign_in(app), f"/desk/rooms/{room.code}"
    token = filled(client.get(path).text)["csrf_token"][0]
    answer = client.post(
        path,
        data=f"csrf_token={token}&name_zh=%ED%A0%80%FF&capacity=5&do=save",
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code == 422 and client.get("/desk/rooms?q=%ED%A0%80").status_code == 200


def test_a_half_position_is_refused(app: Flask, sign_in: SignIn, room: Room) -> None:
    page = submit(sign_in(app), f"/desk/venues/{room.venue.code}", latitude="43.8")
    assert page.status_code == 422 and "经度和纬度要一起填写" in page.text
    assert submit(sign_in(app), f"/desk/venues/{room.venue.code}", latitude="43.8", longitude="1e3").status_code == 422


def test_somebody_else_was_faster(app: Flask, sign_in: SignIn, room: Room) -> None:
    """Both values stand side by side, also of rows; saving again keeps one's own."""
    client, path = sign_in(app), f"/desk/rooms/{room.code}"
    sent = filled(client.get(path).text) | {"do": ["save"], "capacity": ["120"], "hours-0-opens": ["10:00"]}
    edit_room(room.code, {"capacity": 150, "closures": [{"day": "2027-04-12"}]}, version=None, actor=SYSTEM)
    page = client.post(path, data=sent)
    assert page.status_code == 422 and "别人刚改过这一项" in page.text
    shown = re.sub(r"<[^>]+>", "|", page.text[page.text.index("<main") :])
    assert "|120|" in shown and "|150|" in shown and "10:00 21:00" in shown and "2027-04-12" in shown
    db.session.expire_all()
    assert room.capacity == 150
    assert client.post(path, data=filled(page.text) | {"do": ["save"]}).status_code == 303
    db.session.expire_all()
    assert room.capacity == 120 and room.hours[0].opens == "10:00"


def test_readers_see_and_cannot_change(app: Flask, sign_in: SignIn, room: Room) -> None:
    reader, path = sign_in(app, "reader"), f"/desk/rooms/{room.code}"
    page = reader.get(path).text
    assert "一号厅" in page and "disabled" in page and "归档后不再" not in page and "/desk/new/room" not in page
    assert submit(reader, path, capacity="9").status_code == 403
    assert (
        press(reader, path, f"{path}/deletion", forged=True).status_code == 403
        and reader.get("/desk/new/room").status_code == 403
    )
    assert app.test_client().get(path).status_code in (302, 303, 401, 403)
    assert db.session.get(Room, room.id) is not None


def test_what_is_in_use_is_not_deleted(desk: FlaskClient) -> None:
    venue = db.session.scalars(select(Venue)).first()
    assert venue
    path = f"/desk/venues/{venue.code}"
    answer = press(desk, path, f"{path}/deletion")
    assert "不能删除。改为归档" in desk.get(answer.location).text


def test_pages_are_english_too(desk: FlaskClient) -> None:
    code = codes(desk, "/desk/rooms", "rooms")[0]
    page = desk.get(f"/en/desk/rooms/{code}").text
    main = re.sub(r"<[^>]+>", " ", page[page.index("<main") :].split("</main>")[0])
    assert "Opening hours" in main and not re.findall(r"[\u4e00-\u9fff]", re.sub(r"<option.*?</option>", "", main))
