"""Venue, person and organisation pages know public sessions only; so does the sitemap."""

import json
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from eventweek.demo.source import FOLDER
from eventweek.kernel.db import db
from eventweek.programme.models import Organisation, Person, Session, Venue

ROWS = json.loads((FOLDER / "sessions.json").read_text(encoding="utf-8"))
PUBLIC = [row for row in ROWS if row["visibility"] == "public"]


def code(model: type[Venue] | type[Person] | type[Organisation], key: str) -> str:
    return db.session.scalars(select(model.code).where(model.source_key == f"demo:{key}")).one()


def test_person_page_shows_the_public_sessions_of_the_person(demo_client: FlaskClient) -> None:
    page = demo_client.get(f"/w/jl2026/p/{code(Person, 'p-s05')}").text
    own = [row for row in PUBLIC if any(p["person"] == "p-s05" for p in row["people"])]
    assert page.count('<li class="line') == len(own) > 1


def test_organisation_page_shows_what_it_takes_part_in(demo_client: FlaskClient) -> None:
    page = demo_client.get(f"/en/w/jl2026/o/{code(Organisation, 'o-220200')}").text
    assert page.count('<li class="line') == sum("o-220200" in (row["lead_org"], *row["co_orgs"]) for row in PUBLIC)


def test_person_of_closed_sessions_only_is_unknown(demo_client: FlaskClient) -> None:
    public = {p["person"] for row in PUBLIC for p in row["people"]}
    hidden = {p["person"] for row in ROWS for p in row["people"]} - public
    for key in hidden:
        assert demo_client.get(f"/w/jl2026/p/{code(Person, key)}").status_code == 404


@pytest.mark.parametrize("letter", ["v", "p", "o"])
def test_unknown_subject_is_a_page_that_says_so(demo_client: FlaskClient, letter: str) -> None:
    answer = demo_client.get(f"/w/jl2026/{letter}/zzzz")
    assert answer.status_code == 404 and "没有这个页面" in answer.text


def test_sitemap_holds_exactly_the_public_sessions(demo_client: FlaskClient) -> None:
    page = demo_client.get("/sitemap.xml", headers={"Host": "127.0.0.1"}).text
    known = {s.source_key: s.code for s in db.session.scalars(select(Session))}
    assert {key for key, own in known.items() if f"/s/{own}</loc>" in page} == {f"demo:{r['id']}" for r in PUBLIC}
    assert "/sitemap.xml" in demo_client.get("/robots.txt").text


def test_sitemap_names_each_public_page_once_and_each_answers(demo_client: FlaskClient) -> None:
    page = demo_client.get("/sitemap.xml", headers={"Host": "127.0.0.1"}).text
    found = re.findall(r"<loc>http://127.0.0.1:8000(/[^<]*)</loc>", page)
    assert len(found) == len(set(found)) > 300
    assert {path.split("/")[3] for path in found if path.count("/") == 4} == {"s", "v", "p", "o", "pages"}
    assert [path for path in found[::20] if demo_client.get(path).status_code != 200] == []
