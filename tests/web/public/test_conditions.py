"""With script, a question stands in the form only while its condition is met."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from eventweek.kernel.db import db
from eventweek.programme.models import Session
from tests.browser import PHONE, chromium, live
from tests.registration.test_asking import BUS, STOP, ask
from tests.registration.test_forms import MEAL, row
from tests.registration.world import offering_of
from tests.web.public.conftest import HERE

pytestmark = pytest.mark.browser
NOON = datetime(2026, 10, 15, 4, tzinfo=UTC)


def test_what_does_not_apply_is_out_of_sight(demo_app: Flask) -> None:
    from playwright.sync_api import expect  # heavy

    code = offering_of("rs-ei-2").code
    lunch = row("lunch", "choices", choices=list(MEAL), when_key="bus", when_is=["yes"])
    ask("offering", code, BUS, STOP, lunch, row("meat", when_key="lunch", when_is=["meat"]))
    session = db.session.scalars(select(Session.code).where(Session.source_key == "demo:rs-ei-2")).one()
    with live(demo_app, lambda: NOON) as base, chromium() as browser:
        page = browser.new_page(viewport=PHONE, locale="zh-CN")
        page.request.post(f"{base}/w/jl2026/picks", form={"s": session}, headers=HERE | {"Origin": base})
        page.goto(f"{base}/w/jl2026/basket")
        stop, meat = (page.locator(f'[name="{code}.answers.{key}"]') for key in ("stop", "meat"))
        expect(stop).to_be_hidden()
        page.check(f'[name="{code}.answers.bus"][value=yes]')
        expect(stop).to_be_visible()
        expect(meat).to_be_hidden()
        page.check(f'[name="{code}.answers.lunch"][value=meat]')
        expect(meat).to_be_visible()
        page.check(f'[name="{code}.answers.bus"][value=no]')
        expect(stop).to_be_hidden()
        expect(meat).to_be_hidden()
