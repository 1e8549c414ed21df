"""What every public page keeps: no cookie, canonical addresses, large type by address, a foot, constant statements."""

import re
from dataclasses import replace
from io import BytesIO

import pytest
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import delete, select

from eventweek.config import Site
from eventweek.kernel.db import db, transaction
from eventweek.scheduling.models import Published, Release, ReleaseItem

PAGES = ("", "programme", "timetable?day=2026-10-16", "subscribe", "more", "privacy", "accessibility")


@pytest.fixture
def subjects(demo_app: Flask) -> list[str]:
    """Give the paths of a session, its venue, a person and an organisation."""
    facts = next(s for s in db.session.scalars(select(ReleaseItem)) if s.snapshot["people"]).snapshot
    codes = (("s", facts["code"]), ("v", facts["venue"]["code"]), ("p", facts["people"][0]["code"]))
    return [f"{letter}/{code}" for letter, code in (*codes, ("o", facts["lead"]["code"]))]


def test_no_public_page_sets_a_cookie_or_has_a_foreign_address(demo_client: FlaskClient, subjects: list[str]) -> None:
    for page in (*PAGES, *subjects):
        answer = demo_client.get(f"/w/jl2026/{page}")
        assert answer.status_code == 200 and "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.headers.get("Vary", "")
        assert answer.headers["Cache-Control"] == "public, max-age=0, s-maxage=20"
        assert ("User-Agent" in answer.headers.get("Vary", "")) == (page == "subscribe" or page.startswith("s/"))
        assert not re.search(
            r'(?:src|href)="(?:https?:)?//(?!127\.0\.0\.1|calendar\.google|outlook\.live)', answer.text
        )


def test_canonical_and_hreflang_carry_the_configured_host(demo_client: FlaskClient) -> None:
    page = demo_client.get("/en/w/jl2026/programme?city=220100", headers={"Host": "localhost"}).text
    assert '<link rel="canonical" href="http://127.0.0.1:8000/en/w/jl2026/programme">' in page
    assert 'hreflang="zh-CN" href="http://127.0.0.1:8000/w/jl2026/programme"' in page


def test_large_type_is_carried_by_every_link_without_a_cookie(demo_client: FlaskClient, subjects: list[str]) -> None:
    for page in ("programme?city=220200", *subjects):
        answer = demo_client.get(f"/w/jl2026/{page}{'&' if '?' in page else '?'}type=large")
        assert '<html lang="zh-CN" class="large">' in answer.text and "Set-Cookie" not in answer.headers
        links = re.findall(r'<a [^>]*?href="(/(?:en/)?w/[^"]*)"', answer.text)
        assert [link for link in links if "type=large" not in link and ".ics" not in link] == [
            link for link in links if link == f"/w/jl2026/{page}"
        ]
        assert not re.search(r"\.ics\?", answer.text)
    form = demo_client.get("/w/jl2026/programme?type=large").text.split('role="search"')[1].split("</form>")[0]
    assert '<input type="hidden" name="type" value="large">' in form


def test_the_foot_shows_official_lines_only_if_set(demo_app: Flask, demo_client: FlaskClient) -> None:
    assert "ICP备案号" not in demo_client.get("/w/jl2026/").text
    config = demo_app.extensions["eventweek"]
    site = Site(icp="吉ICP备00000000号", privacy="https://example.org/privacy")
    demo_app.extensions["eventweek"] = replace(config, site=site)
    page = demo_client.get("/w/jl2026/").text
    assert "ICP备案号" in page and "吉ICP备00000000号" in page and "公安备案号" not in page
    assert 'href="https://example.org/privacy"' in page


def test_before_the_first_release_every_page_says_in_preparation(demo_client: FlaskClient) -> None:
    with transaction():
        db.session.execute(delete(Published))
        db.session.execute(delete(Release))
    for page in ("", "programme"):
        assert "日程筹备中，还没有发布" in demo_client.get(f"/w/jl2026/{page}").text
    assert "The programme is not published yet" in demo_client.get("/en/w/jl2026/subscribe").text
    assert demo_client.get("/w/jl2026/timetable").status_code == 200


def test_subscribe_inside_wechat_offers_no_webcal(demo_client: FlaskClient) -> None:
    plain = demo_client.get("/w/jl2026/subscribe").text
    assert 'href="webcal://127.0.0.1:8000/w/jl2026/feed.ics"' in plain
    inside = demo_client.get("/w/jl2026/subscribe", headers={"User-Agent": "Mozilla/5.0 MicroMessenger/8.0.50"}).text
    assert "webcal:" not in inside and "在浏览器打开" in inside
    assert ">http://127.0.0.1:8000/w/jl2026/feed.ics</output>" in inside


def test_the_qr_of_the_subscribe_page_leads_there(demo_client: FlaskClient) -> None:
    answer = demo_client.get("/w/jl2026/subscribe.png")
    (read,) = zxingcpp.read_barcodes(Image.open(BytesIO(answer.data)))
    assert read.text == "http://127.0.0.1:8000/w/jl2026/subscribe"
