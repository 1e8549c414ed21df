"""Pages and notices as visitors meet them: where they stand, their addresses, their feed."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventweek.audit.actors import SYSTEM
from eventweek.kernel.clock import travel
from eventweek.programme.actions import texts
from eventweek.programme.actions.weeks import create_week
from eventweek.programme.models import Notice
from eventweek.programme.queries import find_week
from eventweek.scheduling.actions import place_session, release_schedule
from tests.factories.programme import SPRING, make_room, make_session, make_venue, make_week

NOON = datetime(2027, 4, 12, 4, tzinfo=UTC)
ATOM = "{http://www.w3.org/2005/Atom}"
EVIL = "<script>alert(1)</script>[点我](javascript:alert(1)) <b onclick=x>粗</b> ![](http://x/y.png) **好**"


@pytest.fixture
def week_id(app: Flask) -> int:
    """Give a week at noon of its first day."""
    return make_week().id


def _notice(week_id: int, title: str = "停水", **values: Any) -> Notice:
    notice = texts.create_notice(week_id, {"title_zh": title} | values, actor=SYSTEM)
    return texts.publish_notice(week_id, notice.code, actor=SYSTEM)


def _page(week_id: int, code: str = "faq", **values: Any) -> None:
    usual = {"code": code, "title_zh": "常见问题", "text_zh": "正文"}
    texts.create_page(week_id, usual | values, actor=SYSTEM)
    texts.publish_page(week_id, code, actor=SYSTEM)


def _feed(client: FlaskClient, path: str = "/w/spring/notices.atom") -> Any:
    return fromstring(client.get(path).data)


@pytest.mark.database
def test_a_page_is_read_where_it_says(app: Flask, client: FlaskClient, week_id: int) -> None:
    assert client.get("/w/spring/pages/faq").status_code == 404
    _page(week_id, text_zh="## 要不要报名\n\n不用。", title_en="Questions", text_en="No.")
    page = client.get("/w/spring/pages/faq").text
    assert "<h2>要不要报名</h2>" in page and '<a href="/w/spring/pages/faq" aria-current="page">常见问题</a>' in page
    assert '<a href="/en/w/spring/pages/faq">Questions</a>' in client.get("/en/w/spring/").text
    assert "<p>No.</p>" in client.get("/en/w/spring/pages/faq").text
    assert "http://127.0.0.1:8000/w/spring/pages/faq" in client.get("/sitemap.xml").text
    texts.edit_page(week_id, "faq", {"text_zh": "还没定"}, version=None, actor=SYSTEM)
    assert "还没定" not in client.get("/w/spring/pages/faq").text
    texts.withdraw_page(week_id, "faq", actor=SYSTEM)
    assert client.get("/w/spring/pages/faq").status_code == 404
    assert "/pages/faq" not in client.get("/w/spring/").text + client.get("/sitemap.xml").text


def test_a_text_in_one_language_says_so_to_readers(app: Flask, client: FlaskClient, week_id: int) -> None:
    _page(week_id)
    assert '<div lang="zh-CN"><p>正文</p>' in client.get("/en/w/spring/pages/faq").text


def test_a_page_is_named_at_the_foot_only_if_it_is_to_be(app: Flask, client: FlaskClient, week_id: int) -> None:
    _page(week_id, listed=False)
    assert "/pages/faq" not in client.get("/w/spring/").text
    assert client.get("/w/spring/pages/faq").status_code == 200
    texts.archive_page(week_id, "faq", actor=SYSTEM)
    assert client.get("/w/spring/pages/faq").status_code == 200


@pytest.mark.parametrize("code", ["new", "preview", "notices.atom", "privacy.html", "feed.ics", "s", "archive", "0"])
def test_no_code_of_a_page_hides_another_address(app: Flask, client: FlaskClient, week_id: int, code: str) -> None:
    _page(week_id, code, text_zh="自己的页面")
    assert "自己的页面" in client.get(f"/w/spring/pages/{code}").text
    assert client.get("/w/spring/notices.atom").mimetype == "application/atom+xml"
    assert client.get("/w/spring/feed.ics").mimetype == "text/calendar"


@pytest.mark.parametrize(("code", "fact"), [("privacy", "180 天"), ("accessibility", "GB/T 37668")])
def test_what_the_law_wants_stays_beside_the_organisers_words(
    app: Flask, client: FlaskClient, week_id: int, code: str, fact: str
) -> None:
    _page(week_id, code, title_zh="补充", text_zh="处室在三楼")
    moved = client.get(f"/w/spring/pages/{code}")
    assert (moved.status_code, moved.location) == (301, f"/w/spring/{code}")
    page = client.get(f"/w/spring/{code}").text
    assert fact in page and "处室在三楼" in page
    assert f"/pages/{code}" not in client.get("/w/spring/").text


@pytest.mark.parametrize("path", ["/w/spring/pages/faq", "/w/spring/notices/{code}", "/w/spring/notices.atom"])
def test_markdown_of_organisers_runs_nothing(app: Flask, client: FlaskClient, week_id: int, path: str) -> None:
    _page(week_id, text_zh=EVIL)
    code = _notice(week_id, text_zh=EVIL).code
    text = client.get(path.format(code=code)).text
    if path.endswith(".atom"):
        text = _feed(client).findtext(f"{ATOM}entry/{ATOM}content")
    assert "<strong>好</strong>" in text
    for evil in ("<script>alert", 'href="javascript', "<b onclick", '<img src="http'):
        assert evil not in text


@pytest.mark.database
def test_the_clock_shows_and_hides_a_notice(app: Flask, client: FlaskClient, week_id: int) -> None:
    with travel(NOON):
        span = {"shown_from": "2027-04-12T13:00", "shown_until": "2027-04-12T15:00"}
        code = _notice(week_id, text_zh="三楼", **span).code
        assert client.get(f"/w/spring/notices/{code}").status_code == 404
        assert "停水" not in client.get("/w/spring/").text + client.get("/w/spring/notices").text
        assert len(_feed(client).findall(f"{ATOM}entry")) == 0
    with travel(NOON + timedelta(hours=1)):
        assert "停水" in client.get("/w/spring/").text and "三楼" in client.get(f"/w/spring/notices/{code}").text
        assert _feed(client).findtext(f"{ATOM}entry/{ATOM}published") == "2027-04-12T05:00:00+00:00"
    with travel(NOON + timedelta(hours=3)):
        assert "停水" not in client.get("/w/spring/").text
        assert "已过期" in client.get(f"/w/spring/notices/{code}").text
        assert "已过期" in client.get("/w/spring/notices").text


def test_a_notice_that_was_withdrawn_says_so(app: Flask, client: FlaskClient, week_id: int) -> None:
    notice = _notice(week_id, "写错的公告")
    texts.withdraw_notice(week_id, notice.code, actor=SYSTEM)
    gone = client.get(f"/w/spring/notices/{notice.code}")
    assert gone.status_code == 410 and "已经撤下" in gone.text and "写错的公告" not in gone.text
    draft = texts.create_notice(week_id, {"title_zh": "草稿"}, actor=SYSTEM)
    assert client.get(f"/w/spring/notices/{draft.code}").status_code == 404
    assert "写错的公告" not in client.get("/w/spring/notices.atom").text


def test_an_urgent_notice_stands_above_every_page(app: Flask, client: FlaskClient, week_id: int) -> None:
    _notice(week_id, "台风停办", level="urgent")
    _notice(week_id, "请带证件", level="important")
    for path in ("", "programme", "timetable", "subscribe", "more", "privacy", "accessibility", "notices"):
        page = client.get(f"/w/spring/{path}").text
        band = re.search(r'<section class="alarm".*?</section>', page, re.S)
        assert band and "台风停办" in band[0] and "紧急" in band[0] and "请带证件" not in band[0], path
    assert client.get("/w/spring/").text.count("台风停办") == 1


@pytest.fixture
def forum(week_id: int) -> str:
    """Give the code of a published session in a venue of Changchun."""
    week = find_week("spring")
    assert week
    room = make_room(make_venue())
    session = make_session(week)
    place_session(session.code, start=NOON, room=room.code, version=None, actor=SYSTEM)
    release_schedule(week_id, actor=SYSTEM, note="")
    return session.code


def test_a_notice_stands_where_its_scope_is(app: Flask, client: FlaskClient, week_id: int, forum: str) -> None:
    venue = re.search(r"/w/spring/v/(\w+)", client.get(f"/w/spring/s/{forum}").text)
    assert venue
    for title, scope in (
        ("关于场次", {"session": forum}),
        ("关于场馆", {"venue": venue[1]}),
        ("关于城市", {"city": "220100"}),
        ("别的城市", {"city": "220200"}),
    ):
        _notice(week_id, title, **scope)

    def seen(path: str) -> set[str]:
        page = client.get(path).text.replace("<wbr>", "")
        return {t for t in ("关于场次", "关于场馆", "关于城市", "别的城市") if t in page}

    assert seen(f"/w/spring/s/{forum}") == {"关于场次", "关于场馆", "关于城市"}
    assert seen(f"/w/spring/v/{venue[1]}") == {"关于场馆", "关于城市"}
    assert seen("/w/spring/") == seen("/w/spring/programme") == {"关于城市", "别的城市"}
    assert seen("/w/spring/notices") == {"关于场次", "关于场馆", "关于城市", "别的城市"}


def test_a_notice_about_what_is_not_public_is_told_nowhere(app: Flask, client: FlaskClient, week_id: int) -> None:
    week = find_week("spring")
    assert week
    secret = make_session(week, "内部会")
    code = _notice(week_id, "内部会改期", session=secret.code, level="urgent").code
    for path in ("", "notices", "notices.atom", "privacy"):
        assert "内部会" not in client.get(f"/w/spring/{path}").text, path
    assert code not in client.get("/sitemap.xml").text
    assert client.get(f"/w/spring/notices/{code}").status_code == 404


def test_a_week_tells_nothing_of_another(app: Flask, client: FlaskClient, week_id: int) -> None:
    other = create_week(SPRING | {"code": "other"}, actor=SYSTEM)
    code = _notice(other.id, "那一届的", level="urgent").code
    _page(other.id)
    assert client.get(f"/w/spring/notices/{code}").status_code == 404 == client.get("/w/spring/pages/faq").status_code
    assert "那一届的" not in client.get("/w/spring/").text + client.get("/w/spring/notices.atom").text


@pytest.mark.database
def test_the_feed_is_atom_and_says_304(app: Flask, client: FlaskClient, week_id: int) -> None:
    with travel(NOON):
        first = _notice(week_id, "a < b & c", title_en="Water", text_en="Off.", level="important")
    with travel(NOON + timedelta(minutes=5)):
        _notice(week_id, "第二条")
        answer = client.get("/w/spring/notices.atom")
        feed = fromstring(answer.data)
        assert [e.findtext(f"{ATOM}title") for e in feed.findall(f"{ATOM}entry")] == ["第二条", "a < b & c"]
        for tag in ("id", "title", "updated", "author/{http://www.w3.org/2005/Atom}name"):
            assert feed.findtext(f"{ATOM}{tag}"), tag
        assert feed.findtext(f"{ATOM}updated") == "2027-04-12T04:05:00+00:00"
        links = {(link.get("rel"), link.get("href")) for link in feed.findall(f"{ATOM}link")}
        assert ("self", "http://127.0.0.1:8000/w/spring/notices.atom") in links
        etag = answer.headers["ETag"]
        assert client.get("/w/spring/notices.atom", headers={"If-None-Match": etag}).status_code == 304
        before = _feed(client).findall(f"{ATOM}entry/{ATOM}id")[1].text
    with travel(NOON + timedelta(minutes=10)):
        texts.edit_notice(week_id, first.code, {"text_zh": "改了"}, version=None, actor=SYSTEM)
        assert client.get("/w/spring/notices.atom", headers={"If-None-Match": etag}).status_code == 304
        texts.publish_notice(week_id, first.code, actor=SYSTEM)
        changed = client.get("/w/spring/notices.atom", headers={"If-None-Match": etag})
        entry = fromstring(changed.data).find(f"{ATOM}entry")
        assert changed.status_code == 200 and entry.findtext(f"{ATOM}id") == before
        assert entry.findtext(f"{ATOM}updated") == "2027-04-12T04:10:00+00:00"
        assert entry.findtext(f"{ATOM}published") == "2027-04-12T04:00:00+00:00"
        english = _feed(client, "/en/w/spring/notices.atom")
    assert english.findall(f"{ATOM}entry")[0].findtext(f"{ATOM}title") == "Water"
    assert english.get("{http://www.w3.org/XML/1998/namespace}lang") == "en"
    assert english.findtext(f"{ATOM}id") != feed.findtext(f"{ATOM}id")


def _instant(element: Any, name: str) -> datetime:
    """Return the one date of that name, which is written as RFC 3339 wants it (RFC 4287, 3.3)."""
    (found,) = element.findall(f"{ATOM}{name}")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", found.text), found.text
    return datetime.fromisoformat(found.text)


def _text(element: Any, name: str) -> str:
    (found,) = element.findall(f"{ATOM}{name}")
    assert found.get("type", "text") == "text" and (found.text or "").strip()
    return str(found.text)


@pytest.mark.parametrize("path", ["/w/jl2026/notices.atom", "/en/w/jl2026/notices.atom", "/w/spring/notices.atom"])
def test_the_feed_keeps_the_rules_of_rfc_4287(demo_app: Flask, path: str) -> None:
    """Sections 4.1.1 and 4.1.2 by the letter, of the demo's notices and of none."""
    create_week(SPRING, actor=SYSTEM)
    with travel(datetime(2026, 10, 15, 4, tzinfo=UTC)):
        feed = _feed(demo_app.test_client(), path)
    assert feed.tag == f"{ATOM}feed"
    known = {"id", "title", "updated", "author", "link", "entry", "subtitle", "generator", "icon", "logo", "rights"}
    assert {child.tag.removeprefix(ATOM) for child in feed} <= known
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == (0 if "spring" in path else 3)
    assert list(feed)[len(feed) - len(entries) :] == entries, "metadata stand before the entries"
    authors = feed.findall(f"{ATOM}author")
    assert authors and all(_text(author, "name") for author in authors)
    ids = [_text(one, "id") for one in (feed, *entries)]
    assert len(set(ids)) == len(ids) and all(re.match(r"[a-z]+:\S+$", own) for own in ids)
    for one in (feed, *entries):
        _text(one, "title")
        own = one.findall(f"{ATOM}link")
        kinds = [(link.get("rel", "alternate"), link.get("type"), link.get("hreflang")) for link in own]
        assert len(set(kinds)) == len(kinds) and all(link.get("href", "").startswith("http") for link in own)
    for entry in entries:
        assert _instant(entry, "published") <= _instant(entry, "updated") <= _instant(feed, "updated")
        (content,) = entry.findall(f"{ATOM}content")
        assert content.get("type") == "html" and not list(content) and "<p>" in content.text
        assert any(link.get("rel", "alternate") == "alternate" for link in entry.findall(f"{ATOM}link"))
    assert _instant(feed, "updated") == max(
        (_instant(entry, "updated") for entry in entries), default=_instant(feed, "updated")
    )


def test_a_search_finds_pages_and_notices_beside_sessions(app: Flask, client: FlaskClient, forum: str) -> None:
    week = find_week("spring")
    assert week
    _page(week.id, text_zh="停车场在**北门**。", title_en="Questions", text_en="Parking is at the north gate.")
    _page(week.id, "hidden", text_zh="停车", listed=False)
    _page(week.id, "privacy", title_zh="补充", text_zh="停车不收费")
    code = _notice(week.id, "停车改到南门").code
    with travel(NOON):
        later = _notice(week.id, "停车明天恢复", shown_from="2027-04-13T08:00").code
        over = _notice(week.id, "停车昨天暂停", shown_until="2027-04-11T18:00").code
        texts.create_page(week.id, {"code": "draft", "title_zh": "停车草稿"}, actor=SYSTEM)
        zh = client.get("/w/spring/programme?q=停车").text
        en = client.get("/en/w/spring/programme?q=north+PARKING").text
        none = client.get("/w/spring/programme?q=论坛").text
        plain = client.get("/w/spring/programme").text
    box = re.search(r'<section class="told-box" aria-label="在页面和公告里">.*?</section>', zh, re.S)
    assert box and set(re.findall(r'href="([^"]+)"', box[0])) == {
        "/w/spring/pages/faq",
        "/w/spring/privacy",
        f"/w/spring/notices/{code}",
    }
    assert later not in zh and over not in zh and "停车草稿" not in zh and "没有符合这些条件的场次" in zh
    box = re.search(r'<section class="told-box" aria-label="On pages and in notices">.*?</section>', en, re.S)
    assert box and '<a href="/en/w/spring/pages/faq">Questions</a>' in box[0] and "notices/" not in box[0]
    assert "在页面和公告里" not in none + plain


def test_an_empty_feed_is_a_feed(app: Flask, client: FlaskClient, week_id: int) -> None:
    feed = _feed(client)
    assert feed.findtext(f"{ATOM}updated") == "2027-04-12T00:00:00+08:00" and not feed.findall(f"{ATOM}entry")
    assert 'type="application/atom+xml"' in client.get("/w/spring/").text


def test_names_that_do_not_exist_are_not_found(client: FlaskClient, week_id: int) -> None:
    for path in ("notices/x", "pages/x", "notices/%00", "pages/%E2%80%AE"):
        assert client.get(f"/w/spring/{path}").status_code == 404
    for path in ("notices", "notices.atom", "pages/faq", "notices/x"):
        assert client.get(f"/w/none/{path}").status_code == 404
