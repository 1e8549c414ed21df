"""Free seats are drawn anew while a page is looked at; without script they are as old as the page."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventweek.web.public.sessions import MOST_AT_ONCE
from tests.browser import PHONE, chromium, live
from tests.registration.world import book, offering_of, phone, resize
from tests.web.public.conftest import HERE, Code

pytestmark = pytest.mark.usefixtures("before_the_week")
ADDRESS = "/w/jl2026/seats"
BEFORE = datetime(2026, 10, 8, 4, tzinfo=UTC)


def test_the_seats_of_public_sessions_are_told_by_code(
    demo_client: FlaskClient, code: Code, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    resize(offering_of("rs-ei-1").code, 30)
    own, other = code("rs-ei-1"), code("rs-ei-2")
    with statements() as one:
        answer = demo_client.get(ADDRESS, query_string={"s": own})
    assert answer.json and list(answer.json) == [own] and "余 30 席 / 30" in answer.json[own]
    assert answer.headers["Cache-Control"] == "public, max-age=0, s-maxage=20" and "Set-Cookie" not in answer.headers
    assert "30 of 30" in demo_client.get(f"/en{ADDRESS}", query_string={"s": own}).json[own]  # type: ignore[index]
    with statements() as more:
        both = demo_client.get(ADDRESS, query_string={"s": [own, other, own, "nobody", "\0", "x" * 99]}).json
    assert both and sorted(both) == sorted([own, other]) and len(more) == len(one)
    assert demo_client.get(ADDRESS).json == {}
    assert demo_client.get("/w/nowhere/seats", query_string={"s": own}).status_code == 404
    many = demo_client.get(ADDRESS, query_string={"s": [*(f"c{n}" for n in range(MOST_AT_ONCE)), own]})
    assert many.json == {}


@pytest.mark.browser
def test_a_page_that_is_looked_at_says_what_is_left_now(demo_app: Flask, code: Code) -> None:
    from playwright.sync_api import expect  # heavy

    offering = offering_of("rs-ei-1").code
    resize(offering, 30)
    with live(demo_app, lambda: BEFORE) as base, chromium() as browser:
        page = browser.new_page(viewport=PHONE, locale="zh-CN")
        page.clock.install(time=BEFORE)
        page.goto(f"{base}/w/jl2026/s/{code('rs-ei-1')}")
        shown = page.locator("dd [data-seats]")
        expect(shown).to_have_text("余 30 席 / 30")
        book(offering, phone=phone(1), seats=2)
        page.clock.fast_forward(31_000)
        expect(shown).to_have_text("余 28 席 / 30")
        page.request.post(f"{base}/w/jl2026/picks", form={"s": code("rs-ei-1")}, headers=HERE | {"Origin": base})
        page.goto(f"{base}/w/jl2026/basket")
        shown = page.locator("[data-seats]")
        expect(shown).to_have_text("余 28 席 / 30")
        book(offering, phone=phone(2), seats=3)
        page.clock.fast_forward(31_000)
        expect(shown).to_have_text("余 25 席 / 30")
