"""Invitations on a visitor's phone: the link leaves no code behind and opens what nobody else sees."""

from collections.abc import Callable

from sqlalchemy import select

from eventweek.audit.actors import SYSTEM
from eventweek.kernel.clock import now
from eventweek.kernel.db import db
from eventweek.programme.queries import find_current_week
from eventweek.registration.actions import edit_offering, revoke_invitation
from eventweek.registration.guests import Guest
from eventweek.registration.models import Registration
from eventweek.scheduling.queries import list_public_sessions
from tests.registration.test_invitations import hide, made
from tests.registration.world import offering_of
from tests.web.public.conftest import Code, Visitor

NewVisitor = Callable[[], Visitor]
PAGE = "/w/jl2026/invitation"


def test_a_link_opens_a_hidden_session_and_registers_for_it(visitor: NewVisitor, code: Code) -> None:
    hide("rs-ei-2")
    one, guest, stranger = made("rs-ei-2"), visitor(), visitor()
    session = code("rs-ei-2")
    stranger.pick("rs-ei-2")
    assert f'id="b-{session}"' not in stranger.client.get("/w/jl2026/basket").text
    for path in (f"/w/jl2026/s/{session}", f"/w/jl2026/s/{session}.ics"):
        assert stranger.client.get(path).status_code == 404
    for path in ("/w/jl2026/programme", "/w/jl2026/timetable", "/sitemap.xml", "/w/jl2026/", "/w/jl2026/calendar.ics"):
        assert session not in stranger.client.get(path, follow_redirects=True).text
    answer = guest.client.get(f"/w/jl2026/i/{one.token.lower()}")
    assert (answer.status_code, answer.headers["Location"]) == (303, PAGE)
    assert (answer.headers["Cache-Control"], answer.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    page = guest.client.get(PAGE)
    assert page.headers["Cache-Control"] == "no-store" and one.token not in page.text and "noindex" in page.text
    assert "接受邀请，填表报名" in page.text and session in page.text
    assert guest.client.get(f"/w/jl2026/s/{session}").status_code == 404
    done = guest.register("rs-ei-2")
    row = db.session.scalars(select(Registration)).one()
    assert (row.cls, row.state) == ("invited", "confirmed") and "示例丁卯" in done.text
    week = guest.client.get("/my").text
    assert f"/s/{session}" not in week and "已报名" in week
    assert "这个邀请已经用过" in guest.client.get(PAGE).text
    assert visitor().client.get(f"/w/jl2026/i/{one.token}").status_code == 410


def test_a_typed_code_is_taken_and_every_no_says_why(visitor: NewVisitor) -> None:
    one, own = made("rs-ei-2"), visitor()
    sent = own.hidden(PAGE)
    typed = own.client.post(PAGE, data=sent | {"invitation": "-".join((one.token[:8], one.token[8:]))})
    assert (typed.status_code, typed.headers["Location"]) == (303, PAGE)
    for wrong in ("0" * 16, "", "x" * 5000, "\u202e\0'"):
        answer = own.client.post(PAGE, data=sent | {"invitation": wrong})
        assert answer.status_code == 422 and "没有这个邀请码" in answer.text
    assert own.client.get("/w/jl2026/i/0000000000000000").status_code == 404
    assert own.client.get(f"/w/none/i/{one.token}").status_code == 404
    revoke_invitation(offering_of("rs-ei-2").code, one.row.code, actor=SYSTEM)
    assert "已被主办方收回" in own.client.get(PAGE).text
    answer = visitor().client.get(f"/en/w/jl2026/i/{one.token}")
    assert answer.status_code == 410 and "withdrawn" in answer.text


def test_a_used_invitation_leaves_a_public_session_as_open_as_it_was(visitor: NewVisitor) -> None:
    one, own = made("rs-ei-2"), visitor()
    own.client.get(f"/w/jl2026/i/{one.token}")
    revoke_invitation(offering_of("rs-ei-2").code, one.row.code, actor=SYSTEM)
    own.register("rs-ei-2")
    assert db.session.scalars(select(Registration.cls)).all() == ["public"]


def test_somebody_else_is_told_that_it_is_not_for_them(visitor: NewVisitor) -> None:
    guest, own = made("rs-ei-2", guests=_guest(), locked=True), visitor()
    own.client.get(f"/w/jl2026/i/{guest.token}")
    own.pick("rs-ei-2")
    answer = own.send()
    assert answer.status_code == 422 and "只给受邀的本人" in answer.text
    assert own.send(email="wang@example.org").status_code == 303


def test_guessing_is_counted(visitor: NewVisitor) -> None:
    own = visitor()
    answers = list[int]()
    while 410 not in answers and len(answers) < 100:  # a new minute counts anew
        answers.append(own.client.get(f"/w/jl2026/i/{len(answers):016d}").status_code)
    assert len(answers) > 20 and set(answers[:-1]) == {404} and answers[-1] == 410
    assert "太" in own.client.get("/w/jl2026/i/0000000000000000").text


def _guest() -> list[Guest]:
    return [Guest("王敏", email="wang@example.org")]


def test_the_device_keeps_only_so_many(visitor: NewVisitor) -> None:
    own, several = visitor(), [made("rs-ei-2") for _n in range(12)]
    for one in several:
        own.client.get(f"/w/jl2026/i/{one.token}")
    page = own.client.get(PAGE).text
    assert several[-1].row.code in page and several[0].row.code not in page


def test_the_page_of_a_session_by_invitation_leads_to_the_code(visitor: NewVisitor) -> None:
    pages = [visitor().client.get(f"/w/jl2026/s/{s}").text for s in _by_invitation()]
    assert pages and all("有邀请码" in page and PAGE in page for page in pages)


def _by_invitation() -> list[str]:
    week = find_current_week()
    assert week
    found = [s for s in list_public_sessions(week.id) if s.facts["registration"] == "invite+quota" and s.end > now()]
    return [s.code for s in found if not s.cancelled][:3]


def test_a_code_that_somebody_else_used_up_is_said_in_the_basket(visitor: NewVisitor) -> None:
    row = offering_of("rs-ei-2")
    edit_offering(row.code, {"mode": "invite+quota"}, version=row.version, actor=SYSTEM)
    one, first, second = made("rs-ei-2", count=1, uses=1), visitor(), visitor()
    for own in (first, second):
        own.client.get(f"/w/jl2026/i/{one.token}")
        own.pick("rs-ei-2")
    assert first.send().status_code == 303
    late = second.send(phone="13800431281")
    assert late.status_code == 422 and "这个邀请已经用过" in late.text and "选的场次现在都报不了" in late.text
