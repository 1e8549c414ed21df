"""A new edition from a file or as a copy: what the file lacks is asked for, rubbish makes nothing."""

import io
import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from eventweek.kernel.db import db
from eventweek.programme.models import City, Kind, Session, Week
from eventweek.programme.queries import find_week
from eventweek.scheduling.models import ProgrammeImport
from eventweek.worker import work_off
from tests.conftest import SignIn
from tests.factories.programme import make_week
from tests.scheduling.test_importing import SMALL
from tests.scheduling.test_imports import book
from tests.web.desk.sending import post
from tests.web.desk.test_imports import schedule

HERE = "/desk/new/week/file"
OWN = {"title_zh": "秋季双创周", "code": "autumn", "first_day": "2027-09-13", "last_day": "2027-09-17"}


def send(client: FlaskClient, content: bytes, name: str = "week.json", **typed: str) -> Any:
    return post(client, HERE, {"file": (io.BytesIO(content), name), **typed})


def count(model: Any) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.database
def test_a_document_makes_its_week_and_waits_to_be_confirmed(app: Flask, sign_in: SignIn) -> None:
    """Name, dates and cities are the file's; its rows go in with the confirmation, not before."""
    client = sign_in(app)
    answer = send(client, json.dumps(SMALL).encode())
    assert answer.status_code == 303 and count(Session) == 0, answer.text
    week = find_week(SMALL["week"]["code"])
    assert week and (week.state, week.title.zh) == ("draft", SMALL["week"]["title_zh"])
    assert [row.city.code for row in week.cities] == [row["city"] for row in SMALL["week"].get("cities", [])]
    assert count(Kind) == (0 if "kinds" in SMALL else 22)
    work_off()
    seen = client.get(answer.location).text
    assert "确认导入" in seen and "要改" not in seen
    assert post(client, f"{answer.location}/confirmation").status_code == 303
    work_off()
    assert "已全部导入" in client.get(answer.location).text and count(Session) == len(SMALL["sessions"])


@pytest.mark.database
def test_a_schedule_makes_its_week_under_a_code_of_ones_own(app: Flask, sign_in: SignIn) -> None:
    client = sign_in(app)
    answer = send(client, schedule("甲场", "乙场"), "schedule.xml", code="mine")
    week = find_week("mine")
    assert answer.status_code == 303 and week and week.first_day == week.last_day, answer.text
    work_off()
    assert post(client, f"{answer.location}/confirmation").status_code == 303
    work_off()
    assert "已全部导入" in client.get(answer.location).text and count(Session) == 2


@pytest.mark.database
def test_a_workbook_is_asked_for_name_and_dates(app: Flask, sign_in: SignIn) -> None:
    client, content = sign_in(app), book("甲", "乙", kind="项目路演")
    asked = send(client, content, "week.xlsx")
    assert asked.status_code == 422 and asked.text.count("文件里没有写。请在这里填写，再选一次文件。") >= 4
    assert count(Week) == count(ProgrammeImport) == 0
    answer = send(client, content, "week.xlsx", **OWN)
    assert answer.status_code == 303 and count(Kind) == 22
    work_off()
    assert post(client, f"{answer.location}/confirmation").status_code == 303
    work_off()
    assert count(Session) == 2


@pytest.mark.parametrize(
    ("content", "name", "typed", "says"),
    [
        (b"", "x.xlsx", OWN, "文件是空的"),
        (b"PK\x03\x04 cut", "x.xlsx", OWN, "文件"),
        (b"{", "x.json", OWN, "JSON"),
        (schedule("甲场")[:300], "x.xml", OWN, ""),
        (b"\x89PNG\r\n\x1a\n", "x.png", OWN, ""),
        (json.dumps(SMALL).encode(), "x.json", {"code": "other"}, "文件里写的代码是"),
        (book("甲"), "x.xlsx", OWN | {"last_day": "2027-09-01"}, "结束日期不能早于开始日期"),
        (book("甲"), "x.xlsx", OWN | {"code": "Ä b"}, ""),
    ],
)
def test_what_cannot_be_read_makes_nothing(
    app: Flask, sign_in: SignIn, content: bytes, name: str, typed: dict[str, str], says: str
) -> None:
    client = sign_in(app)
    answer = send(client, content, name, **typed)
    assert answer.status_code == 422 and "notice--no" in answer.text and says in answer.text
    assert count(Week) == count(ProgrammeImport) == count(City) == 0


def test_a_code_that_is_taken_keeps_the_week_that_has_it(app: Flask, sign_in: SignIn) -> None:
    client, week = sign_in(app), make_week()
    answer = send(client, book("甲"), "x.xlsx", **OWN | {"code": week.code})
    assert answer.status_code == 422 and "已被使用" in answer.text and count(Week) == 1


def test_the_three_ways_stand_side_by_side(app: Flask, sign_in: SignIn) -> None:
    client = sign_in(app)
    empty = client.get("/desk/new/week/copy").text
    assert "还没有可以复制的" in empty
    make_week()
    for path, word in (("/desk/new/week", "一步步填"), (HERE, "从文件导入"), ("/desk/new/week/copy", "复制以前的一届")):
        page = client.get(path).text
        assert f'href="{path}" aria-current="true">{word}' in page
        assert all(other in page for other in ('href="/desk/new/week/file"', 'href="/desk/new/week/copy"'))
    assert 'href="/desk/weeks/spring/copy"' in client.get("/desk/new/week/copy").text


def test_only_administrators_make_weeks(app: Flask, sign_in: SignIn) -> None:
    make_week()
    client = sign_in(app, "committee")
    for path in (HERE, "/desk/new/week/copy"):
        assert client.get(path).status_code == 403
    assert send(client, book("甲"), "x.xlsx", **OWN).status_code == 403 and count(Week) == 1
