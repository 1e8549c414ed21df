"""Organisations and people on the desk."""

import re

import pytest
from flask import Flask
from sqlalchemy import func, select

from eventweek.audit.actors import SYSTEM
from eventweek.audit.models import AuditEntry
from eventweek.kernel.db import db
from eventweek.programme.actions.parties import create_person
from eventweek.programme.models import Person
from tests.conftest import SignIn
from tests.factories.programme import make_week
from tests.web.desk.sheet import filled, submit
from tests.web.desk.test_places import codes


def test_everybody_stands_on_the_desk(demo_app: Flask, sign_in: SignIn) -> None:
    """114 people and 37 organisations, each once; saving one as it stands changes nothing."""
    desk = sign_in(demo_app)
    people, units = codes(desk, "/desk/people", "people"), codes(desk, "/desk/organisations", "organisations")
    assert (len(people), len(units)) == (114, 37)
    before = db.session.scalar(select(func.count()).select_from(AuditEntry))
    for path in [f"/desk/people/{code}" for code in people[::19]] + [f"/desk/organisations/{units[0]}"]:
        assert submit(desk, path).status_code == 303
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == before


def test_people_are_found_by_standing_city_and_name(demo_app: Flask, sign_in: SignIn) -> None:
    desk = sign_in(demo_app)
    found = {query: desk.get(f"/desk/people?{query}").text for query in ("role=tour", "role=judge", "q=bingyin", "q=_")}
    counts = {query: re.search(r'tools__end">([0-9]+) 人', page) for query, page in found.items()}
    assert {query: match and match[1] for query, match in counts.items()} == {
        "role=tour": "10",
        "role=judge": "32",
        "q=bingyin": "3",
        "q=_": "0",
    }


def test_a_person_shows_their_sessions(demo_app: Flask, sign_in: SignIn) -> None:
    desk = sign_in(demo_app)
    person = db.session.scalars(select(Person).where(Person.source_key == "demo:p-s05")).one()
    page = desk.get(f"/desk/people/{person.code}").text
    assert "启动仪式" in page and "主持" in page


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name_zh", "\r\n\x00", "至少填写一种"),
        ("bio_zh", "长" * 100_000, "最多 4000 个字"),
        ("max_per_day", "0", "1 到 24"),
        ("max_per_day", "-1", "1 到 24"),
        ("max_per_day", "1e30", "整数"),
        ("roles", ["king"], "不在可选的范围里"),
        ("availability__0__closes", "08:00", "结束时间要晚于开始时间"),
        ("availability__0__day", "明天", "2026-10-15 这样"),
        ("availability__0__day", "", "填写这一项"),
        ("city", "999999", "不在可选的范围里"),
    ],
)
def test_wrong_values_stand_at_their_field(
    app: Flask, sign_in: SignIn, field: str, value: object, sentence: str
) -> None:
    make_week()
    span = {"day": "2027-04-12", "opens": "09:00", "closes": "12:00"}
    person = create_person({"name_zh": "李明", "availability": [span]}, actor=SYSTEM)
    client, path = sign_in(app), f"/desk/people/{person.code}"
    page = submit(client, path, **{field: value})
    assert page.status_code == 422 and page.text.count(sentence) == 2
    db.session.expire_all()
    assert person.version == 1 and len(person.availability) == 1


def test_a_new_organisation_is_kept(app: Flask, sign_in: SignIn) -> None:
    """What was typed stands in the page that opens; the second one of the same name is another record."""
    make_week()
    client = sign_in(app)
    for _time in (1, 2):
        answer = submit(client, "/desk/new/organisation", name_zh="省科技厅", short_name_zh="科技厅", type="government")
        fields = filled(client.get(answer.location).text)
        assert (fields["name_zh"], fields["type"], fields["short_name_zh"]) == (
            ["省科技厅"],
            ["government"],
            ["科技厅"],
        )
    assert "2 家" in client.get("/desk/organisations?q=科技").text
