"""Series of sessions on the desk."""

import pytest
from flask import Flask
from sqlalchemy import select

from eventweek.audit.actors import SYSTEM
from eventweek.kernel.db import db
from eventweek.programme.actions.sessions import create_session
from eventweek.programme.models import Series
from tests.conftest import SignIn
from tests.factories.programme import make_week
from tests.web.desk.sheet import submit

NEW = "/desk/w/spring/new/series"


@pytest.fixture
def camp(app: Flask) -> list[str]:
    """Give the codes of two days of a camp."""
    week = make_week()
    own = [{"kind": "camp", "title_zh": f"训练营第{day}天"} for day in "一二"]
    return [create_session(week.id, values, actor=SYSTEM).code for values in own]


def rows(*members: tuple[str, str]) -> dict[str, str]:
    """Return the fields of rows of (place, session)."""
    pairs = [(f"members-{n}-", place, code) for n, (place, code) in enumerate(members)]
    return {f"{at}position": place for at, place, _ in pairs} | {f"{at}session": code for at, _, code in pairs}


def test_members_stand_in_order(app: Flask, sign_in: SignIn, camp: list[str]) -> None:
    client, own = sign_in(app), {"code": "camp", "name_zh": "硬科技训练营", "kind": "linked"}
    answer = submit(client, NEW, **own, **rows(("1", camp[0]), ("2", camp[1])))
    series = db.session.scalars(select(Series)).one()
    assert [(m.session.code, m.position) for m in series.members] == [(camp[0], 1), (camp[1], 2)]
    submit(client, answer.location, members__0__drop="y", members__1__position="1")
    db.session.expire_all()
    assert [(m.session.code, m.position) for m in series.members] == [(camp[1], 1)]
    assert "硬科技训练营" in client.get("/desk/w/spring/series?type=linked&q=硬科技").text
    assert "没有符合条件的" in client.get("/desk/w/spring/series?type=tour").text


def test_wrong_places_and_strangers_are_refused(app: Flask, sign_in: SignIn, camp: list[str]) -> None:
    client, own = sign_in(app), {"code": "camp", "name_zh": "硬科技训练营", "kind": "linked"}
    jump = submit(client, NEW, **own, **rows(("1", camp[0]), ("3", camp[1])))
    twice = submit(client, NEW, **own, **rows(("1", camp[0]), ("2", camp[0])))
    other = submit(client, NEW, **own, **rows(("1", "strange"), ("99999", camp[1])))
    assert "按 1、2、3 依次排序" in jump.text and "出现了两次" in twice.text and "不在可选的范围里" in other.text
    assert {page.status_code for page in (jump, twice, other)} == {422}
    assert db.session.scalars(select(Series)).all() == []
