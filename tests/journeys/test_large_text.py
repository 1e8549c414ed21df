"""Readers enlarge text to 200 % (WCAG 1.4.4), look through 320 pixels (1.4.10) or at a desk: no page goes sideways."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from tests.browser import PHONE, chromium, live
from tests.conftest import scaled
from tests.factories.accounts import PASSWORD, make_user

pytestmark = pytest.mark.browser

PUBLIC = ("/", "/w/jl2026/programme", "/w/jl2026/timetable", "/w/jl2026/subscribe", "/w/jl2026/privacy", "/my")
DESK = (
    "",
    "sessions",
    "sessions/new",
    "timetable",
    "releases",
    "registrations",
    "registrants",
    "strikes",
    "rosters",
    "gates",
)
NARROW, DESKTOP = {"width": 320, "height": 640}, {"width": 1440, "height": 900}
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
NOON = datetime(2026, 10, 15, 4, tzinfo=UTC)


def _sideways(page: Any, address: str, enlarge: bool) -> int:
    page.goto(address)
    if enlarge:
        page.evaluate("document.documentElement.style.fontSize = '200%'")
    return int(page.evaluate(WIDER))


WAYS: dict[str, tuple[str, Any, bool]] = {
    "en-text-200": ("/en", PHONE, True),
    "en-1440": ("/en", DESKTOP, False),
    "zh-320": ("", NARROW, False),
    "zh-text-200": ("", PHONE, True),
    "en-320": ("/en", NARROW, False),
    "zh-1440": ("", DESKTOP, False),
}
"""Those that need most room come first."""


@pytest.mark.parametrize("way", list(WAYS)[: scaled(len(WAYS))])
def test_nothing_goes_sideways(demo_app: Flask, way: str) -> None:
    language, viewport, enlarge = WAYS[way]
    make_user("officer@example.org", administrator=True)
    with live(demo_app, lambda: NOON) as base, chromium() as browser:
        page = browser.new_page(viewport=viewport)
        wide = {path: _sideways(page, base + language + path, enlarge) for path in PUBLIC}
        page.goto(f"{base}{language}/sign-in")
        page.fill("[name=email]", "officer@example.org")
        page.fill("[name=password]", PASSWORD)
        page.locator("button[type=submit]").click()
        page.wait_for_url(lambda address: "sign-in" not in address)
        wide |= {path: _sideways(page, f"{base}{language}/desk/w/jl2026/{path}", enlarge) for path in DESK}
    assert {path: pixels for path, pixels in wide.items() if pixels > 1} == {}
