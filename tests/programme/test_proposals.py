"""Proposals: who sees and does what, where they go, what becomes of them; each refusal leaves everything as it was."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from eventweek.accounts.enums import Role, Verb
from eventweek.accounts.models import User
from eventweek.accounts.permissions import TABLE
from eventweek.audit.actors import SYSTEM, Actor
from eventweek.audit.models import AuditEntry, Revision
from eventweek.delivery.ways import Ways, deliver
from eventweek.kernel.clock import travel
from eventweek.kernel.db import Bilingual, db, transaction
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.outbox.actions import send
from eventweek.outbox.models import Message
from eventweek.outbox.transport import Smtp
from eventweek.programme.actions.proposals.becoming import edit_accepted, plan_tentatively
from eventweek.programme.actions.proposals.inviting import invite_proposer
from eventweek.programme.actions.proposals.moving import (
    Judged,
    comment_proposal,
    decide_proposals,
    foresee_decisions,
    foresee_submissions,
    review_proposal,
    submit_proposal,
    submit_proposals,
    withdraw_proposal,
)
from eventweek.programme.actions.proposals.retention import purge_proposals
from eventweek.programme.actions.proposals.writing import (
    MOST_FILES,
    add_proposal_file,
    create_proposal,
    edit_proposal,
    remove_proposal_file,
)
from eventweek.programme.actions.sessions import edit_session
from eventweek.programme.actions.weeks import edit_week, set_week_state
from eventweek.programme.enums import ProposalMove
from eventweek.programme.models import Grant, Organisation, Proposal, Session, Week
from eventweek.programme.queries.proposals import (
    ProposalFilter,
    count_states,
    count_waiting,
    get_proposal,
    list_entries,
    list_proposals,
)
from eventweek.programme.rules.proposals import (
    DECISIONS,
    OPENABLE,
    TRANSITIONS,
    Deadline,
    Standing,
    closes,
    why_no_move,
)
from tests.factories.accounts import make_user
from tests.factories.programme import make_organisation, make_person, make_week
from tests.factories.proposals import COMPLETE, actor_of, as_role, make_proposal, make_submitted, proposer_of
from tests.smtp import mail_server

ACCEPT, REJECT, RETURN, RECOMMEND = (
    ProposalMove.ACCEPT,
    ProposalMove.REJECT,
    ProposalMove.RETURN,
    ProposalMove.RECOMMEND,
)
BEFORE, LATE = datetime(2027, 2, 1, tzinfo=UTC), datetime(2027, 4, 16, 16, tzinfo=UTC)
UNTIL = Deadline(date(2027, 4, 16), LATE)


class World:
    """A week with one incubator, its proposer, the committee and the manager of Changchun."""

    def __init__(self) -> None:
        self.week: Week = make_week()
        self.unit: Organisation = make_organisation("示例孵化器")
        self.other: Organisation = make_organisation("另一家孵化器")
        self.proposer = proposer_of(self.week, self.unit)
        self.rival = proposer_of(self.week, self.other)
        self.committee = as_role(self.week, "committee")

    def city(self) -> Actor:
        """Give Changchun a manager: from now on its proposals go to the city first."""
        return as_role(self.week, "city", "city", "220100")

    def submitted(self, **values: object) -> Proposal:
        """Give a proposal that waits."""
        return make_submitted(self.week, self.unit, self.proposer, **values)

    def review(self, own: Proposal, move: ProposalMove, actor: Actor | None = None, **how: Any) -> Proposal:
        """Decide, by the committee unless somebody else is named."""
        return review_proposal(self.week.id, own.code, move, actor=actor or self.committee, **how)


@pytest.fixture
def world(app: Flask) -> World:
    """Give the small world of proposals."""
    return World()


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as refusal:
        call()
    return refusal.value.code


def errors(call: Callable[[], object]) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as invalid:
        call()
    return [(error.field, error.code) for error in invalid.value.errors]


def everything(_total: int) -> tuple[int, int]:
    return 0, 100


def seen_by(world: World, actor: Actor) -> list[str]:
    return sorted(p.code for p in list_proposals(world.week.id, ProposalFilter(), everything, actor=actor)[0])


# --- the pure rules


@pytest.mark.parametrize("move", list(ProposalMove))
def test_each_move_starts_only_where_the_table_says(move: ProposalMove) -> None:
    states = ("draft", "submitted", "returned", "accepted", "rejected", "withdrawn")
    open_ = [s for s in states if why_no_move(move, Standing(s, "committee", UNTIL), BEFORE) is None]
    assert open_ == [s for s in states if s in TRANSITIONS[move][0]]


def test_the_committee_waits_for_the_city() -> None:
    at_city = Standing("submitted", "city", UNTIL)
    assert [why_no_move(move, at_city, BEFORE) for move in (ACCEPT, REJECT)] == [("proposal.at_city", {})] * 2
    assert why_no_move(RECOMMEND, at_city, BEFORE) is None


def test_a_deadline_is_over_at_the_end_of_its_local_day() -> None:
    first, last = date(2027, 4, 12), date(2027, 4, 16)
    assert closes(first, last, 30, "Asia/Shanghai") == Deadline(
        date(2027, 3, 13), datetime(2027, 3, 13, 16, tzinfo=UTC)
    )
    assert closes(first, last, None, "Asia/Shanghai") == UNTIL


# --- who


def test_roles_and_their_verbs() -> None:
    verbs = {v for v in Verb if v.startswith(("proposals.", "proposers."))}
    table = {role: {v.removeprefix("proposals.") for v in TABLE[role] & verbs} for role in Role if TABLE[role] & verbs}
    assert table == {
        Role.COMMITTEE: {"read", "review", "decide", "proposers.invite"},
        Role.CITY: {"read", "review", "proposers.invite"},
        Role.PROPOSER: {"read", "make"},
    }
    assert TABLE[Role.PROPOSER] == {Verb.PROPOSALS_READ, Verb.PROPOSALS_MAKE}


def test_everybody_sees_only_what_concerns_them(world: World) -> None:
    city, far = world.city(), as_role(world.week, "city", "city", "220200")
    draft = make_proposal(world.week, world.unit, world.proposer)
    own, elsewhere = world.submitted(), world.submitted(city="220200", title_zh="吉林市的活动")
    nowhere = world.submitted(city=None)
    rival = make_submitted(world.week, world.other, world.rival)
    codes = {name: p.code for name, p in locals().items() if isinstance(p, Proposal)}

    def of(*names: str) -> list[str]:
        return sorted(codes[name] for name in names)

    assert seen_by(world, world.proposer) == of("draft", "own", "elsewhere", "nowhere")
    assert seen_by(world, world.rival) == of("rival")
    assert seen_by(world, city) == of("own", "rival")
    assert seen_by(world, far) == of("elsewhere")
    assert seen_by(world, world.committee) == of("own", "elsewhere", "nowhere", "rival")
    assert seen_by(world, SYSTEM) == of(*codes)
    assert seen_by(world, as_role(world.week, "reader")) == []
    for actor, hidden in ((world.rival, own), (city, elsewhere), (far, rival), (world.committee, draft)):
        assert code_of(lambda a=actor, p=hidden: get_proposal(world.week.id, p.code, a)) == "proposal.not_found"


@pytest.mark.parametrize("role", ["reader", "door", "auditor", "city", "committee"])
def test_only_proposers_write_and_only_for_their_own(world: World, role: str) -> None:
    scope = ("city", "220100") if role == "city" else ()
    actor = as_role(world.week, role, *scope, email="somebody@example.org")
    own = world.submitted()
    for call in (
        lambda: make_proposal(world.week, world.unit, actor),
        lambda: edit_proposal(world.week.id, own.code, {"expected": 1}, version=None, actor=actor),
        lambda: withdraw_proposal(world.week.id, own.code, actor=actor),
        lambda: submit_proposal(world.week.id, own.code, actor=actor),
    ):
        assert code_of(call) == "permission.denied"
    assert errors(lambda: make_proposal(world.week, world.other, world.proposer)) == [
        ("organisation", "proposal.organisation")
    ]
    draft = make_proposal(world.week, world.unit, world.proposer)
    moved = {"organisation": world.other.code}
    assert errors(lambda: edit_proposal(world.week.id, draft.code, moved, version=None, actor=world.proposer)) == [
        ("organisation", "proposal.organisation")
    ]


@pytest.mark.parametrize("move", DECISIONS)
def test_a_proposer_decides_nothing(world: World, move: ProposalMove) -> None:
    own = world.submitted()
    for actor in (world.proposer, world.rival):
        assert code_of(lambda a=actor: world.review(own, move, a, reason="因为")) in (
            "permission.denied",
            "proposal.not_found",
        )
    assert db.session.get_one(Proposal, own.id).state == "submitted"


# --- writing and submitting


def test_a_draft_needs_little_and_a_submission_everything(world: World) -> None:
    bare = create_proposal(world.week.id, {"organisation": world.unit.code, "title_zh": "想法"}, actor=world.proposer)
    assert errors(lambda: submit_proposal(world.week.id, bare.code, actor=world.proposer)) == [
        ("kind", "field.required"),
        ("contact_name", "field.required"),
        ("expected", "field.required"),
        ("abstract_zh", "field.required"),
        ("contact_phone", "proposal.contact"),
    ]
    assert db.session.get_one(Proposal, bare.id).state == "draft"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"title_zh": "", "title_en": ""}, [("title_zh", "field.one_language")]),
        ({"days": ["2027-04-30"]}, [("days.0", "day.outside_week")]),
        ({"earliest": "10:00", "latest_end": "09:00"}, [("latest_end", "hours.order")]),
        ({"earliest": "09:00", "latest_end": "10:00", "duration_min": 90}, [("duration_min", "hours.too_short")]),
        ({"contact_email": "李申报"}, [("contact_email", "email.invalid")]),
        ({"kind": "party"}, [("kind", "reference.unknown")]),
        ({"people": [{"role": "speaker"}]}, [("people.0.name", "field.required")]),
        ({"state": "accepted"}, [("state", "field.unknown")]),
        ({"expected": -1}, [("expected", "number.range")]),
    ],
)
def test_what_makes_no_sense_is_refused(world: World, values: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert errors(lambda: make_proposal(world.week, world.unit, world.proposer, **values)) == expected
    assert db.session.scalar(select(func.count()).select_from(Proposal)) == 0


def test_a_stale_edit_shows_both_values(world: World) -> None:
    own = make_proposal(world.week, world.unit, world.proposer)
    edit_proposal(world.week.id, own.code, {"expected": 70}, version=1, actor=world.proposer)
    with pytest.raises(Refusal) as refusal:
        edit_proposal(world.week.id, own.code, {"expected": 90}, version=1, actor=world.proposer)
    assert refusal.value.code == "version.stale"
    assert refusal.value.facts["fields"] == [{"field": "expected", "mine": 90, "theirs": 70}]


def test_what_is_submitted_rests_until_it_comes_back(world: World) -> None:
    own = world.submitted()
    edit = {"expected": 99}
    assert (
        code_of(lambda: edit_proposal(world.week.id, own.code, edit, version=None, actor=world.proposer))
        == "proposal.state"
    )
    world.review(own, RETURN, reason="人数写清楚")
    edit_proposal(world.week.id, own.code, edit, version=None, actor=world.proposer)
    again = submit_proposal(world.week.id, own.code, actor=world.proposer)
    assert (again.state, again.step, again.expected) == ("submitted", "committee", 99)


def test_a_second_call_changes_nothing(world: World) -> None:
    own = world.submitted()
    version = own.version
    assert submit_proposal(world.week.id, own.code, actor=world.proposer).version == version
    accepted = world.review(own, ACCEPT)
    version, sessions = accepted.version, db.session.scalar(select(func.count()).select_from(Session))
    assert world.review(own, ACCEPT, version=1).version == version
    assert db.session.scalar(select(func.count()).select_from(Session)) == sessions == 1
    assert [e.move for e in list_entries(accepted, world.committee)] == ["submit", "accept"]


def test_deadlines_hold_for_the_first_time_and_for_what_came_back(world: World) -> None:
    edit_week(
        world.week.code, {"proposing_ends_days": 30, "returning_ends_days": 20}, version=None, actor=world.committee
    )
    with travel(datetime(2027, 3, 13, 15, 59, tzinfo=UTC)):
        late, own = make_proposal(world.week, world.unit, world.proposer), world.submitted()
    with travel(datetime(2027, 3, 13, 16, 1, tzinfo=UTC)):
        assert code_of(lambda: make_proposal(world.week, world.unit, world.proposer)) == "proposal.closed"
        assert code_of(lambda: submit_proposal(world.week.id, late.code, actor=world.proposer)) == "proposal.closed"
        world.review(own, RETURN, reason="补材料")
        assert submit_proposal(world.week.id, own.code, actor=world.proposer).state == "submitted"
        world.review(own, RETURN, reason="再补")
    with travel(datetime(2027, 3, 24, tzinfo=UTC)):
        assert (
            code_of(lambda: submit_proposal(world.week.id, own.code, actor=world.proposer)) == "proposal.return_closed"
        )


def test_an_archived_week_refuses_every_write(world: World) -> None:
    own, draft = world.submitted(), make_proposal(world.week, world.unit, world.proposer)
    set_week_state(world.week.code, "closed", actor=SYSTEM)
    with travel(LATE):
        assert code_of(lambda: make_proposal(world.week, world.unit, world.proposer)) == "proposal.closed"
    set_week_state(world.week.code, "archived", actor=SYSTEM)
    week_id = world.week.id
    for call in (
        lambda: make_proposal(world.week, world.unit, world.proposer),
        lambda: edit_proposal(week_id, draft.code, {"expected": 1}, version=None, actor=world.proposer),
        lambda: submit_proposal(week_id, draft.code, actor=world.proposer),
        lambda: withdraw_proposal(week_id, own.code, actor=world.proposer),
        lambda: world.review(own, ACCEPT),
        lambda: plan_tentatively(week_id, own.code, actor=world.committee),
        lambda: comment_proposal(week_id, own.code, "好", actor=world.committee),
        lambda: decide_proposals(week_id, [own.code], ACCEPT, actor=world.committee),
        lambda: submit_proposals(week_id, [draft.code], actor=world.proposer),
        lambda: add_proposal_file(week_id, draft.code, b"text", "a.txt", largest=100, actor=world.proposer),
        lambda: remove_proposal_file(week_id, draft.code, "x", actor=world.proposer),
    ):
        assert code_of(call) == "week.archived"


# --- review


def test_the_city_looks_first_then_the_committee(world: World) -> None:
    city = world.city()
    own = world.submitted()
    assert (own.step, count_waiting(world.week.id, actor=city)) == ("city", 1)
    assert count_waiting(world.week.id, actor=world.committee) == 0
    assert code_of(lambda: world.review(own, ACCEPT)) == "proposal.at_city"
    assert code_of(lambda: world.review(own, ACCEPT, city)) == "permission.denied"
    world.review(own, RECOMMEND, city, reason="很合适")
    assert count_states(world.week.id, actor=world.committee) == {"committee": 1}
    assert code_of(lambda: world.review(own, RETURN, city, reason="等等")) == "proposal.at_committee"
    assert world.review(own, ACCEPT).state == "accepted"


def test_what_the_committee_returned_comes_back_to_it_unless_its_city_changed(world: World) -> None:
    city = world.city()
    own = world.submitted()
    world.review(own, RECOMMEND, city)
    world.review(own, RETURN, reason="改时间")
    assert submit_proposal(world.week.id, own.code, actor=world.proposer).step == "committee"
    world.review(own, RETURN, reason="改城市")
    as_role(world.week, "city", "city", "220200")
    edit_proposal(world.week.id, own.code, {"city": "220200"}, version=None, actor=world.proposer)
    assert submit_proposal(world.week.id, own.code, actor=world.proposer).step == "city"


def test_without_a_city_or_its_manager_it_goes_straight_to_the_committee(world: World) -> None:
    world.city()
    assert world.submitted(city=None).step == "committee"
    assert world.submitted(city="220200").step == "committee"


@pytest.mark.parametrize("move", [RETURN, REJECT])
def test_a_no_says_why(world: World, move: ProposalMove) -> None:
    own = world.submitted()
    assert errors(lambda: world.review(own, move, reason="  ")) == [("reason", "field.required")]
    assert db.session.get_one(Proposal, own.id).state == "submitted"
    assert code_of(lambda: world.review(own, move, reason="长" * 2001)) == "text.too_long"


def test_a_decision_on_another_version_shows_both_states(world: World) -> None:
    own = world.submitted()
    with pytest.raises(Refusal) as refusal:
        world.review(own, REJECT, reason="重复", version=own.version - 1)
    assert refusal.value.code == "version.stale"
    assert refusal.value.facts["fields"] == [{"field": "state", "mine": "rejected", "theirs": "submitted"}]


def test_each_step_is_audited_kept_and_mailed(world: World) -> None:
    own = world.submitted()
    world.review(own, RETURN, reason="人数写清楚")
    submit_proposal(world.week.id, own.code, actor=world.proposer)
    world.review(own, REJECT, reason="名额已满")
    verbs = db.session.scalars(select(AuditEntry.verb).where(AuditEntry.code == own.code).order_by(AuditEntry.id))
    assert list(verbs) == [
        *("proposal.create", "proposal.submit", "proposal.return", "proposal.submit", "proposal.reject")
    ]
    kept = db.session.scalars(select(Revision).where(Revision.subject == "proposal").order_by(Revision.id)).all()
    assert [row.changes.get("state") for row in kept][1:] == [
        *(["draft", "submitted"], ["submitted", "returned"], ["returned", "submitted"], ["submitted", "rejected"])
    ]
    assert kept[0].personal["contact_phone"] == ["", "13800138000"] and "contact_phone" not in kept[0].changes
    mails = db.session.scalars(select(Message).where(Message.template == "programme/proposal").order_by(Message.id))
    told = [(m.recipient, m.context["what"], m.context["text"]) for m in mails]
    to = "proposer.organisation." + world.unit.code.lower() + "@example.org"
    assert told == [
        (to, "submit", ""),
        (to, "return", "人数写清楚"),
        (to, "submit", ""),
        (to, "reject", "名额已满"),
    ]


def mails_out() -> list[Any]:
    """Let the worker hand the waiting messages to a mail server; return them."""
    with mail_server() as server:
        for number in db.session.scalars(select(Message.id).order_by(Message.id)).all():
            deliver(number, Ways(Smtp(server.url)))
    return list(server.taken)


def test_a_mail_speaks_chinese_and_english_because_no_account_keeps_a_language(world: World) -> None:
    own = world.submitted()
    world.review(own, RETURN, reason="人数写清楚")
    only = world.submitted(title_zh="没有英文题目", title_en="")
    address, other = f"/desk/w/spring/proposals/{own.code}", only.code
    _first, back, third = mails_out()
    assert back["Subject"] == "“智能制造沙龙”退回修改 / “Smart manufacturing salon” was returned for changes"
    zh, en = back.get_content().split("—" * 12)
    assert "要修改，改好再提交一次" in zh and "人数写清楚" in zh and address in zh
    assert "Smart manufacturing salon" in en and "智能制造沙龙" not in en and "2027-04-16" in en
    assert "人数写清楚" in en and f"/en{address}" in en and "/en/" not in zh
    assert "智能制造沙龙" in zh and "Smart" not in zh
    assert third["Subject"].count("没有英文题目") == 2 and other in third.get_content()


def test_a_mail_that_waited_from_before_is_still_sent(world: World) -> None:
    """It is in Chinese and knows no English title."""
    context = {"what": "accept", "step": "committee", "text": "", "week": "spring", "code": "x", "until": "2027-04-16"}
    context |= {"week_zh": "春季", "title_zh": "沙龙"}
    with transaction():
        send("programme/proposal", "old@example.org", "zh-CN", context, "proposal:x:v1")
        send("programme/proposal", "old@example.org", "en", context, "proposal:x:v2")
    zh, en = mails_out()
    assert zh["Subject"] == "“沙龙”已采用" and "沙龙" in en["Subject"] and "春季" in en.get_content()


def test_who_is_asked_to_propose_is_asked_in_both_languages(world: World) -> None:
    make_user("known@example.org")
    for address in ("known@example.org", "new@example.org"):
        invite_proposer(world.week.id, address, "新人", world.unit.code, actor=world.committee)
    known, new = mails_out()
    assert [known["To"], new["To"]] == ["known@example.org", "new@example.org"]
    for mail, zh, en in ((known, "申报活动", "propose"), (new, "设置密码", "password")):
        first, second = mail.get_content().split("—" * 12)
        assert zh in first and en in second and "/en/" in second and "/en/" not in first


def test_internal_words_stay_among_reviewers(world: World) -> None:
    own = world.submitted()
    comment_proposal(world.week.id, own.code, "场地够吗？", actor=world.committee, internal=True)
    comment_proposal(world.week.id, own.code, "请补一张场地图。", actor=world.committee)
    comment_proposal(world.week.id, own.code, "已补。", actor=world.proposer, internal=True)
    own = get_proposal(world.week.id, own.code, world.proposer)
    words = ["", "请补一张场地图。", "已补。"]
    assert [e.text for e in list_entries(own, world.proposer)] == words
    assert [e.text for e in list_entries(own, world.committee)] == ["", "场地够吗？", *words[1:]]
    mails = db.session.scalars(select(Message.context).where(Message.template == "programme/proposal"))
    assert [m["text"] for m in mails if m["what"] == "comment"] == ["请补一张场地图。"]
    assert errors(lambda: comment_proposal(world.week.id, own.code, " ", actor=world.committee)) == [
        ("text", "field.required")
    ]
    assert code_of(lambda: comment_proposal(world.week.id, own.code, "嘿", actor=world.rival)) == "proposal.not_found"


# --- many at once


def test_many_are_decided_together_or_not_at_all(world: World) -> None:
    first, second = world.submitted(), world.submitted(title_zh="第二个")
    gone = world.submitted(title_zh="第三个")
    withdraw_proposal(world.week.id, gone.code, actor=world.proposer)
    codes = [first.code, gone.code, second.code, "nothing"]
    seen = foresee_decisions(world.week.id, codes, ACCEPT, actor=world.committee)
    assert [one.why_not.code if one.why_not else None for one in seen] == [
        None,
        "proposal.state",
        None,
        "proposal.not_found",
    ]
    assert db.session.scalar(select(func.count()).select_from(Session)) == 0
    with pytest.raises(Refusal) as refusal:
        decide_proposals(world.week.id, codes, ACCEPT, actor=world.committee)
    assert (refusal.value.code, refusal.value.facts["count"]) == ("proposal.bulk", 2)
    states = dict(db.session.execute(select(Proposal.code, Proposal.state)).all())
    assert states == {first.code: "submitted", second.code: "submitted", gone.code: "withdrawn"}
    decide_proposals(world.week.id, [first.code, second.code], ACCEPT, actor=world.committee)
    assert sorted(db.session.scalars(select(Session.__table__.c.title_zh))) == ["智能制造沙龙", "第二个"]


def test_many_refuses_what_makes_no_sense(world: World) -> None:
    own = world.submitted()
    week_id, by = world.week.id, world.committee
    assert code_of(lambda: decide_proposals(week_id, [], ACCEPT, actor=by)) == "proposal.nobody"
    assert code_of(lambda: decide_proposals(week_id, list(map(str, range(201))), ACCEPT, actor=by)) == (
        "proposal.too_many"
    )
    assert errors(lambda: decide_proposals(week_id, [own.code], REJECT, actor=by)) == [("reason", "field.required")]
    assert code_of(lambda: decide_proposals(week_id, [own.code], ACCEPT, actor=world.proposer)) == "permission.denied"


def bare_draft(world: World) -> Proposal:
    """Give a draft that says little more than its title, as an import may leave it."""
    bare = {"organisation": world.unit.code, "title_zh": "想法", "kind": "forum", "contact_name": "李申报"}
    return create_proposal(world.week.id, bare, actor=world.proposer)


def told(judged: list[Judged]) -> list[Any]:
    """Return why each cannot go along, or the fields that it lacks; None where it can."""
    whys = [one.why_not for one in judged]
    return [[e.field for e in why.errors] if isinstance(why, Invalid) else why and why.code for why in whys]


def test_of_many_drafts_the_complete_ones_are_submitted_and_the_others_say_what_they_lack(world: World) -> None:
    world.city()
    good, bare, done = draft_of(world), bare_draft(world), world.submitted(title_zh="早交了的")
    gone = world.submitted(title_zh="撤回的")
    withdraw_proposal(world.week.id, gone.code, actor=world.proposer)
    codes = [bare.code, good.code, done.code, gone.code, "nothing", good.code]
    expected = [["expected", "abstract_zh", "contact_phone"], None, None, "proposal.state", "proposal.not_found"]
    before, mails = done.version, count_mails()
    seen = foresee_submissions(world.week.id, codes, actor=world.proposer)
    assert told(seen) == expected and seen[1].proposal is not None and seen[1].proposal.state == "draft"
    assert (state_of(good), count_mails()) == ("draft", mails)
    for _n in range(2):
        assert told(submit_proposals(world.week.id, codes, actor=world.proposer)) == expected
    assert [state_of(own) for own in (good, bare, done, gone)] == ["submitted", "draft", "submitted", "withdrawn"]
    fresh = db.session.get_one(Proposal, good.id)
    assert fresh.step == "city" and [entry.move for entry in fresh.entries] == ["submit"]
    assert db.session.get_one(Proposal, done.id).version == before and count_mails() == mails + 1
    verbs = db.session.scalars(select(AuditEntry.verb).where(AuditEntry.code == good.code).order_by(AuditEntry.id))
    assert list(verbs) == ["proposal.create", "proposal.submit"]


def test_many_submissions_respect_rights_and_deadlines(world: World) -> None:
    theirs = make_proposal(world.week, world.other, world.rival)
    edit_week(
        world.week.code, {"proposing_ends_days": 30, "returning_ends_days": 20}, version=None, actor=world.committee
    )
    week_id = world.week.id
    with travel(datetime(2027, 3, 13, 15, 59, tzinfo=UTC)):
        late, back = draft_of(world), world.submitted(title_zh="退回的")
        world.review(back, RETURN, reason="补材料")
    codes = [late.code, back.code, theirs.code]
    assert code_of(lambda: submit_proposals(week_id, codes, actor=world.committee)) == "permission.denied"
    assert code_of(lambda: submit_proposals(week_id, [], actor=world.proposer)) == "proposal.nobody"
    many = [str(n) for n in range(201)]
    assert code_of(lambda: submit_proposals(week_id, many, actor=world.proposer)) == "proposal.too_many"
    with travel(datetime(2027, 3, 13, 16, 1, tzinfo=UTC)):
        judged = submit_proposals(week_id, codes, actor=world.proposer)
    assert told(judged) == ["proposal.closed", None, "proposal.not_found"]
    assert [state_of(own) for own in (late, back, theirs)] == ["draft", "submitted", "draft"]


def test_whoever_also_reviews_hands_in_for_the_own_organisation_only(world: World) -> None:
    both = as_role(world.week, "proposer", "organisation", world.other.code, "both@example.org")
    with transaction():
        db.session.add(
            Grant(user_id=both.id, week_id=world.week.id, role="committee", scope_kind="committee", scope_code="")
        )
    user = db.session.get_one(User, both.id)
    back = world.submitted()
    world.review(back, RETURN, reason="补材料")
    assert told(submit_proposals(world.week.id, [back.code], actor=actor_of(user))) == ["permission.denied"]
    assert state_of(back) == "returned"


def test_a_tentative_session_that_cannot_follow_keeps_its_proposal_back(world: World) -> None:
    """Nothing of such a proposal is written, and the others go on."""
    own, good = world.submitted(), draft_of(world)
    plan_tentatively(world.week.id, own.code, actor=world.committee)
    world.review(own, RETURN, reason="改")
    with transaction():
        session = db.session.scalars(select(Session)).one()
        session.earliest, session.latest_end, session.duration_min = "09:00", "10:00", 60
        row = db.session.get_one(Proposal, own.id)
        row.earliest, row.latest_end, row.duration_min = "09:00", "10:00", 90
    judged = submit_proposals(world.week.id, [own.code, good.code], actor=world.proposer)
    assert told(judged) == [["duration_min"], None]
    kept = db.session.get_one(Proposal, own.id)
    assert (kept.state, kept.step, state_of(good)) == ("returned", "committee", "submitted")


def test_a_look_ahead_reads_as_much_for_many_as_for_one(world: World, statements: Any) -> None:
    counts = []
    for number in (1, 4):
        codes = [bare_draft(world).code for _n in range(number)]
        with statements() as seen:
            for one in foresee_submissions(world.week.id, codes, actor=world.proposer):
                assert one.proposal is not None and one.proposal.title.zh and one.proposal.organisation.name
        counts.append(len(seen))
    assert counts[0] == counts[1]


def draft_of(world: World) -> Proposal:
    """Give a complete draft."""
    return make_proposal(world.week, world.unit, world.proposer)


def state_of(own: Proposal) -> str:
    """Return the state as it stands."""
    return db.session.scalars(select(Proposal.state).where(Proposal.id == own.id)).one()


def count_mails() -> int:
    """Return how many mails proposals have sent."""
    return (
        db.session.scalar(select(func.count()).select_from(Message).where(Message.template == "programme/proposal"))
        or 0
    )


# --- becoming a session


def test_an_accepted_one_becomes_a_session_with_what_it_says(world: World) -> None:
    known = make_person("赵嘉宾", affiliation_zh="示例研究院")
    make_person("钱同名", affiliation_zh="甲大学")
    people = [
        {"name": "赵嘉宾", "affiliation": "示例研究院", "role": "chair"},
        {"name": "钱同名", "affiliation": "乙大学", "role": "speaker"},
        {"name": "孙未知", "role": "speaker"},
    ]
    own = world.submitted(days=["2027-04-13"], features=["stage"], people=people)
    session = world.review(own, ACCEPT).session
    assert session is not None and not session.tentative
    assert session.title == Bilingual("智能制造沙龙", "Smart manufacturing salon")
    assert (session.expected, session.duration_min, session.city.code) == (60, 150, "220100")
    assert [d.day.isoformat() for d in session.days] == ["2027-04-13"]
    assert [(o.organisation.code, o.role) for o in session.organisations] == [(world.unit.code, "organiser")]
    assert [(p.person.code, p.role) for p in session.people] == [(known.code, "chair")]


def test_its_owner_edits_what_was_left_open_and_nothing_else(world: World) -> None:
    own = world.review(world.submitted(), ACCEPT, open_fields=["abstract_zh", "expected"])
    week_id, code = world.week.id, own.code
    session = edit_accepted(week_id, code, {"abstract_zh": "五个案例。"}, version=None, actor=world.proposer)
    assert session.abstract_zh == "五个案例。"
    assert errors(
        lambda: edit_accepted(week_id, code, {"title_zh": "别的", "expected": 61}, version=None, actor=world.proposer)
    ) == [("title_zh", "proposal.field_closed")]
    assert (
        code_of(lambda: edit_accepted(week_id, code, {"expected": 61}, version=None, actor=world.rival))
        == "proposal.not_found"
    )
    assert (
        code_of(lambda: edit_accepted(week_id, code, {"expected": 61}, version=1, actor=world.proposer))
        == "version.stale"
    )
    permit = {"permit_required": True, "permit_status": "approved"}
    edit_session(session.code, permit, version=None, actor=SYSTEM)
    assert (
        code_of(lambda: edit_accepted(week_id, code, {"expected": 600}, version=None, actor=world.proposer))
        == "permit.locked"
    )
    assert errors(lambda: world.review(world.submitted(), ACCEPT, open_fields=["kind"])) == [
        ("open_fields", "choice.unknown")
    ]
    assert "kind" not in OPENABLE and "city" not in OPENABLE


def test_nothing_is_edited_before_acceptance(world: World) -> None:
    own = world.submitted()
    plan_tentatively(world.week.id, own.code, actor=world.committee)
    assert (
        code_of(lambda: edit_accepted(world.week.id, own.code, {"expected": 1}, version=None, actor=world.proposer))
        == "proposal.not_accepted"
    )


def test_acceptance_lifts_what_was_tentative(world: World) -> None:
    own = world.submitted()
    assert code_of(lambda: plan_tentatively(world.week.id, own.code, actor=world.proposer)) == "permission.denied"
    session = plan_tentatively(world.week.id, own.code, actor=world.committee).session
    assert session is not None and session.tentative
    assert plan_tentatively(world.week.id, own.code, actor=world.committee).session is session
    world.review(own, RETURN, reason="人数")
    edit_proposal(world.week.id, own.code, {"expected": 75}, version=None, actor=world.proposer)
    submit_proposal(world.week.id, own.code, actor=world.proposer)
    assert db.session.get_one(Session, session.id).expected == 75
    accepted = world.review(own, ACCEPT).session
    assert accepted is not None and (accepted.id, accepted.tentative) == (session.id, False)


@pytest.mark.parametrize("way", ["reject", "withdraw"])
def test_what_comes_to_nothing_takes_its_tentative_session_along(world: World, way: str) -> None:
    own = world.submitted()
    session = plan_tentatively(world.week.id, own.code, actor=world.committee).session
    assert session is not None
    if way == "reject":
        world.review(own, REJECT, reason="重复")
    else:
        withdraw_proposal(world.week.id, own.code, actor=world.proposer)
    gone = db.session.get_one(Session, session.id)
    assert gone.archived_at is not None and gone.tentative
    assert code_of(lambda: plan_tentatively(world.week.id, draft_of(world).code, actor=SYSTEM)) == "proposal.state"


# --- files


def test_files_lie_beside_a_proposal_and_only_its_owner_changes_them(world: World) -> None:
    own, week_id = draft_of(world), world.week.id
    put = add_proposal_file(week_id, own.code, b"plan of the hall", "plan.txt", largest=100, actor=world.proposer)
    same = add_proposal_file(week_id, own.code, b"plan of the hall", "plan.txt", largest=100, actor=world.proposer)
    assert same.code == put.code
    for n in range(MOST_FILES - 1):
        add_proposal_file(week_id, own.code, f"no {n}".encode(), "a.txt", largest=100, actor=world.proposer)

    def add(content: bytes, actor: Actor = world.proposer) -> object:
        return add_proposal_file(week_id, own.code, content, "a.txt", largest=100, actor=actor)

    assert code_of(lambda: add(b"one more")) == "proposal.files"
    assert code_of(lambda: add(b"")) == "upload.empty"
    assert code_of(lambda: add(b"x" * 101)) == "upload.too_large"
    assert code_of(lambda: add(b"theirs", world.rival)) == "proposal.not_found"
    assert code_of(lambda: add(b"theirs", world.committee)) == "permission.denied"
    remove_proposal_file(week_id, own.code, put.code, actor=world.proposer)
    remove_proposal_file(week_id, own.code, put.code, actor=world.proposer)
    assert len(get_proposal(week_id, own.code, world.proposer).files) == MOST_FILES - 1
    submit_proposal(week_id, own.code, actor=world.proposer)
    assert code_of(lambda: add(b"late")) == "proposal.state"


# --- what is forgotten


def test_contacts_go_half_a_year_after_the_week(world: World) -> None:
    own = world.submitted(people=[{"name": "孙嘉宾", "contact": "13900139000"}])
    with travel(datetime(2027, 10, 12, tzinfo=UTC)):
        assert purge_proposals() == 0
    with travel(datetime(2027, 10, 15, tzinfo=UTC)):
        assert (purge_proposals(), purge_proposals()) == (1, 0)
    gone = db.session.get_one(Proposal, own.id)
    assert (gone.contact_name, gone.contact_phone, gone.people) == ("", "", []) and gone.title.zh
    kept = db.session.scalars(select(Revision.personal).where(Revision.subject == "proposal")).all()
    assert "13800138000" not in str(kept) and "13900139000" not in str(kept)


# --- races


@pytest.mark.database
def test_two_reviewers_decide_at_once_and_one_of_them_counts(app: Flask) -> None:
    world = World()
    own = world.submitted()
    week_id, code, start, said = world.week.id, own.code, threading.Barrier(2), []
    second = as_role(world.week, "committee", email="second@example.org")

    def decide(move: ProposalMove, actor: Actor) -> None:
        with app.app_context():
            start.wait()
            try:
                said.append(str(review_proposal(week_id, code, move, reason="因为", actor=actor).state))
            except Refusal as refusal:
                said.append(refusal.code)
            finally:
                db.session.remove()

    db.session.commit()
    threads = [threading.Thread(target=decide, args=pair) for pair in ((ACCEPT, world.committee), (REJECT, second))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    fresh = db.session.get_one(Proposal, own.id, populate_existing=True)
    assert sorted(said) == sorted([fresh.state, "proposal.state"])
    assert db.session.scalar(select(func.count()).select_from(Session)) == (1 if fresh.state == "accepted" else 0)
    mails = select(func.count()).select_from(Message).where(Message.template == "programme/proposal")
    assert db.session.scalar(mails) == 2 and COMPLETE
