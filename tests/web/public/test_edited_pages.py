"""Pages that were edited, kept open in two tabs or sent too late: the server's own limits hold, said in Chinese."""

import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

from sqlalchemy import func, select

from eventweek.audit.actors import SYSTEM, VISITOR
from eventweek.kernel.clock import now, travel
from eventweek.kernel.db import db
from eventweek.registration.actions import (
    cancel_registration,
    close_offering,
    edit_offering,
    reissue_pass,
    set_class,
)
from eventweek.registration.models import AnswerFile, Attendee, Offering, Pass, Registration
from eventweek.registration.passes import manage_token_of, reminder_token_of
from eventweek.registration.queries import list_registrations
from tests.registration.test_asking import BUS, SIZE, STOP, ask
from tests.registration.test_forms import row
from tests.registration.test_identities import NUMBER, real_name
from tests.registration.world import book, counters, offering_of, phone, resize, state_of
from tests.web.public.conftest import Visitor
from tests.web.public.test_my_week import registration, the_pass

NewVisitor = Callable[[], Visitor]
BASKET = "/w/jl2026/basket"
PERSON = {"name": "示例丁卯", "phone": "13800431280", "consent": "y"}


def count(model: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def alerts(page: str) -> str:
    """Return what a page says aloud, and see that no code and no English of ours is in it."""
    said = " ".join(re.sub(r"<[^>]+>", " ", one) for one in re.findall(r'role="alert".*?</div></div>', page, re.S))
    assert said and not re.search(r"[a-z]{3,}[._][a-z]{3,}|Traceback|Error|None", said), said
    return said


def edit(code: str, **values: object) -> None:
    own = db.session.scalars(select(Offering).where(Offering.code == code)).one()
    edit_offering(code, values, version=own.version, actor=SYSTEM)


def test_questions_left_out_or_added_by_hand_are_judged_by_the_server(visitor: NewVisitor) -> None:
    own, code = visitor(), offering_of("rs-ei-2").code
    ask("week", "jl2026", SIZE)
    ask("offering", code, BUS, STOP)
    own.pick("rs-ei-2")
    left_out = own.send()
    assert left_out.status_code == 422 and "请回答这个问题" in alerts(left_out.text)
    half = own.send(**{"answers.size": "none", f"{code}.answers.bus": "yes"})  # what the answer opens is required too
    assert half.status_code == 422 and count(Registration) == 0
    unknown = own.send(**{"answers.size": "fish", f"{code}.answers.bus": "no"})
    assert unknown.status_code == 422 and "所选的不在选项里" in alerts(unknown.text)
    hidden = {f"{code}.answers.stop": "没有人问", f"{code}.answers.invented": "x", "answers.invented": "x"}
    done = own.send(**{"answers.size": "none", f"{code}.answers.bus": "no"}, **hidden)
    assert done.status_code == 303
    assert registration().answers == {"size": "none", "bus": "no"}


def test_seats_beyond_the_limit_of_the_session_are_refused(visitor: NewVisitor) -> None:
    own, code = visitor(), offering_of("rs-ei-2").code
    own.pick("rs-ei-2")
    seats = f"seats-{own.code('rs-ei-2')}"
    for party in ("6", "50", "9999"):
        refused = own.send(**{seats: party})
        assert refused.status_code == 422 and "一次最多 5 人" in alerts(refused.text)
    edit(code, max_party=2)
    assert "一次最多 2 人" in alerts(own.send(**{seats: "3"}).text)
    real_name("rs-ei-2")
    named = {"id_type": "resident", "id_number": NUMBER, "consent.sensitive": "yes"}
    assert "一次最多 1 人" in alerts(own.send(**named, **{seats: "2"}).text)
    assert count(Registration) == count(Attendee) == 0 and counters(code) == (0, 0)


def test_a_slot_of_something_else_is_no_slot(visitor: NewVisitor) -> None:
    own = visitor()
    own.pick("ex-main-3")
    for code in (offering_of("rs-ei-2").code, offering_of("ex-main-2", 1).code, "\x00", "x" * 5000):
        refused = own.send(**{f"slot-{own.code('ex-main-3')}": code})
        assert refused.status_code == 422 and "先选一个时段" in alerts(refused.text)
    assert count(Registration) == 0


def test_what_closed_while_the_form_was_open_is_refused_in_words(visitor: NewVisitor) -> None:
    own, code = visitor(), offering_of("rs-ei-2").code
    own.pick("rs-ei-2")
    kept = own.hidden(BASKET)
    close_offering(code, actor=SYSTEM)
    late = own.client.post(BASKET, data=kept | PERSON)
    assert late.status_code == 422 and "截止" in late.text and count(Registration) == 0


def test_a_form_in_two_tabs_registers_once(visitor: NewVisitor) -> None:
    own, code = visitor(), offering_of("rs-ei-2").code
    own.pick("rs-ei-2")
    first, second = own.hidden(BASKET), own.hidden(BASKET)
    assert first["key"] != second["key"]
    assert own.client.post(BASKET, data=first | PERSON).status_code == 303
    for tab in (first, second):  # sent twice by a slow network, and from the other tab: the basket is empty by now
        again = own.client.post(BASKET, data=tab | PERSON)
        assert (again.status_code, again.location) == (303, "/my")
    own.pick("rs-ei-2")
    holder = own.client.post(BASKET, data=second | {"who": the_pass().code})
    assert holder.status_code == 422 and "你已经报了这一项" in alerts(holder.text)
    assert count(Registration) == count(Attendee) == 1 and counters(code) == (1, 0)


def test_two_tabs_of_my_week_do_one_thing(visitor: NewVisitor) -> None:
    own, code = visitor(), offering_of("rs-ei-2").code
    own.register("rs-ei-2")
    path = f"/my/registrations/{registration().code}"
    cancel, seats = own.hidden(f"{path}/cancellation"), own.hidden(f"{path}/seats")
    for _tab in range(2):
        assert own.client.post(f"{path}/cancellation", data=cancel).status_code == 303
    late = own.client.post(f"{path}/seats", data=seats | {"seats": "3"})
    assert late.status_code == 422 and "这个报名已经结束" in late.text and counters(code) == (0, 0)
    person = {"name": "示例庚午", "phone": "13800431299", "consent": "y"}
    handed = own.client.post(f"{path}/handover", data=seats | person)
    assert handed.status_code == 422 and "只有已报上的名额能换人" in alerts(handed.text)
    moved = own.client.post(f"{path}/move", data=seats | {"to": offering_of("rs-nm-1").code})
    assert moved.status_code == 422 and alerts(moved.text)
    assert registration().state == "cancelled" and count(Attendee) == 1


def test_a_move_to_what_is_not_offered_is_refused(visitor: NewVisitor) -> None:
    own = visitor()
    own.register("rs-ei-2")
    mine = registration().code
    path, sent = f"/my/registrations/{mine}/move", own.hidden("/my/forgetting")
    reviewed = offering_of("rs-nm-1").code
    resize(reviewed, 5, mode="approval")
    hidden = db.session.scalars(select(Offering.code).where(Offering.mode == "media")).first()
    for to, words in ((reviewed, "不能直接换过去"), (str(hidden), ""), (offering_of("op-main").code, "")):
        refused = own.client.post(path, data=sent | {"to": to})
        assert refused.status_code == 422 and words in alerts(refused.text)
    assert (state_of(mine), counters(reviewed)) == ("confirmed", (0, 0))


def test_an_offer_that_has_passed_says_so(visitor: NewVisitor) -> None:
    code = offering_of("rs-ei-2").code
    resize(code, 1)
    set_class(code, "public", cap=1, consent=True, actor=SYSTEM)
    other = book(code, phone=phone(1))[0].registration
    own = visitor()
    own.register("rs-ei-2")
    cancel_registration(other, actor=SYSTEM)
    mine, token = registration().code, own.hidden("/my/forgetting")
    with travel(now() + timedelta(days=1)):
        late = own.client.post(f"/my/registrations/{mine}/acceptance", data=token, follow_redirects=True)
        assert "确认的时间已过" in late.text and "已确认，到时见" not in late.text
    assert state_of(mine) != "confirmed"


def test_links_that_are_over_are_answered_and_change_nothing(visitor: NewVisitor) -> None:
    own, stranger = visitor(), visitor()
    own.register("rs-ei-2")
    held, [facts] = the_pass(), list_registrations(the_pass().id)
    day = f"{facts.starts + timedelta(hours=8):%Y-%m-%d}"
    reminder, link = f"/r/{held.code}/{day}/{reminder_token_of(held, day)}", manage_token_of(held)
    sent, asked = own.hidden(reminder) | {"registration": facts.code}, f"/my/registrations/{facts.code}/cancellation"
    confirm = own.hidden(asked)
    with travel(facts.starts + timedelta(minutes=1)):
        late = own.client.post(reminder, data=sent, follow_redirects=True)
        assert "活动已经开始" in late.text and state_of(facts.code) == "confirmed"
        refused = own.client.post(asked, data=confirm)
        assert 400 <= refused.status_code < 500 and "活动已经开始" in refused.text
    reissue_pass(held.code, actor=VISITOR, owner=held.id)
    for path in (reminder, f"/m/{link}"):
        gone = stranger.client.get(path)
        assert gone.status_code == 404 and "示例丁卯" not in gone.text and "找回入场码" in gone.text
    assert count(Pass) == 1 and state_of(facts.code) == "confirmed"


def test_a_file_that_somebody_answered_with_opens_on_their_device_only(visitor: NewVisitor) -> None:
    own, stranger, code = visitor(), visitor(), offering_of("rs-ei-2").code
    ask("offering", code, row("plan", "file"))
    own.pick("rs-ei-2")
    done = own.send(**{f"{code}.answers.plan": (BytesIO(b"%PDF-1.7\n...\n%%EOF\n"), "plan.html")})  # type: ignore[arg-type]
    assert done.status_code == 303
    stranger.register("fo-02", phone="13800431281")
    path = f"/my/files/{db.session.scalars(select(AnswerFile.code)).one()}"
    with own.client.get(path) as mine:
        assert mine.data.startswith(b"%PDF") and mine.mimetype == "application/pdf"  # by its bytes, not by its name
        assert "attachment" in mine.headers["Content-Disposition"] and "plan.pdf" in mine.headers["Content-Disposition"]
        assert mine.headers["X-Content-Type-Options"] == "nosniff"
    for device in (stranger, visitor()):
        assert device.client.get(path).status_code == device.client.get("/my/files/none").status_code == 404
