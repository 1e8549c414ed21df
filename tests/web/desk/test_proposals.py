"""Proposals on the desk: the proposer's wall and form, review and bulk decisions, who may invite, Excel."""

import io
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from eventweek.accounts.models import Invitation, User
from eventweek.audit.actors import Actor
from eventweek.kernel.db import db
from eventweek.kernel.tables import Column, Page, Row, read_tables, write_workbook
from eventweek.outbox.models import Message
from eventweek.programme.actions.proposals.moving import comment_proposal, submit_proposal
from eventweek.programme.models import Grant, Proposal, Session
from eventweek.programme.presets import preset_kinds
from eventweek.worker import work_off
from tests.conftest import AGES_AHEAD
from tests.factories.accounts import make_user
from tests.factories.programme import make_organisation, make_session, make_week
from tests.factories.proposals import COMPLETE, as_role, make_proposal, make_submitted, proposer_of
from tests.web.desk.sheet import filled

HERE = "/desk/w/spring/proposals"
Statements = Callable[[], AbstractContextManager[list[str]]]


class Desk:
    """A week, two organisations with a proposer each, and the committee, each with a client."""

    def __init__(self, app: Flask) -> None:
        app.config["WTF_CSRF_ENABLED"] = False
        self.app, self.week = app, make_week()
        self.unit, self.other = make_organisation("示例孵化器"), make_organisation("另一家孵化器")
        self.proposer = proposer_of(self.week, self.unit, "proposer@example.org")
        self.rival = proposer_of(self.week, self.other, "rival@example.org")
        self.committee = as_role(self.week, "committee", email="committee@example.org")

    def client(self, actor: Actor) -> FlaskClient:
        """Return a client of somebody who is signed in."""
        user = db.session.get_one(User, actor.id)
        known = {"id": user.id, "epoch": user.epoch, "since": AGES_AHEAD, "seen": AGES_AHEAD}
        client = self.app.test_client()
        with client.session_transaction() as session:
            session["staff"] = known
        return client

    def submitted(self, **values: object) -> Proposal:
        """Give a proposal that waits."""
        return make_submitted(self.week, self.unit, self.proposer, **values)


@pytest.fixture
def desk(app: Flask) -> Desk:
    """Give the desk of a small week; forms need no token."""
    return Desk(app)


def state_of(code: str) -> str:
    return db.session.scalars(select(Proposal.state).where(Proposal.code == code)).one()


# --- the proposer


def test_a_proposer_lands_on_the_own_list_and_sees_nothing_else(desk: Desk) -> None:
    mine, theirs = desk.submitted(), make_submitted(desk.week, desk.other, desk.rival, title_zh="对手的活动")
    make_session(desk.week, "别人的论坛")
    client = desk.client(desk.proposer)
    assert client.get("/desk/").location == HERE
    page = client.get(HERE).text
    assert mine.title.zh in page and "对手的活动" not in page and 'name="s"' not in page and "场次" not in page
    assert client.get(f"{HERE}/{mine.code}").status_code == 200
    for path in ("", "/files/x", "/edit", "/session"):
        assert client.get(f"{HERE}/{theirs.code}{path}").status_code == 404, path
    for path in ("/desk/w/spring/", "/desk/w/spring/sessions", "/desk/w/spring/releases", "/desk/organisations"):
        assert client.get(path).status_code in (403, 404), path
    for path in ("decision", "tentative"):
        assert client.post(f"{HERE}/{mine.code}/{path}", data={"move": "accept"}).status_code == 403
    assert client.post(f"{HERE}/decisions", data={"s": mine.code, "move": "accept"}).status_code == 403
    assert client.get("/desk/w/spring/proposers").status_code == 403
    assert client.post(f"{HERE}/{theirs.code}/withdrawal").status_code == 404
    assert state_of(mine.code) == state_of(theirs.code) == "submitted"


def test_a_proposer_sees_no_editor_and_no_plan(desk: Desk) -> None:
    """Not even of the session made of an own proposal, whose open fields have a page of their own."""
    own, other = desk.submitted(), make_session(desk.week, "别人的论坛")
    boss, client = desk.client(desk.committee), desk.client(desk.proposer)
    assert boss.post(f"{HERE}/{own.code}/decision", data={"move": "accept", "open": "text_zh"}).status_code == 303
    mine = db.session.scalars(select(Session).where(Session.source_key == f"proposal:{own.code}")).one()
    pages = ["timetable", "timetable/news?since=1", "sessions", "incidents", "releases", "releases/new", "prints"]
    for code in (mine.code, other.code):
        parts = ("", "/edit", "/place", "/cells?day=2027-04-13")
        pages += [f"history/session/{code}", *(f"sessions/{code}{part}" for part in parts)]
    for path in pages:
        seen, refused = boss.get(f"/desk/w/spring/{path}"), client.get(f"/desk/w/spring/{path}")
        assert (seen.status_code, refused.status_code in (403, 404)) == (200, True), (path, seen, refused)
        assert "别人的论坛" not in refused.text and COMPLETE["title_zh"] not in refused.text, path
    for path in ("moves", "duration", "pins", "unplacement", "publication", "archive"):
        assert client.post(f"/desk/w/spring/sessions/{mine.code}/{path}").status_code == 403, path


def test_the_rail_of_a_proposer_leads_to_the_own_proposals_alone(desk: Desk) -> None:
    own, client = desk.submitted(), desk.client(desk.proposer)
    for path in (HERE, f"{HERE}/new", f"{HERE}/{own.code}", f"{HERE}/imports"):
        rail = client.get(path).text.split('<nav class="rail"')[1].split("rail__me")[0]
        assert re.findall(r'href="(/desk/[^"]+)"', rail) == [HERE], path
    assert "/desk/w/spring/timetable" in desk.client(desk.committee).get(HERE).text


def test_a_form_is_kept_as_a_draft_and_submitted(desk: Desk) -> None:
    client = desk.client(desk.proposer)
    form = filled(client.get(f"{HERE}/new").text)
    assert form["organisation"] == [desk.unit.code]
    answer = client.post(f"{HERE}/new", data=form | {"title_zh": "沙龙", "days": ["2027-04-13"], "do": "save"})
    assert answer.status_code == 303
    own = db.session.scalars(select(Proposal)).one()
    assert (own.state, own.title.zh, [d.day.isoformat() for d in own.days]) == ("draft", "沙龙", ["2027-04-13"])
    missing = client.post(
        f"{HERE}/{own.code}/edit", data=filled(client.get(f"{HERE}/{own.code}/edit").text) | {"do": "submit"}
    )
    assert missing.status_code == 422 and "已保存为草稿" in missing.text and "手机和邮箱至少填一个" in missing.text
    rest: dict[str, Any] = {name: COMPLETE[name] for name in ("kind", "abstract_zh", "contact_name", "contact_phone")}
    rest |= {"expected": "６０", "do": "submit", "people-0-name": "王示例", "people-0-affiliation": "示例大学"}
    form = filled(client.get(f"{HERE}/{own.code}/edit").text)
    assert client.post(f"{HERE}/{own.code}/edit", data=form | rest).status_code == 303
    db.session.refresh(own)
    assert (own.state, own.step, own.expected) == ("submitted", "committee", 60)
    assert own.people == [{"name": "王示例", "role": "speaker", "affiliation": "示例大学", "contact": ""}]
    page = client.get(f"{HERE}/{own.code}").text
    assert "等组委会决定" in page and "这段时间不能修改" in page and f"{own.code}/submission" not in page


def test_a_stale_form_shows_both_and_keeps_what_was_typed(desk: Desk) -> None:
    own, client = make_proposal(desk.week, desk.unit, desk.proposer), desk.client(desk.proposer)
    form = filled(client.get(f"{HERE}/{own.code}/edit").text)
    assert client.post(f"{HERE}/{own.code}/edit", data=form | {"title_zh": "先改的"}).status_code == 303
    stale = client.post(f"{HERE}/{own.code}/edit", data=form | {"title_zh": "后改的"})
    assert stale.status_code == 422 and "先改的" in stale.text and "后改的" in stale.text and "别人刚改过" in stale.text


def test_wrong_values_are_said_at_their_fields(desk: Desk) -> None:
    client = desk.client(desk.proposer)
    form = filled(client.get(f"{HERE}/new").text)
    wrong = {"title_zh": "沙龙", "expected": "很多", "earliest": "25:00", "contact_email": "不是邮箱", "kind": "party"}
    answer = client.post(f"{HERE}/new", data=form | wrong | {"do": "save"})
    assert answer.status_code == 422 and "要填整数" in answer.text and "不在可选的范围里" in answer.text
    answer = client.post(f"{HERE}/new", data=form | {"title_zh": "沙龙", "contact_email": "不是邮箱", "do": "save"})
    assert answer.status_code == 422 and db.session.scalar(select(func.count()).select_from(Proposal)) == 0
    foreign = form | {"title_zh": "沙龙", "organisation": desk.other.code, "do": "save"}
    assert client.post(f"{HERE}/new", data=foreign).status_code == 422


def test_files_are_for_those_whom_the_proposal_concerns(desk: Desk) -> None:
    own, client = make_proposal(desk.week, desk.unit, desk.proposer), desk.client(desk.proposer)
    sent = {"file": (io.BytesIO(b"plan of the hall"), "场地.txt")}
    assert client.post(f"{HERE}/{own.code}/files", data=sent).status_code == 303
    page = client.get(f"{HERE}/{own.code}").text
    assert "场地.txt" in page
    db.session.refresh(own)
    put = own.files[0].code
    with client.get(f"{HERE}/{own.code}/files/{put}") as got:
        assert got.data == b"plan of the hall" and got.content_type == "text/plain; charset=utf-8"
        assert got.headers["Content-Disposition"].startswith("attachment")
    assert desk.client(desk.rival).get(f"{HERE}/{own.code}/files/{put}").status_code == 404
    assert desk.client(desk.committee).get(f"{HERE}/{own.code}/files/{put}").status_code == 404
    submit_proposal(desk.week.id, own.code, actor=desk.proposer)
    with desk.client(desk.committee).get(f"{HERE}/{own.code}/files/{put}") as got:
        assert got.status_code == 200
    refused = client.post(f"{HERE}/{own.code}/files", data={"file": (io.BytesIO(b"MZ\x90\0"), "a.exe")})
    assert refused.status_code in (409, 422)
    assert client.post(f"{HERE}/{own.code}/files/{put}/removal").status_code == 409


def test_the_owner_of_an_accepted_one_edits_just_what_is_open(desk: Desk) -> None:
    own = desk.submitted()
    boss, client = desk.client(desk.committee), desk.client(desk.proposer)
    sent = {"move": "accept", "open": ["abstract_zh", "expected"], "version": own.version}
    assert boss.post(f"{HERE}/{own.code}/decision", data=sent).status_code == 303
    page = client.get(f"{HERE}/{own.code}/session").text
    assert 'name="abstract_zh"' in page and 'name="expected"' in page and 'name="title_zh"' not in page
    form = filled(page) | {"abstract_zh": "五个案例。", "title_zh": "偷改的标题"}
    assert client.post(f"{HERE}/{own.code}/session", data=form).status_code == 303
    session = db.session.scalars(select(Session)).one()
    assert (session.abstract_zh, session.title.zh) == ("五个案例。", COMPLETE["title_zh"])
    assert client.post(f"{HERE}/{own.code}/session", data=form | {"abstract_zh": "晚了"}).status_code == 422


# --- reviewers


def test_the_list_filters_and_counts_and_the_first_page_says_what_waits(desk: Desk) -> None:
    first = desk.submitted()
    desk.submitted(title_zh="吉林市的沙龙", city="220200", kind="salon")
    client = desk.client(desk.committee)
    page = client.get(HERE).text
    assert "<b>2</b>等组委会决定" in page and "示例孵化器" in page
    for query, found in (
        ("state=committee", 2),
        ("state=accepted", 0),
        ("city=220200", 1),
        ("kind=salon", 1),
        (f"organisation={desk.unit.code}", 2),
        ("q=吉林市", 1),
        ("q=示例孵化器", 2),
        ("q=没有", 0),
    ):
        assert client.get(f"{HERE}?{query}").text.count('name="s"') == found, query
    past = client.get(f"/desk/w/spring/history/proposal/{first.code}").text
    assert "智能制造沙龙" in past and "联系人姓名" in past and "已提交" in past and "接受了邀请" not in past
    home = client.get("/desk/w/spring/").text
    assert '<b class="num">2</b><div><h3>申报等你审' in home
    assert "申报等你审" not in desk.client(as_role(desk.week, "reader")).get("/desk/w/spring/").text
    assert client.get(f"{HERE}/{first.code}").text.count('value="accept"') == 1


def test_a_decision_needs_its_reason_and_the_version_that_was_seen(desk: Desk) -> None:
    own, client = desk.submitted(), desk.client(desk.committee)
    address = f"{HERE}/{own.code}/decision"
    assert client.post(address, data={"move": "dance"}).status_code == 422
    silent = client.post(address, data={"move": "reject", "reason": " ", "version": own.version})
    assert silent.status_code == 422 and "请写明内容或原因" in silent.text and state_of(own.code) == "submitted"
    stale = client.post(address, data={"move": "reject", "reason": "重复了", "version": own.version - 1})
    assert stale.status_code == 409 and "别人刚刚改过" in stale.text and "重复了" in stale.text
    done = client.post(
        address, data={"move": "reject", "reason": "重复了", "version": own.version}, follow_redirects=True
    )
    assert "申报单位会收到邮件" in done.text and state_of(own.code) == "rejected"
    assert "重复了" in desk.client(desk.proposer).get(f"{HERE}/{own.code}").text


def test_what_was_typed_and_ticked_stays_when_a_word_or_decision_is_refused(desk: Desk) -> None:
    own, client = desk.submitted(), desk.client(desk.committee)
    one = f"{HERE}/{own.code}"
    ticked = client.post(f"{one}/decision", data={"move": "reject", "reason": " ", "open": ["venues", "title_en"]})
    assert ticked.status_code == 422
    boxes = re.findall(r'name="open" value="(\w+)" checked', ticked.text)
    assert boxes == ["title_en", "venues"] and "可以在哪些场馆" in ticked.text and ">venues<" not in ticked.text
    stale = client.post(f"{one}/decision", data={"move": "accept", "reason": "写了很久的话", "version": "99"})
    assert stale.status_code == 409 and ">写了很久的话</textarea>" in stale.text
    long = client.post(f"{one}/comments", data={"text": "长" * 2001, "internal": "1"})
    assert long.status_code == 409 and f">{'长' * 2000}</textarea>" in long.text
    assert (
        'name="internal" value="1" checked' in long.text
        and 'name="reason" rows="4" maxlength="2000"></textarea>' in long.text
    )


def test_a_city_manager_reviews_the_own_city_only(desk: Desk) -> None:
    city = as_role(desk.week, "city", "city", "220100", email="city@example.org")
    own, far = desk.submitted(), desk.submitted(city="220200", title_zh="吉林市的活动")
    client = desk.client(city)
    page = client.get(f"{HERE}/{own.code}").text
    assert 'value="recommend"' in page and 'value="accept"' not in page
    assert client.get(f"{HERE}/{far.code}").status_code == 404 and "吉林市的活动" not in client.get(HERE).text
    assert client.post(f"{HERE}/{far.code}/decision", data={"move": "return", "reason": "x"}).status_code == 404
    assert client.post(f"{HERE}/{own.code}/decision", data={"move": "accept"}).status_code == 403
    assert client.post(f"{HERE}/{own.code}/decision", data={"move": "recommend"}).status_code == 303
    assert "已推荐给组委会" in client.get(f"{HERE}/{own.code}").text


def test_internal_words_never_reach_the_proposer(desk: Desk) -> None:
    own, boss = desk.submitted(), desk.client(desk.committee)
    assert boss.post(f"{HERE}/{own.code}/comments", data={"text": "预算存疑", "internal": "1"}).status_code == 303
    assert boss.post(f"{HERE}/{own.code}/comments", data={"text": "请补材料"}).status_code == 303
    assert boss.post(f"{HERE}/{own.code}/comments", data={"text": ""}).status_code == 422
    assert "预算存疑" in boss.get(f"{HERE}/{own.code}").text
    text = desk.client(desk.proposer).get(f"{HERE}/{own.code}").text
    assert "预算存疑" not in text and "请补材料" in text
    told = [m.context["text"] for m in db.session.scalars(select(Message))]
    assert "预算存疑" not in told and "请补材料" in told


def test_many_are_previewed_and_then_decided_all_or_none(desk: Desk) -> None:
    first, second = desk.submitted(), desk.submitted(title_zh="第二个")
    gone = desk.submitted(title_zh="已撤回的")
    desk.client(desk.proposer).post(f"{HERE}/{gone.code}/withdrawal")
    boss, codes = desk.client(desk.committee), [first.code, second.code, gone.code]
    seen = boss.post(f"{HERE}/decisions", data={"s": codes, "move": "accept"})
    assert seen.status_code == 200 and "<b>2</b>份可以" in seen.text and "<b>1</b>份不能" in seen.text
    assert "第二个" in seen.text and state_of(first.code) == "submitted"
    refused = boss.post(f"{HERE}/decisions", data={"s": codes, "move": "accept", "do": "apply"})
    assert refused.status_code == 422 and "一份也没有处理" in refused.text and state_of(first.code) == "submitted"
    silent = boss.post(f"{HERE}/decisions", data={"s": codes[:2], "move": "reject", "do": "apply"})
    assert silent.status_code == 422 and "都要写原因" in silent.text and state_of(first.code) == "submitted"
    sent = {"s": codes[:2], "move": "accept", "do": "apply", "opened": "1", "open": ["expected"]}
    assert boss.post(f"{HERE}/decisions", data=sent).status_code == 303
    assert [state_of(code) for code in codes] == ["accepted", "accepted", "withdrawn"]
    assert db.session.scalars(select(Proposal.open_fields).where(Proposal.code == first.code)).one() == ["expected"]
    assert boss.post(f"{HERE}/decisions", data={"s": codes, "move": ""}).status_code == 303


def test_many_drafts_are_handed_in_at_once_and_the_incomplete_ones_say_what_they_lack(desk: Desk) -> None:
    good = make_proposal(desk.week, desk.unit, desk.proposer, title_zh="填好的")
    bare = make_proposal(desk.week, desk.unit, desk.proposer, title_zh="没填好的", expected=0, contact_phone="")
    client, address = desk.client(desk.proposer), f"{HERE}/submissions"
    page = client.get(HERE).text
    assert page.count('name="s"') == 2 and f'action="{address}" data-behaviour="picking"' in page
    assert 'name="move"' not in page
    sent: dict[str, Any] = {"s": [good.code, bare.code]}
    seen = client.post(address, data=sent)
    assert seen.status_code == 200 and "<b>1</b>份可以提交" in seen.text and "<b>1</b>份还不能提交" in seen.text
    assert "还没填：预计人数" in seen.text and "手机和邮箱至少填一个" in seen.text
    assert f'href="{HERE}/{bare.code}/edit?missing=1"' in seen.text and f"{good.code}/edit" not in seen.text
    assert [state_of(one.code) for one in (good, bare)] == ["draft", "draft"]
    for _n in range(2):
        done = client.post(address, data=sent | {"do": "apply"})
        assert done.status_code == 200 and "<b>1</b>份已提交" in done.text and "<b>1</b>份没有提交" in done.text
        assert "还没填：预计人数" in done.text and f'href="{HERE}/{bare.code}/edit?missing=1"' in done.text
    assert [state_of(one.code) for one in (good, bare)] == ["submitted", "draft"]
    blank = client.get(f"{HERE}/{bare.code}/edit")
    assert "手机和邮箱至少填一个，审核的人" not in blank.text
    form = client.get(f"{HERE}/{bare.code}/edit?missing=1")
    assert form.status_code == 200 and "手机和邮箱至少填一个，审核的人" in form.text
    alone = client.post(f"{HERE}/{bare.code}/submission", data={"version": bare.version}, follow_redirects=True)
    assert "手机和邮箱至少填一个，审核的人" in alone.text
    empty = client.post(address, data={})
    assert empty.status_code == 422 and "没有选申报" in empty.text
    form = filled(client.get(f"{HERE}/{bare.code}/edit").text)
    assert (
        client.post(f"{HERE}/{bare.code}/edit", data=form | {"expected": "9", "contact_phone": "1"}).status_code == 303
    )
    told = client.post(address, data={"s": bare.code, "do": "apply"}, follow_redirects=True)
    assert "已提交 1 份" in told.text and state_of(bare.code) == "submitted" and 'name="s"' not in told.text


def test_only_who_proposes_hands_in(desk: Desk) -> None:
    own = make_proposal(desk.week, desk.unit, desk.proposer)
    assert desk.client(desk.committee).post(f"{HERE}/submissions", data={"s": own.code}).status_code == 403
    seen = desk.client(desk.rival).post(f"{HERE}/submissions", data={"s": own.code, "do": "apply"})
    assert "没有这份申报" in seen.text and own.title.zh not in seen.text and state_of(own.code) == "draft"
    desk.submitted()
    assert "submissions" not in desk.client(desk.committee).get(HERE).text


# --- who proposes


def test_the_committee_invites_and_the_city_only_for_its_own(desk: Desk) -> None:
    here = "/desk/w/spring/proposers"
    boss = desk.client(desk.committee)
    sent = {"email": "new@example.org", "name": "新人", "organisation": desk.unit.code}
    assert boss.post(here, data=sent).status_code == 303
    invitation = db.session.scalars(select(Invitation)).one()
    assert invitation.grants == [
        {"week": "spring", "role": "proposer", "scope_kind": "organisation", "scope_code": desk.unit.code}
    ]
    assert "new@example.org" in boss.get(here).text
    assert boss.post(here, data=sent).status_code == 422
    assert boss.post(here, data=sent | {"email": "nobody"}).status_code == 422
    assert boss.post(here, data=sent | {"email": "x@example.org", "organisation": "nix"}).status_code == 422
    city = as_role(desk.week, "city", "city", "220200", email="far@example.org")
    assert desk.client(city).post(here, data=sent | {"email": "y@example.org"}).status_code == 403
    assert desk.unit.name.zh not in desk.client(city).get(here).text


def test_a_known_account_gets_the_role_at_once_and_no_link_to_its_password(desk: Desk) -> None:
    """Whoever may invite proposers must not come into an administrator's account that way."""
    known = make_user("boss@example.org", administrator=True)
    before, boss, here = known.password_hash, desk.client(desk.committee), "/desk/w/spring/proposers"
    sent = {"email": "boss@example.org", "name": "", "organisation": desk.unit.code}
    assert boss.post(here, data=sent).status_code == 303
    assert db.session.scalar(select(func.count()).select_from(Invitation)) == 0
    db.session.refresh(known)
    held = select(Grant.scope_code).where(Grant.user_id == known.id)
    assert known.password_hash == before and db.session.scalars(held).all() == [desk.unit.code]
    assert db.session.scalars(select(Message.template)).all() == ["programme/proposer"]
    gone = {"organisation": desk.unit.code}
    assert boss.post(f"{here}/{known.code}/removal", data=gone).status_code == 303
    assert db.session.scalars(held).all() == [] and boss.post(f"{here}/x/removal", data=gone).status_code == 404


# --- Excel

HEADS = ("标题", "类型", "城市", "预计人数", "摘要", "希望在哪几天", "嘉宾和主持", "联系人姓名", "手机")


def sheet(*rows: tuple[str, ...]) -> bytes:
    return write_workbook([Page("申报", [Column(head) for head in HEADS], [Row(row) for row in rows])])


def bring(client: FlaskClient, content: bytes, name: str = "申报.xlsx") -> TestResponse:
    answer = client.post(f"{HERE}/imports", data={"file": (io.BytesIO(content), name)})
    work_off()
    return answer


FORUM = next(kind["name_zh"] for kind in preset_kinds() if kind["code"] == "forum")
GOOD = (
    "论坛一",
    FORUM,
    "长春市",
    "６０",
    "讲案例",
    "2027年4月13日",
    "王示例（主持，示例大学）",
    "李申报",
    "13800138000",
)


def test_the_template_has_heads_notes_choices_and_a_sample(desk: Desk) -> None:
    got = desk.client(desk.proposer).get(f"{HERE}/template.xlsx")
    own = read_tables(got.data, "a.xlsx")[0]
    rows = dict(own.rows)
    assert own.name == "申报" and rows[1][:3] == ["标题", "类型", "城市"]
    assert rows[2][0].startswith("#") and rows[3][0].startswith("#") and "智能制造" in rows[3][0]
    assert b"#lists" in got.data or len(read_tables(got.data, "a.xlsx")) == 2
    assert desk.client(desk.committee).get(f"{HERE}/template.xlsx").status_code == 403


def test_broken_rows_come_back_beside_their_row_and_good_ones_wait_for_a_word(desk: Desk) -> None:
    client, unit = desk.client(desk.proposer), desk.unit.code
    wrong = ("论坛二", "酒会", "长春市", "很多", "讲", "2027/4/30", "", "李申报", "13800138000")
    late = ("论坛三", FORUM, "长春市", "50", "讲", "2027/4/30", "", "李申报", "13800138000")
    answer = bring(client, sheet(GOOD, wrong, late))
    page = client.get(answer.location).text
    assert "1 行可以收下" in page and "有 2 行要改" in page and "第 3 行" in page and "酒会" in page
    assert db.session.scalar(select(func.count()).select_from(Proposal)) == 0
    (back,) = read_tables(client.get(f"{answer.location}/problems.xlsx").data, "")
    told = {row[1]: row[0] for _n, row in back.rows[1:]}
    assert told["论坛一"] == "" and "类型：" in told["论坛二"] and "预计人数：" in told["论坛二"]
    assert "不在活动周的日期之内" in told["论坛三"]
    assert client.post(f"{answer.location}/confirmation").status_code == 303
    work_off()
    own = db.session.scalars(select(Proposal)).one()
    assert (own.title.zh, own.state, own.expected, own.organisation.code) == ("论坛一", "draft", 60, unit)
    assert own.people[0]["affiliation"] == "示例大学" and own.days[0].day.isoformat() == "2027-04-13"
    again = bring(client, sheet(GOOD, ("论坛四", *GOOD[1:])))
    assert "已有同名的，跳过" in client.get(again.location).text


def test_a_file_without_a_good_row_keeps_nothing(desk: Desk) -> None:
    client = desk.client(desk.proposer)
    answer = bring(client, sheet(("论坛", "酒会", *GOOD[2:])))
    page = client.get(answer.location).text
    assert "没有一行能收下" in page and "收下这" not in page
    assert client.post(f"{answer.location}/confirmation", follow_redirects=True).status_code == 200
    assert db.session.scalar(select(func.count()).select_from(Proposal)) == 0


@pytest.mark.parametrize("content", [b"", b"\x89PNG....", "一,二\n三,四\n".encode()])
def test_what_is_no_template_is_refused_in_words(desk: Desk, content: bytes) -> None:
    client = desk.client(desk.proposer)
    answer = bring(client, content, "a.csv")
    text = answer.text if answer.status_code == 422 else client.get(answer.location).text
    assert "没有收下" in text or "没有导入" in text


def test_a_file_of_another_organisation_is_not_found(desk: Desk) -> None:
    other, answer = desk.other.code, bring(desk.client(desk.proposer), sheet(GOOD))
    rival = desk.client(desk.rival)
    assert rival.get(answer.location).status_code == 404
    assert rival.get(f"{answer.location}/problems.xlsx").status_code == 404
    for verb in ("confirmation", "discarding"):
        assert rival.post(f"{answer.location}/{verb}").status_code == 404
    foreign = {"file": (io.BytesIO(sheet(GOOD)), "a.xlsx"), "organisation": other}
    assert desk.client(desk.proposer).post(f"{HERE}/imports", data=foreign).status_code == 422


def test_reading_takes_as_many_statements_for_one_as_for_three(desk: Desk, statements: Statements) -> None:
    client, counts = desk.client(desk.committee), []
    for number in (1, 2, 2):
        for n in range(number):
            own = desk.submitted(title_zh=f"第 {len(counts)}.{n} 个")
            comment_proposal(desk.week.id, own.code, "好", actor=desk.committee)
        client.get(HERE)
        with statements() as seen:
            client.get(HERE)
        counts.append(len(seen))
    assert counts[0] == counts[1] == counts[2]
