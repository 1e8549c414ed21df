"""The hands of a journey in the timetable editor: open a day, hold a session over cells, see what became of it."""

from typing import Any

from sqlalchemy import select

from eventweek.kernel.db import db
from eventweek.programme.models import Session
from eventweek.scheduling.queries.drafts import find_placement
from tests.journeys.test_main_job import Story

DAY = "2026-10-17"


def open_editor(story: Story, page: Any) -> str:
    """Open the third day; return the code of a session that is well in view."""
    page.goto(story.desk(f"timetable?day={DAY}"))
    block = page.locator(".block[data-session]:not(.block--locked)").nth(2)
    block.scroll_into_view_if_needed()
    code: str = block.get_attribute("data-session")
    return code


def block(page: Any, code: str) -> Any:
    """Return the block of a session."""
    return page.locator(f'.block[data-session="{code}"]')


def place(code: str) -> tuple[str, str] | None:
    """Return where a session stands in the database by now."""
    db.session.rollback()
    own = db.session.scalars(select(Session).where(Session.code == code)).one()
    found = find_placement(own.id)
    return (found.start.isoformat(), found.room.code) if found else None


def told(page: Any, text: str, where: str = "#toast") -> None:
    """Wait until the editor says so."""
    from playwright.sync_api import expect

    expect(page.locator(where)).to_contain_text(text, timeout=20_000)


def show(own: Any) -> None:
    """Bring something into the middle of the window, where no heading covers it."""
    own.evaluate("own => own.scrollIntoView({block: 'center', inline: 'center'})")


def hold(page: Any, code: str) -> None:
    """Press on a session and drag it a little, until the cells answer."""
    box = block(page, code).bounding_box()
    page.mouse.move(box["x"] + 12, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(box["x"] + 40, box["y"] + 30, steps=4)
    page.wait_for_selector(".ground .cell")


def over(page: Any, kinds: str) -> None:
    """Drag on to the middle of the first cell of these kinds that is in view, once there is one."""
    spot = page.wait_for_function(
        """kinds => {
          const bar = Math.max(0, document.querySelector(".tt thead").getBoundingClientRect().bottom);
          for (const own of document.querySelectorAll(kinds)) {
            const box = own.getBoundingClientRect();
            const seen = box.top > bar && box.bottom < innerHeight - 20 && box.width > 60;
            if (seen) return [box.left + 30, box.top + box.height / 2];
          }
        }""",
        arg=kinds,
    )
    page.mouse.move(*spot.json_value(), steps=6)
