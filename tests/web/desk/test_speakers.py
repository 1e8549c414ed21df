"""Links for speakers on the desk: given to one or many, renewed, ended; and what they replied."""

import re
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import select

from eventweek.kernel.db import db
from eventweek.kernel.tables import read_tables
from eventweek.outbox.models import Message
from eventweek.programme.actions.speakers.profile import edit_profile, set_portrait
from eventweek.programme.actions.speakers.replies import reply_by_link
from eventweek.programme.models import SpeakerLink, SpeakerReply
from eventweek.programme.queries.speakers import open_link
from tests.conftest import SignIn
from tests.factories.programme import make_person
from tests.factories.speakers import link, make_scene
from tests.kernel.test_images import picture
from tests.web.desk.sending import post


def test_many_people_get_links_at_once_by_mail_or_this_once_on_the_page(app: Flask, sign_in: SignIn) -> None:
    scene = make_scene()
    desk, codes = sign_in(app, "committee"), [scene.person.code, scene.other.code]
    page = desk.get("/desk/w/spring/speakers/links", query_string={"s": codes}).text
    assert f'name="{scene.person.code}.email"' in page and "2 人" in page
    sent = {"s": codes, f"{scene.person.code}.email": "wang@example", f"{scene.other.code}.email": ""}
    refused = post(desk, "/desk/w/spring/speakers/links", sent)
    assert (
        refused.status_code == 422 and "wang@example" in refused.text and db.session.scalar(select(SpeakerLink)) is None
    )
    made = post(desk, "/desk/w/spring/speakers/links", sent | {f"{scene.person.code}.email": "wang@example.org"})
    tokens = re.findall(r"http://127.0.0.1:8000/p/([0-9A-Z]{26})", made.text)
    assert made.headers["Cache-Control"] == "no-store" and len(tokens) == 2 and all(map(open_link, tokens))
    assert made.text.count("data:image/png;base64,") == 2 and "给 1 人的信放进了发件箱" in made.text
    assert db.session.scalars(select(Message.recipient)).all() == ["wang@example.org"]
    again = post(desk, "/desk/w/spring/speakers/links", {"s": codes}).text
    assert not re.search(r"/p/[0-9A-Z]{26}", again) and "2 人早有链接" in again


def test_a_link_is_renewed_and_ended_on_the_persons_page(app: Flask, sign_in: SignIn) -> None:
    scene = make_scene()
    first, desk = link(scene), sign_in(app, "committee")
    path = f"/desk/w/spring/people/{scene.person.code}/link"
    assert "给的链接在用，到 05-16" in desk.get(f"/desk/people/{scene.person.code}").text
    second = re.findall(r"/p/([0-9A-Z]{26})", post(desk, path).text)
    assert open_link(first.token) is None and open_link(second[0])
    assert post(desk, f"{path}/revocation").status_code == 303 and open_link(second[0]) is None
    assert "还没有链接" in desk.get(f"/desk/people/{scene.person.code}").text
    assert post(desk, "/desk/w/spring/people/nobody/link").status_code == 404
    link(scene)
    assert post(desk, "/desk/w/spring/speakers/links/revocation", {"s": [scene.person.code]}).status_code == 303
    assert "没有选人" in desk.get(post(desk, "/desk/w/spring/speakers/links/revocation").headers["Location"]).text


def test_replies_stand_on_the_pages_of_person_and_session_and_in_its_history(app: Flask, sign_in: SignIn) -> None:
    scene = make_scene()
    reply_by_link(link(scene).link.code, scene.one.code, "declined", "在外地")
    desk = sign_in(app, "committee")
    for path in (f"/desk/people/{scene.person.code}", f"/desk/w/spring/sessions/{scene.one.code}"):
        page = desk.get(path).text
        assert "不能参加" in page and "在外地" in page
    history = desk.get(f"/desk/w/spring/history/session/{scene.one.code}").text
    assert "嘉宾本人" in history and "答复了" in history and "王示例 · 不能参加" in history
    path = f"/desk/w/spring/people/{scene.person.code}/replies/{scene.one.code}"
    assert post(desk, path, {"answer": "confirmed", "reason": "又能来了"}).status_code == 303
    assert db.session.scalars(select(SpeakerReply.via)).all() == ["desk"]
    assert "代记" in desk.get(f"/desk/people/{scene.person.code}").text


@pytest.mark.database
def test_rubbish_among_the_chosen_is_nobody(app: Flask, sign_in: SignIn) -> None:
    scene = make_scene()
    desk, path = sign_in(app, "committee"), "/desk/w/spring/speakers/links"
    for rubbish in ("\x00", "\u202e\ufffe", "字" * 30, "9" * 20, "x" * 500):
        sent = {"s": [scene.person.code, rubbish], f"{scene.person.code}.email": rubbish}
        assert desk.get(path, query_string={"s": rubbish}).status_code == 200
        assert (
            post(desk, path, sent).status_code in (404, 422)
            and post(desk, f"{path}/revocation", sent).status_code == 404
        )
        assert post(
            desk, f"/desk/w/spring/people/{scene.person.code}/consents/{quote(rubbish, errors='replace')}"
        ).status_code in (303, 404)
    assert db.session.scalar(select(SpeakerLink)) is None


def test_readers_see_replies_and_make_no_links(app: Flask, sign_in: SignIn) -> None:
    scene = make_scene()
    link(scene)
    reader = sign_in(app, "reader")
    page = reader.get(f"/desk/people/{scene.person.code}").text
    assert "等答复" in page and "换新链接" not in page and "代记答复" not in page
    assert post(reader, f"/desk/w/spring/people/{scene.person.code}/link").status_code == 403


def test_people_are_found_by_their_replies_and_asked_all_at_once(app: Flask, sign_in: SignIn) -> None:
    scene = make_scene()
    make_person("没有场次的人")
    reply_by_link(link(scene).link.code, scene.one.code, "declined")
    desk = sign_in(app, "committee")
    found = {reply: desk.get(f"/desk/people?reply={reply}").text for reply in ("declined", "unasked", "confirmed")}
    assert (
        "王示例" in found["declined"]
        and "李旁人" not in found["declined"]
        and "不能参加 1 · 等答复 1" in found["declined"]
    )
    assert "李旁人" in found["unasked"] and "王示例" not in found["unasked"] and "没有场次的人" not in found["unasked"]
    assert "李旁人" not in found["confirmed"]
    every = desk.get("/desk/w/spring/speakers/links?scope=all").text
    assert "2 人" in every and "没有场次的人" not in every
    some = desk.get("/desk/w/spring/speakers/links?scope=all&reply=unasked").text
    assert "李旁人" in some and "王示例" not in some


def test_somebody_who_declined_is_missed_nowhere(app: Flask, sign_in: SignIn) -> None:
    scene = make_scene()
    reply_by_link(link(scene).link.code, scene.one.code, "declined", "在外地")
    desk, said = sign_in(app, "committee"), "王示例回复不能参加“开放创新论坛”"
    home = desk.get("/desk/w/spring/").text
    assert "嘉宾回复不能参加" in home and "王示例（开放创新论坛）" in home
    assert said in desk.get(f"/desk/w/spring/sessions/{scene.one.code}").text
    listed = desk.get("/desk/w/spring/sessions?reply=declined").text
    assert "开放创新论坛" in listed and "青年夜话" not in listed
    reply_by_link(link(scene).link.code, scene.one.code, "confirmed")
    assert "嘉宾回复不能参加" not in desk.get("/desk/w/spring/").text
    assert said not in desk.get(f"/desk/w/spring/sessions/{scene.one.code}").text


def test_the_release_preview_tells_what_speakers_wrote(app: Flask, sign_in: SignIn) -> None:
    scene = make_scene()
    values = {"bio_zh": "新写的简介", "affiliation_zh": "新单位"}
    edit_profile(link(scene).link.code, values, version=None)
    preview = sign_in(app, "committee").get("/desk/w/spring/releases/new").text
    assert "王示例（新单位）" in preview and "新写的简介（5 字）" in preview and "讲创业的人。" in preview


def test_replies_leave_as_a_workbook(app: Flask, sign_in: SignIn) -> None:
    scene = make_scene()
    reply_by_link(link(scene).link.code, scene.one.code, "declined", "=1+1")
    answer = sign_in(app, "reader").get("/desk/w/spring/replies.xlsx")
    (sheet,) = read_tables(answer.data, "")
    rows = [cells for _number, cells in sheet.rows]
    assert rows[0][5:] == ["答复", "何时", "原因"] and len(rows) == 5
    told = next(row for row in rows if row[0] == "王示例" and row[3] == scene.one.code)
    assert told[4:6] == ["主讲", "不能参加"] and told[7] == "=1+1"


def test_consents_are_written_down_and_what_was_taken_back_is_a_duty_until_the_release(
    app: Flask, sign_in: SignIn
) -> None:
    scene = make_scene()
    desk, base = sign_in(app, "committee"), f"/desk/w/spring/people/{scene.person.code}/consents"
    assert "没表态" in desk.get(f"/desk/people/{scene.person.code}").text
    assert post(desk, f"{base}/bio", {"given": "no"}).status_code == 303
    assert "不同意公开" in desk.get(f"/desk/people/{scene.person.code}").text
    assert "嘉宾收回了公开的授权" in desk.get("/desk/w/spring/").text
    scene.publish()
    assert "嘉宾收回了公开的授权" not in desk.get("/desk/w/spring/").text
    assert post(desk, f"{base}/shoes", {"given": "no"}).status_code == 303
    history = desk.get(f"/desk/history/person/{scene.person.code}").text
    assert "决定了公开什么" in history and "公开的授权" in history and "简介 · 否" in history
    set_portrait(link(scene).link.code, picture())
    told = desk.get(f"/desk/history/person/{scene.person.code}?field=portrait").text
    assert "肖像" in told and "嘉宾本人" in told and "王示例" in told.split("<main")[1]
