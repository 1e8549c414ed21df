"""A company registers twenty people by Excel in one real Chromium: two bad rows are named, mended, and all are in."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from eventweek.demo.actions import load_demo
from eventweek.kernel.clock import travel
from eventweek.kernel.db import db
from eventweek.kernel.tables import read_workbook
from eventweek.programme.models import Session
from eventweek.registration.models import Pass, Registration
from eventweek.registration.verify import list_findings
from tests.browser import PHONE, chromium, live, shows
from tests.conftest import DEMO_DAY
from tests.web.public.test_groups import UNIT, book_of, staff

pytestmark = pytest.mark.browser
NOON = datetime(2026, 10, 8, 4, tzinfo=UTC)


def test_a_company_registers_twenty_people_by_excel(app: Flask, tmp_path: Path) -> None:
    """The leader comes from the session's page, sends the sheet twice, and keeps the list."""
    with travel(NOON):
        load_demo(DEMO_DAY)
    code = db.session.scalars(select(Session.code).where(Session.source_key == "demo:rs-ei-2")).one()
    bad, sheet = [list(row) for row in staff(20)], tmp_path / "名单.xlsx"
    bad[4][1], bad[11][1] = "1390000", bad[2][1]
    with live(app, lambda: NOON) as address, chromium() as browser:
        app.extensions["eventweek"] = replace(app.extensions["eventweek"], base_url=address)
        db.session.rollback()
        page = browser.new_context(viewport=PHONE, locale="zh-CN").new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(f"{address}/w/jl2026/s/{code}")
        page.get_by_role("link", name="单位一次报多人").click()
        for name in ("unit", "leader", "email"):
            page.locator(f"#{name}").fill(UNIT[name])
        page.locator("#consent").check()
        sheet.write_bytes(book_of(bad))
        page.locator("#file").set_input_files(sheet)
        page.get_by_role("button", name="全部报名").click()
        assert shows(
            page,
            "20 行里有 2 处要改，一个人都还没有报",
            "第 6 行",
            "手机号“1390000”：手机号不对",
            "第 13 行",
            "已经报过这一场",
        )
        db.session.rollback()
        assert db.session.scalar(select(func.count()).select_from(Registration)) == 0
        with page.expect_download() as told:
            page.get_by_role("button", name="下载标好问题的表格").click(no_wait_after=True)
        assert told.value.suggested_filename == "jl2026-团体报名-问题.xlsx"
        (marked,) = read_workbook(Path(told.value.path()).read_bytes())
        assert [cells[3] for _number, cells in marked.rows if len(cells) > 3 and "手机号不对" in cells[3]] != []
        sheet.write_bytes(book_of(staff(20)))
        page.locator("#file").set_input_files(sheet)
        page.locator("#consent").check()
        page.get_by_role("button", name="全部报名").click()
        assert shows(page, "20 人已报名", UNIT["unit"])
        assert page.locator(".roll li").count() == 20 and faults == []
    db.session.rollback()
    counts = [db.session.scalar(select(func.count()).select_from(model)) for model in (Registration, Pass)]
    assert counts == [20, 20] and [found for found in list_findings() if found.rows] == []
