"""What stands on the papers: the book, the sheets at the doors, the posters; and what does not."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO

import pytest
import typst
import zxingcpp
from flask import Flask
from PIL import Image, ImageChops

from eventweek.audit.actors import SYSTEM
from eventweek.kernel import files
from eventweek.kernel.clock import travel
from eventweek.kernel.db import Bilingual
from eventweek.kernel.typesetting import FONTS
from eventweek.language.printing import paper_tongue
from eventweek.printing.actions import PAPERS
from eventweek.printing.layout import values_of
from eventweek.printing.pictures import show_picture
from eventweek.printing.queries import read_scene
from eventweek.printing.rules import Wish
from eventweek.programme.actions.pictures import add_picture
from eventweek.programme.actions.sessions import cancel_session, edit_session
from eventweek.programme.models import Picture
from eventweek.programme.queries import find_week
from eventweek.scheduling.actions import place_session, release_schedule
from eventweek.ticketing.qr import svg
from tests.factories.programme import make_person, make_session
from tests.kernel.test_documents import fonts_in
from tests.printing.world import Spring, printed, reader_of, spring, squeezed, text_of

HOSTILE = [
    '#set page(fill: red) #panic("x") $x^2$ *粗* _斜_ `码` <a> @b [c] // d',
    "R" * 200,
    "长" * 200,
    "🎉 双创 👨👩👧 kick-off",
    "㛃𬱖鿫䶮 生僻字论坛",
    "مرحبا שלום 论坛",
    "\\u{41} \\n {{7*7}} ${a} %s %(n)s",
    "é ü ñ ß Ω Ж ½ ™ — … ’",
]


@pytest.fixture(autouse=True)
def _ahead() -> Iterator[None]:
    with travel(datetime(2027, 4, 1, 4, 30, tzinfo=UTC)):
        yield


def test_a_book_has_cover_contents_days_and_indexes(app: Flask) -> None:
    week = spring("量子信息论坛", "生物医药路演", "青年创业课堂", "七号议题", "八号议题", "九号议题", "次日的论坛")
    job = printed(week, "book")
    pages = [squeezed(page.extract_text()) for page in reader_of(job).pages]
    assert len(pages) == job.pages and (job.release, job.size) == (1, len(files.read(job.file or "")))
    assert "长春春季双创周" in pages[0] and "2027年4月12日—16日" in pages[0] and "7场活动" in pages[0]
    assert pages[1].index("4月13日（周二）") < pages[1].index("4月14日（周三）") < pages[1].index("人物索引")
    day = next(n for n, page in enumerate(pages) if n > 1 and "量子信息论坛" in page)
    assert f"4月13日（周二）{day + 1}" in pages[1].replace(".", "") and "长春市" in pages[day]
    assert "王示例（示例大学）" in pages[day] and "示例科技局" in pages[day] and "09:0010:00" in pages[day]
    assert pages[day].index("量子信息论坛") < pages[day].index("青年创业课堂")
    people = next(page for page in pages if "人物索引" in page and "示例大学" in page and "目录" not in page)
    assert "王示例示例大学" in people and str(day + 1) in people
    assert "第1版日程，2027年4月1日12:30发布" in pages[day] and "2027年4月1日12:30制作" in pages[day]
    outline = reader_of(job).outline
    assert outline and "4月13日（周二）" in squeezed(str(outline[0]["/Title"]))  # type: ignore[call-overload,index]


def test_a_book_in_english_says_so(app: Flask) -> None:
    week = spring("量子论坛", title_en="Quantum forum")
    text = text_of(printed(week, "book", language="en"))
    assert squeezed("Changchun spring week") in text and "Quantumforum" in text and "量子论坛" not in text
    assert "Tue13April" in text and "Programme" in text and "目录" not in text and "Release1" in text


def test_fonts_are_in_every_paper(app: Flask) -> None:
    week = spring("论坛 🎉")
    for paper in ("book", "doors", "posters"):
        found = fonts_in(reader_of(printed(week, paper)))
        assert {name[8:].partition("-")[0] for name in found} == {"NotoSansSC", "NotoEmoji"}
        assert all(any(key in own for key in ("/FontFile2", "/FontFile3")) for own in found.values())
        assert all(name[7] == "+" for name in found)


@pytest.mark.parametrize("paper", ["book", "doors", "posters"])
def test_what_people_wrote_is_printed_as_they_wrote_it(app: Flask, paper: str) -> None:
    week = spring(*HOSTILE)
    text = text_of(printed(week, paper))
    for title in HOSTILE:
        if title.startswith("م"):  # a reader gives right-to-left words back in its own order
            assert "مرحبا" in text or "ابحرم" in text
        else:
            assert squeezed(title) in text, title


def test_long_words_stay_on_the_paper(app: Flask) -> None:
    week = spring("R" * 200)
    for paper in ("book", "doors", "posters"):
        for page in reader_of(printed(week, paper)).pages:
            spots: list[float] = []

            def note(text: str, _cm: object, place: list[float], *_font: object, into: list[float] = spots) -> None:
                into += [place[4]] if text.strip() else []

            page.extract_text(visitor_text=note)
            assert spots and max(spots) < float(page.mediabox.right)


def test_a_door_has_a_sheet_for_each_day(app: Flask) -> None:
    week = spring("第一场", "隔壁", "第二场", "隔壁二", "第三场", "隔壁三", "次日的")
    cancel_session(week.sessions[2], reason=Bilingual("讲者生病", ""), actor=SYSTEM)
    release_schedule(week.id, actor=SYSTEM, note="")
    job = printed(week, "doors", part={"room": week.rooms[0]})
    assert job.pages == 2 and job.release == 2
    first, second = text_of(job, 0), text_of(job, 1)
    assert "一号厅" in first and "会展中心" in first and "4月13日（周二）" in first and "二号厅" not in first
    assert first.index("第一场") < first.index("第二场") < first.index("第三场")
    assert "已取消" in first and "讲者生病" in first and "第2版日程" in first and "12:30制作" in first
    assert "次日的" in second and "4月14日（周三）" in second
    box = reader_of(job).pages[0].mediabox
    assert box.width > box.height
    upright = reader_of(printed(week, "doors", sheet="a4", part={"day": "2027-04-14"})).pages[0].mediabox
    assert upright.width < upright.height
    assert "讲者生病" not in text_of(printed(week, "book"))


def test_a_sheet_that_goes_on_says_whose_it_is(app: Flask) -> None:
    week = spring("甲", release=False)
    own = find_week("spring")
    assert own
    for n in range(14):
        session = make_session(own, f"排得很满的第 {n} 场", duration_min=30, kind="salon")
        start = f"2027-04-14T{9 + n // 2:02}:{n % 2 * 30:02}"
        place_session(session.code, start, week.rooms[0], version=None, actor=SYSTEM)
    job = printed(week, "doors", draft=True, part={"day": "2027-04-14"})
    assert job.pages == 2
    first, second = text_of(job, 0), text_of(job, 1)
    assert first.count("一号厅") == 1 and "排得很满的第13场" in second
    assert second.index("一号厅") < second.index("4月14日（周三）") < second.index("排得很满的")


def test_the_codes_lead_to_the_pages_of_sessions(app: Flask) -> None:
    week = spring("报名的场次", registration="open")
    job = printed(week, "posters", sheet="a2")
    assert "扫码报名" in text_of(job) and "主办示例科技局" in text_of(job) and "09:00" in text_of(job)
    width = round(float(reader_of(job).pages[0].mediabox.width))
    assert width == round(420 / 25.4 * 72)
    assert _codes(app) == {f"http://127.0.0.1:8000/w/spring/s/{week.sessions[0]}"}


def _codes(app: Flask) -> set[str]:
    """Return what a scanner reads from the posters of a week, drawn as pictures."""
    return {found.text for page in drawn_posters(app) for found in zxingcpp.read_barcodes(page)}


def drawn_posters(app: Flask, *, draft: bool = False, ppi: int = 60) -> list[Image.Image]:
    """Return the posters of the week as pictures."""
    week, words = find_week("spring"), paper_tongue("zh")
    assert week
    base, at = app.extensions["eventweek"].base_url, datetime(2027, 4, 1, tzinfo=UTC)
    values = values_of(read_scene(week.id, draft=draft), Wish("posters"), words, base, svg, at, show_picture)
    template, own = PAPERS / "posters.typ", {"values": json.dumps(values)}
    compiler = typst.Compiler(template, PAPERS, font_paths=[FONTS], ignore_system_fonts=True, sys_inputs=own)
    made = compiler.compile(format="png", ppi=ppi)
    pages = made if isinstance(made, list) else [made]
    return [Image.open(BytesIO(page)).convert("RGB") for page in pages if isinstance(page, bytes)]


PURPLE = (128, 0, 160)


def purple(width: int, height: int, **words: str) -> Picture:
    """Take in a picture of one colour, which no poster has of its own."""
    content = BytesIO()
    Image.new("RGB", (width, height), PURPLE).save(content, "PNG")
    return add_picture(content.getvalue(), {"alt_zh": "主视觉"} | words, actor=SYSTEM)


def spot(page: Image.Image) -> tuple[int, int, int, int] | None:
    """Return where on a page the picture lies: left, top, right and bottom in hundredths of the page."""
    near = [
        band.point(lambda v, own=own: 255 * (abs(v - own) < 6)) for band, own in zip(page.split(), PURPLE, strict=True)
    ]
    box = ImageChops.multiply(ImageChops.multiply(near[0], near[1]), near[2]).getbbox()
    if box is None:
        return None
    left, top, right, bottom = box
    wide, high = page.width / 100, page.height / 100
    return round(left / wide), round(top / high), round(right / wide), round(bottom / high)


def shown_on(week: Spring, own: Picture, number: int = 0) -> None:
    """Give a session its picture and publish it."""
    edit_session(week.sessions[number], {"poster": own.code}, version=None, actor=SYSTEM)
    release_schedule(week.id, actor=SYSTEM, note="")


def test_a_poster_shows_the_picture_of_its_session_whole_and_within_the_sheet(app: Flask) -> None:
    week = spring("量子信息论坛", "没有图片的", registration="open")
    shown_on(week, purple(1600, 900, credit="示例摄影"))
    job = printed(week, "posters")
    at = next(n for n in range(2) if "量子信息论坛" in text_of(job, n))  # both begin at nine: either may come first
    assert job.pages == 2 and "示例摄影" in text_of(job, at)
    pages = drawn_posters(app)
    first, second = pages[at], pages[1 - at]
    found = spot(first)
    assert found and spot(second) is None
    left, top, right, bottom = found
    assert left >= 8 and right <= 92 and top >= 8 and bottom <= 60
    size = (right - left) * first.width / ((bottom - top) * first.height)
    assert abs(size - 16 / 9) < 0.1
    assert _codes(app) == {f"http://127.0.0.1:8000/w/spring/s/{code}" for code in week.sessions}


@pytest.mark.parametrize(("width", "height"), [(900, 1200), (300, 900), (1300, 60), (40, 40)])
def test_a_picture_of_any_shape_keeps_its_shape_on_the_poster(app: Flask, width: int, height: int) -> None:
    week = spring("论坛")
    shown_on(week, purple(width, height))
    (page,) = drawn_posters(app)
    found = spot(page)
    assert found
    left, top, right, bottom = found
    assert left >= 8 and right <= 92 and top >= 8 and bottom <= 60
    assert printed(week, "posters").pages == 1


def test_a_title_that_fills_the_sheet_goes_before_the_picture(app: Flask) -> None:
    names = [make_person(f"很长名字的嘉宾{n}", affiliation_zh="示例大学" * 8).code for n in range(6)]
    people = [{"person": code, "role": "speaker"} for code in names]
    week = spring("长" * 200, people=people, subtitle_zh="副" * 180)
    before = drawn_posters(app)
    shown_on(week, purple(1600, 900))
    (page,) = drawn_posters(app)
    assert spot(page) is None and printed(week, "posters").pages == 1
    assert (
        ImageChops.difference(
            page.crop((0, 0, page.width, page.height // 2)), before[0].crop((0, 0, page.width, page.height // 2))
        ).getbbox()
        is None
    )


@pytest.mark.parametrize("fault", ["gone", "broken", "cut", "huge", "other"])
def test_a_picture_that_cannot_be_shown_leaves_the_poster_as_it_is_without(app: Flask, fault: str) -> None:
    week, own = spring("论坛"), purple(1600, 900)
    shown_on(week, own)
    path = files.path_of(own.renditions[-1].sha256)
    content = path.read_bytes()
    path.unlink()
    if fault != "gone":
        path.write_bytes(
            {"cut": content[: len(content) // 2], "other": b"%PDF-1.7"}.get(fault, b"nothing of a picture")
        )
    if fault == "huge":
        path.write_bytes(content)
        os.truncate(path, 11_000_000)
    job = printed(week, "posters")
    assert (job.state, job.failure, job.pages) == ("done", "", 1) and "论坛" in text_of(job)
    (page,) = drawn_posters(app)
    assert spot(page) is None


def test_only_a_draft_shows_a_picture_that_is_not_published(app: Flask) -> None:
    week = spring("论坛")
    edit_session(week.sessions[0], {"poster": purple(800, 600).code}, version=None, actor=SYSTEM)
    assert [spot(page) for page in drawn_posters(app)] == [None]
    assert all(spot(page) for page in drawn_posters(app, draft=True))


def test_only_what_is_public_is_printed(app: Flask) -> None:
    week = spring("公开的", "内部的")
    edit_session(week.sessions[1], {"visibility": "closed"}, version=None, actor=SYSTEM)
    edit_session(week.sessions[0], {"title_zh": "改过没发布的"}, version=None, actor=SYSTEM)
    assert "公开的" in text_of(printed(week, "book")) and "改过没发布的" not in text_of(printed(week, "book"))
    release_schedule(week.id, actor=SYSTEM, note="")
    text = text_of(printed(week, "book"))
    assert "改过没发布的" in text and "内部的" not in text
    assert "内部的" not in text_of(printed(week, "book", draft=True))


def test_a_draft_says_so_on_every_page(app: Flask) -> None:
    week = spring("还没发布的", release=False)
    for paper in ("book", "doors", "posters"):
        job = printed(week, paper, draft=True)
        assert job.release == 0
        for page in range(job.pages):
            assert "草稿" in text_of(job, page)
        assert "还没发布的" in text_of(job) and "排期草稿，尚未发布" in text_of(job)
    release_schedule(week.id, actor=SYSTEM, note="")
    assert "草稿" not in text_of(printed(week, "posters"))
