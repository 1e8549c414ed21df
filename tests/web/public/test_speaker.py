"""A speaker's own page: opened by the link, silent to everybody else, changed by forms only."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import func, select

from eventweek.audit.actors import SYSTEM
from eventweek.kernel.db import Bilingual, db
from eventweek.kernel.images import LARGEST
from eventweek.programme.actions.sessions import cancel_session
from eventweek.programme.actions.speakers.links import revoke_links
from eventweek.programme.actions.weeks import set_week_state
from eventweek.programme.models import Picture, SpeakerReply
from eventweek.scheduling.queries import find_published
from tests.factories.programme import make_session
from tests.factories.speakers import NINE, TWO, link, make_scene, phone, place
from tests.kernel.test_images import picture


def test_the_link_is_exchanged_and_stands_in_no_address_or_page(app: Flask) -> None:
    scene = make_scene()
    given, client = link(scene), app.test_client()
    answer = client.get(f"/p/{given.token.lower()}")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/my/part")
    assert (answer.headers["Cache-Control"], answer.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert [cookie.split(";")[1:] for cookie in answer.headers.getlist("Set-Cookie")] == [
        [" HttpOnly", " Path=/", " SameSite=Lax"]
    ]
    page = client.get("/my/part")
    assert "王示例" in page.text and given.token not in page.text and page.headers["Cache-Control"] == "no-store"
    english = client.get("/en/my/part").text
    assert "Wang Shili" in english and "Confirm" in english


def test_unknown_revoked_foreign_and_forgotten_links_answer_alike(app: Flask) -> None:
    scene = make_scene()
    given = link(scene)
    own = phone(app, given)
    revoke_links(scene.week.id, [scene.person.code], actor=SYSTEM)
    fresh = app.test_client()
    pages = [
        fresh.get(path)
        for path in (f"/p/{given.token}", f"/p/{given.token[:-1]}", "/p/" + "0" * 26, "/p/%00", "/my/part")
    ] + [own.client.get("/my/part"), own.client.post("/my/part/seen")]
    assert {page.status_code for page in pages[:-1]} == {404}
    assert all("从嘉宾本人的链接进来" in page.text and "王示例" not in page.text for page in pages[:-1])
    assert pages[-1].status_code in (400, 404)
    assert not [page for page in pages[:5] if "Set-Cookie" in page.headers]


def test_published_and_planned_are_told_apart_and_nothing_of_others(app: Flask) -> None:
    scene = make_scene()
    make_session(scene.week, "别人的草稿", people=[{"person": scene.other.code, "role": "speaker"}])
    make_session(scene.week, "没排的一场", people=[{"person": scene.person.code, "role": "judge"}])
    place(scene.one, "2027-04-15T10:00:00+08:00", scene.room)
    page = phone(app, link(scene)).client.get("/my/part").text
    assert "09:00" in page and "主办方打算改，还没公布" in page and "10:00" in page
    assert "14:00" in page and "计划中，没公布，还可能改" in page and "时间还没定" in page
    assert "别人的草稿" not in page and "李旁人" not in page


def test_a_reply_is_a_form_with_a_token_and_twice_is_once(app: Flask) -> None:
    scene = make_scene()
    own = phone(app, link(scene))
    path = f"/my/part/sessions/{scene.one.code}/reply"
    assert own.client.get(path).status_code == 405
    assert own.client.post(path, data={"answer": "confirmed"}).status_code == 400
    for _twice in range(2):
        answer = own.post(path, answer="declined", reason="在外地<b>")
        assert answer.headers["Location"] == f"/my/part#{scene.one.code}"
    page = own.client.get("/my/part").text
    assert "你回复不能参加" in page and "在外地&lt;b&gt;" in page and "有 1 场等你答复" in page
    row = db.session.scalars(select(SpeakerReply)).one()
    assert (row.answer, row.via) == ("declined", "link")


@pytest.mark.parametrize("reason", ["字" * 301, "\x00\u202e\r\nBcc: a@b.cn", "x" * 5000])
def test_rubbish_in_a_reply_is_answered_with_a_sentence(app: Flask, reason: str) -> None:
    scene = make_scene()
    own = phone(app, link(scene))
    own.post(f"/my/part/sessions/{scene.one.code}/reply", answer="declined", reason=reason)
    kept = db.session.scalars(select(SpeakerReply.reason)).all()
    assert kept in ([], ["Bcc: a@b.cn"])
    assert own.post(f"/my/part/sessions/{scene.one.code}/reply", answer="maybe").status_code == 303
    own_page = own.client.get("/my/part").text
    assert 'role="alert"' in own_page and "没有这个选项" not in own_page.split('role="alert"')[0]


def test_another_persons_session_is_unknown_and_a_link_opens_one_person(app: Flask) -> None:
    scene = make_scene()
    foreign = make_session(scene.week, "别人的", people=[{"person": scene.other.code, "role": "speaker"}])
    own, theirs = phone(app, link(scene)), phone(app, link(scene, scene.other))
    assert own.post(f"/my/part/sessions/{foreign.code}/reply", answer="declined").status_code == 404
    assert "别人的" in theirs.client.get("/my/part").text
    assert db.session.scalars(select(SpeakerReply)).all() == []


def test_what_changed_is_told_until_the_person_says_so(app: Flask) -> None:
    scene = make_scene()
    own = phone(app, link(scene))
    place(scene.one, "2027-04-15T10:00:00+08:00", scene.room)
    assert "处变化" not in own.client.get("/my/part").text
    scene.publish()
    for _look in range(2):
        page = own.client.get("/my/part").text
        assert "上次看过以后有 2 处变化" in page and "原来是" in page and "公布了" in page
    own.post("/my/part/seen")
    assert "处变化" not in own.client.get("/my/part").text
    cancel_session(scene.one.code, reason=Bilingual("场馆停电", ""), actor=SYSTEM)
    assert "主办方打算取消，还没公布" in own.client.get("/my/part").text
    scene.publish()
    page = own.client.get("/my/part").text
    assert "取消了" in page and "已取消" in page


def test_a_closed_week_is_shown_and_an_archived_one_takes_no_reply(app: Flask) -> None:
    scene = make_scene()
    own = phone(app, link(scene))
    set_week_state(scene.week.code, "closed", actor=SYSTEM)
    assert "开放创新论坛" in own.client.get("/my/part").text
    set_week_state(scene.week.code, "archived", actor=SYSTEM)
    own.post(f"/my/part/sessions/{scene.one.code}/reply", answer="confirmed")
    assert "已归档" in own.client.get("/my/part").text
    assert db.session.scalars(select(SpeakerReply)).all() == []


def test_leaving_forgets_the_link_on_this_device(app: Flask) -> None:
    own = phone(app, link(make_scene()))
    assert own.post("/my/part/leaving").status_code == 303
    assert own.client.get("/my/part").status_code == 404


def test_the_page_takes_as_many_statements_for_many_sessions(
    app: Flask, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    scene, counts = make_scene(), []
    own = phone(app, link(scene))
    for number in range(2):
        own.client.get("/my/part")
        with statements() as seen:
            assert own.client.get("/my/part").status_code == 200
        counts.append(len(seen))
        for more in range(4 if number == 0 else 0):
            session = make_session(scene.week, f"加场 {more}", people=[{"person": scene.person.code, "role": "chair"}])
            place(session, (NINE, TWO)[more % 2], scene.room)
    assert counts[0] == counts[1] <= 26


def test_the_profile_is_saved_and_a_conflict_shows_both(app: Flask) -> None:
    scene = make_scene()
    own = phone(app, link(scene))
    stored = {"affiliation_zh": "示例大学", "bio_zh": "讲创业的人。", "version": "1"}
    assert own.post("/my/part/profile", **stored | {"bio_zh": "换了。<script>"}).status_code == 303
    page = own.client.get("/my/part/profile").text
    assert "换了。&lt;script&gt;" in page and 'name="name_zh"' not in page
    stale = own.post("/my/part/profile", **stored | {"bio_zh": "又换了。"})
    assert stale.status_code == 409 or stale.status_code == 422
    assert "又换了。" in stale.text and "换了。&lt;script&gt;" in stale.text
    long = own.post("/my/part/profile", **stored | {"bio_zh": "字" * 4001, "version": "2"})
    assert long.status_code == 422 and "4000" in long.text.replace(",", "")


def test_days_are_given_and_mistakes_are_said_at_the_day(app: Flask) -> None:
    scene = make_scene()
    own = phone(app, link(scene))
    days = {f"2027-04-{day}-can": "any" for day in range(12, 17)}
    part = {"2027-04-13-can": "part", "2027-04-13-opens": "9：00", "2027-04-13-closes": "1130"}
    assert own.post("/my/part/availability", **days | part | {"2027-04-16-can": "none"}).status_code == 303
    page = own.client.get("/my/part/availability").text
    assert 'value="09:00"' in page and 'value="11:30"' in page and page.count('<option selected value="any">') == 3
    for wrong, said in (
        ({"2027-04-13-opens": ""}, "写从几点到几点"),
        ({"2027-04-13-opens": "26:00"}, "09:30"),
        ({"2027-04-13-closes": "08:00"}, "晚于开始"),
        ({"2027-04-12-can": "perhaps"}, "不在可选的范围里"),
        (dict.fromkeys(days, "none"), "一天也不能来"),
    ):
        answer = own.post("/my/part/availability", **days | part | wrong)
        assert answer.status_code == 422 and said in answer.text


def test_consent_starts_undecided_and_is_taken_back_as_easily(app: Flask) -> None:
    scene = make_scene()
    own = phone(app, link(scene))
    page = own.client.get("/my/part/consents").text
    assert " checked" not in page and "说明第 1 版" in page and "还没决定：不公开" in page
    own.post("/my/part/consents", text="1", name="yes", bio="no")
    page = own.client.get("/my/part/consents").text
    assert 'name="name" value="yes" checked' in page and 'name="bio" value="no" checked' in page
    own.post("/my/part/consents", text="1", name="no", bio="no")
    assert 'name="name" value="no" checked' in own.client.get("/my/part/consents").text
    own.post("/my/part/consents", text="7", name="yes")
    page = own.client.get("/my/part/consents").text
    assert "说明刚刚改过" in page and 'name="name" value="no" checked' in page


def test_a_portrait_is_taken_in_without_an_account_and_waits_for_consent_and_release(app: Flask) -> None:
    scene = make_scene()
    own = phone(app, link(scene))
    assert own.client.get("/my/part/portrait").status_code == 404
    assert own.post("/my/part/portrait", file=(BytesIO(picture()), "我.jpg")).status_code == 303
    page = own.client.get("/my/part/profile").text
    assert "/my/part/portrait?v=" in page and "同意以后才公开" in page
    with own.client.get("/my/part/portrait") as shown:
        assert shown.data.startswith(b"RIFF")
    assert (shown.mimetype, shown.headers["Cache-Control"]) == ("image/webp", "no-store")
    assert app.test_client().get("/my/part/portrait").status_code == 404
    scene.publish()
    published = find_published(scene.one.id)
    assert published and "portrait" not in published.facts["people"][0]
    own.post("/my/part/consents", text="1", portrait="yes")
    scene.publish()
    published = find_published(scene.one.id)
    assert published and published.facts["people"][0]["portrait"]["alt"]["zh"] == "王示例"
    own.post("/my/part/portrait", do="remove")
    assert own.client.get("/my/part/portrait").status_code == 404


def test_what_is_no_picture_or_too_large_is_refused_with_a_sentence(app: Flask) -> None:
    scene = make_scene()
    own, stranger = phone(app, link(scene)), app.test_client()
    for file in ((BytesIO(b"<svg onload=alert(1)>"), "a.svg"), (BytesIO(b""), "")):
        assert own.post("/my/part/portrait", file=file).status_code == 303
        assert 'role="alert"' in own.client.get("/my/part/profile").text
    large = {"data": b"x" * 1_500_000, "content_type": "multipart/form-data; boundary=y"}
    app.config["WTF_CSRF_ENABLED"] = False
    assert stranger.post("/my/part/portrait", **large).status_code == 404
    assert own.client.post("/my/part/portrait", **large | {"data": b"x" * (LARGEST + 200_000)}).status_code == 413
    assert db.session.scalar(select(func.count()).select_from(Picture)) == 0


def test_the_calendar_page_gives_the_secret_address_and_another_on_wish(app: Flask) -> None:
    scene = make_scene()
    own = phone(app, link(scene))
    page = own.client.get("/my/part/calendar")
    first = re.findall(r"http://127.0.0.1:8000(/c/[0-9A-Z]{26}\.ics)", page.text)
    assert page.headers["Cache-Control"] == "no-store" and "webcal://127.0.0.1:8000/c/" in page.text
    assert own.client.get("/my/part/calendar.png").mimetype == "image/png"
    wechat = own.client.get("/my/part/calendar", headers={"User-Agent": "MicroMessenger/8"}).text
    assert "webcal://" not in wechat and "在浏览器打开" in wechat
    assert own.client.get(first[0]).status_code == 200
    assert own.post("/my/part/calendar/rotation").status_code == 303
    assert own.client.get(first[0]).status_code == 404
    assert first[0] not in own.client.get("/my/part/calendar").text


@pytest.mark.database
def test_rubbish_from_somebody_with_a_link_is_no_fault(app: Flask) -> None:
    scene = make_scene()
    own = phone(app, link(scene))
    app.config["PROPAGATE_EXCEPTIONS"] = False
    fields = (
        "answer",
        "reason",
        "bio_zh",
        "honour_en",
        "version",
        "take",
        "text",
        "name",
        "2027-04-13-can",
        "do",
        "file",
    )
    paths = [
        rule.rule.replace("<code>", scene.one.code) for rule in app.url_map.iter_rules() if "/my/part" in rule.rule
    ]
    posts = [path for path in paths if "leaving" not in path]
    for text in ("\x00", "\ud800\u202e{{7*7}}", "字" * 9000, "9" * 30, "NaN"):
        answers = [own.post(path, **dict.fromkeys(fields, text.encode("utf-8", "replace"))) for path in posts]
        assert [answer.status_code for answer in answers if answer.status_code >= 500] == []
    assert len(posts) > 8 and "王示例" in own.client.get("/my/part").text
