"""The main job, from the desk to the door, in one real Chromium: change, publish, register, scan, subscribe, cancel."""

import re
import time
import urllib.error
import urllib.request
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from flask import Flask
from icalendar import Calendar
from PIL import Image
from sqlalchemy import select

from eventweek import worker
from eventweek.demo.actions import load_demo
from eventweek.kernel.clock import travel
from eventweek.kernel.db import db
from eventweek.outbox.models import Message
from eventweek.programme.models import Session
from eventweek.registration.models import Registration
from eventweek.registration.verify import list_findings
from tests.browser import DESK, PHONE, camera_flags, chromium, film, live, shows
from tests.conftest import DEMO_DAY
from tests.factories.accounts import PASSWORD, make_user

pytestmark = pytest.mark.browser

EMAIL = "organiser@example.org"
TITLE, NOTE, OTHER_NOTE = "科技与金融融合论坛（加场）", "请带名片。", "请从南门进。"
REASON = "设备检修"
NAME = "示例丁卯"


class Clock:
    """A clock that was set once and goes on."""

    def __init__(self, at: datetime) -> None:
        self.set(at)

    def set(self, at: datetime) -> None:
        """Set the time, an aware instant."""
        self.base, self.since = at, time.monotonic()

    def __call__(self) -> datetime:
        """Return the time."""
        return self.base + timedelta(seconds=time.monotonic() - self.since)


@dataclass
class Feed:
    """What a calendar client holds."""

    etag: str
    entries: dict[str, Any]


@dataclass
class Story:
    """The house, its address and clock, and who opens it with which browser."""

    app: Flask
    address: str
    clock: Clock
    chromium: Any
    camera: Path
    codes: dict[str, str]
    faults: list[str] = field(default_factory=list)

    def browser(self, size: dict[str, int], **options: Any) -> Any:
        """Open a browser of somebody else: no cookie is shared."""
        page = self.chromium.new_context(viewport=size, locale="zh-CN", **options).new_page()
        page.on("console", lambda said: self.faults.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.set_default_timeout(30_000)
        return page

    def public(self, key: str) -> str:
        """Return the address of a session's public page."""
        return f"{self.address}/w/jl2026/s/{self.codes[key]}"

    def desk(self, rest: str = "") -> str:
        """Return an address on the desk."""
        return f"{self.address}/desk/w/jl2026/{rest}"


@pytest.fixture
def story(app: Flask, tmp_path: Path) -> Iterator[Story]:
    """Give the demo week, published a week before, on its second day at half past twelve in Changchun."""
    clock = Clock(datetime(2026, 10, 16, 4, 30, tzinfo=UTC))
    with travel(datetime(2026, 10, 8, 4, tzinfo=UTC)):
        load_demo(DEMO_DAY)
        make_user(EMAIL, administrator=True)
    keys = ("fo-02", "rs-ei-2")
    found = {k: db.session.scalars(select(Session.code).where(Session.source_key == f"demo:{k}")).one() for k in keys}
    camera = tmp_path / "camera.y4m"
    with live(app, clock) as address, chromium(*camera_flags(camera)) as browser:
        app.extensions["eventweek"] = replace(app.extensions["eventweek"], base_url=address)
        db.session.rollback()
        yield Story(app, address, clock, browser, camera, found)


def test_the_main_job_from_the_desk_to_the_door(story: Story) -> None:
    """One story: each step uses what the one before left behind."""
    before = fetch(story)
    desk = story.browser(DESK)
    sign_in(story, desk)
    edit(story, desk, "fo-02", TITLE, NOTE)
    edit(story, desk, "rs-ei-2", "", OTHER_NOTE)
    publish_one(story, desk)
    visitor = story.browser(PHONE)
    see_what_was_published(story, visitor)
    picture = register(story, visitor)
    open_the_mail(story)
    link = enrol(story, desk)
    scan(story, link, picture)
    count_arrivals(story, desk)
    renamed = subscribe(story, before)
    cancel(story, desk)
    learn_of_the_cancellation(story, visitor)
    see_it_cancelled_in_the_calendar(story, renamed)
    end_well(story)


def sign_in(story: Story, desk: Any, email: str = EMAIL) -> None:
    """Come to the page that was asked for, after e-mail and password."""
    desk.goto(story.desk("sessions"))
    assert "/sign-in" in desk.url
    desk.locator("#email").fill(email)
    desk.locator("#password").fill(PASSWORD)
    desk.locator("main").get_by_role("button", name="登录").click()
    desk.wait_for_url(story.desk("sessions"))


def edit(story: Story, desk: Any, key: str, title: str, note: str) -> None:
    """Change title and note by the form; the public does not see it yet."""
    desk.goto(story.desk(f"sessions/{story.codes[key]}"))
    desk.get_by_role("link", name="修改").click()
    if title:
        desk.locator("#title_zh").fill(title)
    desk.locator("#note_zh").fill(note)
    desk.locator(".savebar").get_by_role("button", name="保存").click()
    desk.get_by_text("这里改过，公众看到的还是上次发布的").wait_for()
    assert note not in read(story.public(key)).body.decode()


def publish_one(story: Story, desk: Any) -> None:
    """Untick all but one on the release page and publish."""
    story.clock.set(story.clock() + timedelta(minutes=5))
    desk.goto(story.desk("releases/new"))
    boxes = desk.locator('input[name="sessions"]')
    assert boxes.count() >= 2
    for box in boxes.all():
        box.set_checked(box.get_attribute("value") == story.codes["fo-02"])
    desk.locator("#note").fill("改一场的名字")
    desk.get_by_role("button", name=re.compile("发布第 . 版")).click()
    desk.wait_for_url(re.compile(r"/releases/\d+$"))
    assert shows(desk, "已发布，公众现在看到的就是它", TITLE)


def see_what_was_published(story: Story, visitor: Any) -> None:
    """Find the new title and note on a phone, and nothing of the other session's new note."""
    visitor.goto(story.public("rs-ei-2"))
    assert OTHER_NOTE not in visitor.content()
    visitor.goto(story.public("fo-02"))
    assert visitor.locator("h1").inner_text() == TITLE and shows(visitor, NOTE)
    assert visitor.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def register(story: Story, visitor: Any) -> bytes:
    """Put two sessions into one basket, send one form, hold the pass at once; return its picture."""
    for key in ("rs-ei-2", "fo-02"):
        visitor.goto(story.public(key))
        visitor.locator("button:visible", has_text="报名这场").first.click()
        visitor.wait_for_url("**/basket")
    assert visitor.locator("ol.basket > li").count() == 2 and shows(visitor, TITLE)
    visitor.locator("#name").fill(NAME)
    visitor.locator("#email").fill("visitor@example.org")
    visitor.locator("#consent").check()
    visitor.get_by_role("button", name="提交报名").click()
    visitor.wait_for_url("**/my/pass**")
    assert shows(visitor, "办好了：2 场已报名", NAME)
    image = visitor.get_by_alt_text("入场二维码")
    assert image.evaluate("i => i.complete ? i.naturalWidth : i.decode().then(() => i.naturalWidth)") >= 296
    return bytes(visitor.context.request.get(story.address + image.get_attribute("src")).body())


def open_the_mail(story: Story) -> None:
    """Let the worker deliver; the owner's link opens the week elsewhere and leaves no key in the address."""
    (mail,) = deliver(story)
    assert mail["To"] == "visitor@example.org"
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert TITLE in text and {part.get_content_type() for part in mail.iter_attachments()} >= {"image/png"}
    link = re.findall(r"http://\S+/m/\S+", text)[0]
    other = story.browser(PHONE)
    other.goto(link)
    assert re.fullmatch(r"/my(\?of=\w+)?", other.url.removeprefix(story.address))
    assert link.rsplit("/", 1)[1] not in other.url + other.content()
    assert shows(other, NAME, "2 场已报名")
    other.context.close()


def enrol(story: Story, desk: Any) -> str:
    """Add the venue's entrance where it has none, make a device and read its link from the QR."""
    story.clock.set(datetime(2026, 10, 16, 5, 50, tzinfo=UTC))
    desk.goto(story.desk("gates"))
    desk.locator("#venue").select_option(label="长东北科技创新中心")
    desk.locator("#name_zh").fill("测试门")
    desk.get_by_role("button", name="添加入口").click()
    desk.locator("#gates").get_by_text("测试门").wait_for()
    desk.goto(story.desk("devices/new"))
    desk.locator("#name").fill("测试门1号")
    desk.get_by_role("checkbox", name="测试门").check()
    desk.get_by_role("button", name="生成二维码").click()
    picture = desk.get_by_alt_text("登记设备的二维码")
    picture.wait_for()
    return decode(b64decode(picture.get_attribute("src").partition(",")[2]))


def scan(story: Story, link: str, picture: bytes) -> None:
    """Enrol the phone, choose the session; the camera sees the pass twice: green, then already in."""
    film(story.camera, [(decode(picture), 2), ("", 6)])
    phone = story.browser(PHONE, permissions=["camera"])
    phone.goto(link)
    phone.get_by_role("button", name="开始验票").click()
    phone.get_by_role("link", name=TITLE).click()
    phone.locator(".verdict--yes .say__word", has_text="放行").wait_for(timeout=20_000)
    assert phone.locator(".say__name").inner_text() == NAME
    phone.locator(".verdict--ask").wait_for(timeout=20_000)
    said = phone.locator(".say").inner_text()
    assert "这个码已经入场" in said and "13:50 从测试门入场" in said and NAME in said
    assert phone.locator("#arrived").inner_text() == "1"
    phone.context.close()


def count_arrivals(story: Story, desk: Any) -> None:
    """Read on the desk: one registered, one arrived, one inside."""
    desk.goto(story.desk("gates?day=2026-10-16"))
    row = desk.locator("tbody tr", has_text=TITLE)
    words = ("报名", "到场", "厅内")
    assert [row.locator(f'[data-word="{word}"]').inner_text() for word in words] == ["1", "1", "1"]


def subscribe(story: Story, before: Feed) -> Feed:
    """See the new title in the calendar: stamped anew, same sequence, new validator; a second look is 304."""
    after = fetch(story)
    old, new = before.entries["fo-02"], after.entries["fo-02"]
    assert TITLE in new["SUMMARY"] and TITLE not in old["SUMMARY"]
    assert new["SEQUENCE"] == old["SEQUENCE"] and new["DTSTAMP"].dt > old["DTSTAMP"].dt
    assert after.etag != before.etag
    unchanged = before.entries["rs-ei-2"], after.entries["rs-ei-2"]
    assert unchanged[0].to_ical() == unchanged[1].to_ical()
    again = read(f"{story.address}/w/jl2026/feed.ics", {"If-None-Match": after.etag})
    assert (again.status, again.body) == (304, b"")
    return after


def cancel(story: Story, desk: Any) -> None:
    """Cancel the other session so that the public learns of it now."""
    story.clock.set(story.clock() + timedelta(minutes=5))
    desk.goto(story.desk(f"sessions/{story.codes['rs-ei-2']}"))
    desk.get_by_role("link", name="取消这一场").click()
    assert shows(desk, "已有 1 人报名")
    desk.locator("#reason_zh").fill(REASON)
    desk.locator("#when").select_option("now")
    desk.get_by_role("button", name="取消这一场").click()
    desk.get_by_text("已取消，公众现在就看到").wait_for()


def learn_of_the_cancellation(story: Story, visitor: Any) -> None:
    """Read it on the session's page, in one's own week, and in a mail that waits and is then delivered."""
    visitor.goto(story.public("rs-ei-2"))
    assert shows(visitor, "这场已取消", REASON)
    assert visitor.get_by_role("button", name="报名这场").count() == 0
    visitor.goto(f"{story.address}/my")
    assert shows(visitor, "1 场已报名", "活动取消")
    db.session.rollback()
    rows = db.session.scalars(select(Registration)).all()
    assert sorted((row.state, row.end_reason) for row in rows) == [("cancelled", "session"), ("confirmed", "")]
    waiting = db.session.scalars(select(Message).where(Message.state == "waiting")).all()
    assert [(row.template, row.recipient) for row in waiting] == [
        ("registration/session_cancelled", "visitor@example.org")
    ]
    mail = deliver(story)[-1]
    assert REASON in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def see_it_cancelled_in_the_calendar(story: Story, before: Feed) -> None:
    """See the entry as cancelled with a higher sequence, the other one untouched."""
    after = fetch(story)
    old, new = before.entries["rs-ei-2"], after.entries["rs-ei-2"]
    assert new["STATUS"] == "CANCELLED" and new["SEQUENCE"] > old["SEQUENCE"]
    assert after.entries["fo-02"].to_ical() == before.entries["fo-02"].to_ical()
    assert after.etag != before.etag


def end_well(story: Story) -> None:
    """Find every invariant kept and no fault in any browser's console."""
    db.session.rollback()
    with travel(story.clock()):
        assert [finding for finding in list_findings() if finding.rows] == []
    assert story.faults == []


@dataclass(frozen=True)
class Answer:
    """What a program got over HTTP."""

    status: int
    etag: str
    body: bytes


def read(url: str, headers: dict[str, str] | None = None) -> Answer:
    """Ask as a program without cookies does."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers or {}), timeout=15) as answer:
            return Answer(answer.status, answer.headers.get("ETag", ""), answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, error.headers.get("ETag", ""), error.read())


def fetch(story: Story) -> Feed:
    """Fetch the week's calendar as a client does."""
    answer = read(f"{story.address}/w/jl2026/feed.ics")
    assert answer.status == 200
    events = Calendar.from_ical(answer.body).walk("VEVENT")
    return Feed(answer.etag, {str(event["UID"]).split(".")[0]: event for event in events})


def deliver(story: Story) -> list[EmailMessage]:
    """Let the worker do what is due; return every mail that lies in the folder, the oldest first."""
    db.session.rollback()
    with travel(story.clock()):
        worker.work_off()
    files = sorted(story.app.extensions["eventweek"].var.rglob("*.eml"))
    return [message_from_bytes(file.read_bytes(), policy=default) for file in files]


def decode(picture: bytes) -> str:
    """Return the text of the one QR in a picture."""
    (found,) = zxingcpp.read_barcodes(Image.open(BytesIO(picture)))
    return str(found.text)
