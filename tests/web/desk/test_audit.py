"""The audit log on the desk."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager

from flask import Flask

from eventweek.audit.actions import record
from eventweek.audit.actors import SYSTEM
from eventweek.kernel.db import transaction
from eventweek.programme.actions.parties import create_person, edit_person
from eventweek.programme.actions.places import edit_room
from eventweek.programme.actions.weeks import create_week
from tests.conftest import SignIn
from tests.factories.programme import SPRING, make_room, make_venue, make_week
from tests.web.desk.sheet import submit

Statements = Callable[[], AbstractContextManager[list[str]]]


def test_who_did_what_when(app: Flask, sign_in: SignIn) -> None:
    """The person's name, the verb in words, the field with both values; filters are addresses."""
    make_week()
    room, client = make_room(make_venue()), sign_in(app)
    submit(client, f"/desk/rooms/{room.code}", capacity="120")
    page = client.get("/desk/audit?subject=room").text
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page[page.index("<tbody>") :]))
    assert "测试员 修改了 厅室" in text and "容纳人数： 100 → 120" in text and "系统 新建了 厅室" in text
    assert "场馆" not in text and "2 条" in page
    assert "1 条" in client.get("/desk/audit?subject=venue&actor=system").text
    assert "没有符合条件的" in client.get(f"/desk/audit?q={room.code}x").text
    assert "2 条" in client.get(f"/desk/audit?q={room.code}").text
    day = re.findall(r"day=(\d{4}-\d\d-\d\d)", page)
    assert "2 条" in client.get(f"/desk/audit?subject=room&day={day[0]}").text
    assert "没有符合条件的" in client.get(f"/desk/audit?subject=room&day={day[-1]}").text


def test_personal_fields_are_masked(app: Flask, sign_in: SignIn) -> None:
    make_week()
    person = create_person({"name_zh": "李明"}, actor=SYSTEM)
    edit_person(person.code, {"name_zh": "李小明", "max_per_day": 2}, version=None, actor=SYSTEM)
    page = sign_in(app).get("/desk/audit?subject=person").text
    assert "李" not in page and "***" in page and "一天最多几场" in page


def test_an_auditor_reads_their_own_week_only(app: Flask, sign_in: SignIn) -> None:
    create_week(
        SPRING | {"code": "old", "first_day": "2026-04-13", "last_day": "2026-04-17", "cities": []}, actor=SYSTEM
    )
    make_week()
    auditor = sign_in(app, "auditor")
    page = auditor.get("/desk/audit").text
    assert "?q=spring" in page and "?q=old" not in page
    assert "没有符合条件的" in auditor.get("/desk/audit?q=old").text
    assert sign_in(app, "committee").get("/desk/audit").status_code == 403


def test_rubbish_in_the_address_changes_nothing(app: Flask, sign_in: SignIn) -> None:
    make_week()
    client = sign_in(app)
    for query in (
        "page=1e30",
        "page=-1",
        "day=NaN",
        "day=2026-02-30",
        "subject=%00",
        "q=%ED%A0%80",
        "actor=" + "x" * 5000,
    ):
        assert client.get(f"/desk/audit?{query}").status_code == 200


def test_pages_need_a_constant_number_of_statements(app: Flask, sign_in: SignIn, statements: Statements) -> None:
    make_week()
    client, counts = sign_in(app), []
    for more in (3, 300):
        with transaction():
            for number in range(more):
                record(SYSTEM, "room.edit", "room", f"r{number}", capacity=[1, number])
        with statements() as seen:
            assert client.get("/desk/audit?page=2").status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]
    assert "第 51—100 项" in client.get("/desk/audit?page=2").text


def test_changes_of_rows_are_readable(app: Flask, sign_in: SignIn) -> None:
    make_week()
    room = make_room(make_venue())
    edit_room(room.code, {"closures": [{"day": "2027-04-12", "reason": "检修"}]}, version=None, actor=SYSTEM)
    assert "检修" in sign_in(app).get("/desk/audit?subject=room").text
