"""A visitor picks three sessions that clash, in WeChat and in English; somebody who waits gets the seat of another."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from eventweek.kernel.clock import travel
from tests.browser import DESK, PHONE, shows
from tests.journeys.opening import telling
from tests.journeys.test_main_job import Story, deliver
from tests.registration.world import counters, offering_of, resize
from tests.replanning.world import broken

pytestmark = pytest.mark.browser

FAR, FIRST, SECOND = "rs-222400", "rs-ei-2", "rs-am-2"
"""In Yanji until 11:00; in Changchun, three hours away, from 13:30; there too, from 14:30, while that one goes on."""
WECHAT = (
    "Mozilla/5.0 (Linux; Android 14; V2309A) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/116.0.0.0 "
    "Mobile Safari/537.36 XWEB/1160117 MMWEBSDK/20240404 MicroMessenger/8.0.49.2600(0x28003133) WeChat/arm64 "
    "Weixin NetType/WIFI Language/zh_CN ABI/arm64"
)


@dataclass(frozen=True)
class Words:
    """What one language says on the way from a session to one's week."""

    titles: tuple[str, str, str]
    pick: str
    overlap: str
    late: str
    far: str
    drop: str
    send: str
    done: str
    badge: str
    code: str


CHINESE = Words(
    ("延边朝鲜族自治州分会场项目路演", "电子信息专场项目路演（二）", "先进制造专场项目路演（二）"),
    "报名这场",
    "和这些场次时间重叠：「{}」",
    "从「{}」赶过来，会晚到约 30 分钟",
    "路上约 3 小时",
    "不去了",
    "提交报名",
    "办好了：2 场已报名",
    "已报名",
    "入场二维码",
)
ENGLISH = Words(
    (
        "Yanbian Sub-venue Roadshow",
        "Project Roadshow: Electronic information (II)",
        "Project Roadshow: Advanced manufacturing (II)",
    ),
    "Register",
    "Overlaps with “{}”",
    "Coming from “{}” you would be about 30 min late",
    "about 3 h on the way",
    "Remove",
    "Register",
    "Done: 2 sessions booked",
    "Registered",
    "QR code of the pass",
)


@pytest.fixture
def story(app: Flask, tmp_path: Path) -> Iterator[Story]:
    """Give the demo week two days before the three sessions."""
    with telling(app, tmp_path, FAR, FIRST, SECOND) as story:
        yield story


def test_three_that_clash_in_wechat_on_a_phone(story: Story) -> None:
    phone = story.browser(PHONE, user_agent=WECHAT, is_mobile=True, has_touch=True)
    choose(story, phone, "", CHINESE)
    give_up_one(phone, CHINESE)
    hold_the_pass(story, phone, "", CHINESE)
    assert phone.get_by_text("下载图片").count() == phone.locator('a[href^="webcal:"]').count() == 0
    read_the_week(story, phone, "", CHINESE)
    assert shows(phone, "从微信接收消息")
    end_well(story)


def test_three_that_clash_in_english_at_a_desk(story: Story) -> None:
    desk = story.browser(DESK)
    choose(story, desk, "/en", ENGLISH)
    give_up_one(desk, ENGLISH)
    hold_the_pass(story, desk, "/en", ENGLISH)
    read_the_week(story, desk, "/en", ENGLISH)
    (mail,) = deliver(story)
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert ENGLISH.titles[2] in text and ENGLISH.titles[1] not in text and "示例" not in str(mail["Subject"])
    end_well(story)


def choose(story: Story, page: Any, language: str, words: Words) -> None:
    """Pick three sessions from their pages; the basket names both clashes, each at its session."""
    for key in (FAR, FIRST, SECOND):
        page.goto(story.public(key).replace(story.address, story.address + language))
        page.locator("main button:visible", has_text=words.pick).first.click()
        page.wait_for_url("**/basket")
    assert page.locator("ol.basket > li").count() == 3
    first, second = (entry(page, title).inner_text() for title in words.titles[1:])
    assert words.overlap.format(words.titles[2]) in first and words.overlap.format(words.titles[1]) in second
    late = words.late.format(words.titles[0])
    assert late in first and words.far in first and late not in second
    narrow(page)


def entry(page: Any, title: str) -> Any:
    """Return what the basket holds for a session."""
    return page.locator("ol.basket > li").filter(has=page.locator("h3", has_text=title))


def give_up_one(page: Any, words: Words) -> None:
    """Take the one in the middle out of the basket: nothing clashes any more."""
    entry(page, words.titles[1]).get_by_role("button", name=words.drop).click()
    page.wait_for_function("document.querySelectorAll('ol.basket > li').length === 2")
    left = page.locator("ol.basket").inner_text()
    assert words.titles[1] not in left and words.titles[0] in left and words.titles[2] in left
    assert "重叠" not in left and "Overlaps" not in left and words.far not in left


def hold_the_pass(story: Story, page: Any, language: str, words: Words) -> None:
    """Send the form; the pass is there at once, as a picture that can be kept."""
    page.locator("#name").fill("示例丁卯")
    page.locator("#email").fill("visitor@example.org")
    page.locator("#consent").check()
    page.locator("main form").get_by_role("button", name=words.send, exact=True).click()
    page.wait_for_url("**/my/pass**")
    assert shows(page, words.done, "示例丁卯") and page.url.startswith(f"{story.address}{language}/my/pass")
    image = page.get_by_alt_text(words.code)
    assert image.evaluate("i => i.complete ? i.naturalWidth : i.decode().then(() => i.naturalWidth)") >= 296
    narrow(page)


def read_the_week(story: Story, page: Any, language: str, words: Words) -> None:
    """Find both sessions on their day in one's week, with their times, and not the third."""
    page.goto(f"{story.address}{language}/my")
    stops = page.locator(".mine .stop:not(.stop--move)")
    assert stops.count() == 2
    told = stops.all_inner_texts()
    assert words.titles[0] in told[0] and "09:00" in told[0] and words.badge in told[0]
    assert words.titles[2] in told[1] and "14:30" in told[1] and words.badge in told[1]
    assert words.titles[1] not in page.locator("main").inner_text()
    narrow(page)


def narrow(page: Any) -> None:
    """Find that nothing goes over the side of the window."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_who_waits_gets_the_seat_that_another_gives_back(story: Story) -> None:
    with travel(story.clock()):
        code = offering_of(FIRST).code
        resize(code, 1, promote_until_min=0)
    holds, waits = story.browser(PHONE), story.browser(PHONE)
    register(story, holds, "示例甲子", "holds@example.org", "办好了：1 场已报名")
    register(story, waits, "示例乙丑", "waits@example.org", "候补")
    waits.goto(f"{story.address}/my")
    assert shows(waits, "候补第 1 位") and counters(code) == (1, 1)
    holds.goto(f"{story.address}/my")
    holds.locator(".stop__do").get_by_role("link", name=re.compile("^取消")).click()
    assert shows(holds, "取消后席位马上让给候补的人")
    holds.get_by_role("button", name="确认取消").click()
    assert shows(holds, "已结束的报名")
    waits.reload()
    assert shows(waits, "1 场已报名") and waits.get_by_text("候补第").count() == 0
    waits.goto(f"{story.address}/my/pass")
    assert shows(waits, CHINESE.titles[1], "示例乙丑") and waits.get_by_alt_text("入场二维码").is_visible()
    last = [mail for mail in deliver(story) if mail["To"] == "waits@example.org"][-1]
    assert last["Subject"] == f"候补成功：{CHINESE.titles[1]}"
    text = last.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "有名额了，已为您确认" in text
    assert {part.get_content_type() for part in last.iter_attachments()} >= {"image/png"}
    other = story.browser(PHONE)
    other.goto(re.findall(r"http://\S+/m/\S+", text)[0])
    assert shows(other, "示例乙丑", "1 场已报名")
    assert counters(code) == (1, 0)
    end_well(story)


def register(story: Story, page: Any, name: str, email: str, said: str) -> None:
    """Register for the full session as a visitor does."""
    page.goto(story.public(FIRST))
    page.locator("main button:visible", has_text=re.compile("报名这场|候补")).first.click()
    page.wait_for_url("**/basket")
    page.locator("#name").fill(name)
    page.locator("#email").fill(email)
    page.locator("#consent").check()
    page.get_by_role("button", name="提交报名").click()
    page.wait_for_url("**/my**")
    assert shows(page, said)


def end_well(story: Story) -> None:
    """Find every invariant kept, and no fault in any browser's console."""
    with travel(story.clock()):
        assert broken() == []
    assert story.faults == []
