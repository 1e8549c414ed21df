"""Badges: who gets one, what stands on it, what its code holds; again is counted; nobody else may see them."""

import io
import json
import re
from collections.abc import Iterator
from datetime import timedelta

import pypdf
import pytest
import typst
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select, update

from eventweek import worker
from eventweek.audit.actors import SYSTEM, Actor, GrantValue
from eventweek.audit.models import AuditEntry
from eventweek.checkin.queries.sessions import DoorSession
from eventweek.kernel import files
from eventweek.kernel.clock import travel
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.kernel.limits import init_limits
from eventweek.kernel.typesetting import FONTS
from eventweek.language.printing import paper_tongue
from eventweek.printing.actions import order_print, print_badge
from eventweek.printing.badges import count_prints, list_badges, values_of_badges
from eventweek.printing.holders import PAPERS
from eventweek.printing.models import PrintJob
from eventweek.printing.rules import Wish
from eventweek.programme.actions.weeks import edit_week
from eventweek.programme.models import Person, PersonContact, Week
from eventweek.registration.actions.passes import reissue_pass
from eventweek.registration.models import Attendee, Pass, Registration
from eventweek.registration.passes import token_of
from eventweek.scheduling.queries import list_published
from eventweek.ticketing.qr import svg
from tests.conftest import SignIn
from tests.factories.door import demo_week_id, make_device, make_gate, make_pass, open_sessions
from tests.factories.keys import make_key

WEEK, API = "/desk/w/jl2026", "/api/v1/desk/weeks/jl2026"
MM = 72 / 25.4


@pytest.fixture
def session(demo_app: Flask) -> Iterator[DoorSession]:
    """Give a session of the demo week with one person of each class, a day before."""
    own = open_sessions()[0]
    demo_app.config["WTF_CSRF_ENABLED"] = False
    init_limits("")
    for number, (name, cls) in enumerate((("示例参会", "public"), ("示例特邀", "invited"), ("示例媒体", "media"))):
        held = make_pass(own, name=name, phone=f"+8613800139{number:03}")
        with transaction():
            seat = update(Registration).where(Registration.attendee_id == held.attendee_id)
            db.session.execute(seat.values(cls=cls))
        reissue_pass(held.pass_code, actor=SYSTEM)
    with travel(own.start - timedelta(days=1)):
        yield own


def week() -> Week:
    return db.session.get_one(Week, demo_week_id())


def named(name: str) -> Pass:
    return db.session.scalars(select(Pass).join(Pass.attendee).where(Attendee.name == name)).one()


def printed(part: dict[str, str], sheet: str = "card", language: str = "zh", actor: Actor = SYSTEM) -> PrintJob:
    code = order_print(demo_week_id(), Wish("badges", sheet, language, part=part), actor=actor).code
    worker.work_off()
    db.session.rollback()
    return db.session.scalars(select(PrintJob).where(PrintJob.code == code)).one()


def words_of(pdf: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return "".join("".join(page.extract_text() for page in pages).split()).replace("\u200b", "")


def test_one_for_each_by_class_with_speakers_first(session: DoorSession) -> None:
    found = list_badges(week(), {"session": session.code}, SYSTEM)
    people = next(one for one in list_published(demo_week_id()) if one.code == session.code).facts["people"]
    assert [str(one.role) for one in found] == ["speaker"] * len(people) + ["media", "guest", "visitor"]
    assert {one.name["zh"] for one in found} >= {"示例参会", "示例特邀", "示例媒体"} | {one["zh"] for one in people}
    only = list_badges(week(), {"session": session.code, "role": "media"}, SYSTEM)
    assert [one.name["zh"] for one in only] == ["示例媒体"]
    job = printed({"session": session.code, "role": "guest"})
    text = words_of(files.read(job.file or ""))
    assert "示例特邀" in text and "特邀" in text and "示例媒体" not in text and job.pages == 1


def test_who_does_not_come_to_the_room_gets_none(session: DoorSession) -> None:
    for change in ({"state": "cancelled"}, {"state": "confirmed", "cls": "online"}):
        with transaction():
            own = update(Registration).where(Registration.attendee_id == named("示例参会").attendee_id)
            db.session.execute(own.values(**change))
        assert "示例参会" not in {one.name["zh"] for one in list_badges(week(), {"session": session.code}, SYSTEM)}


def test_a_speaker_who_registered_has_one_badge_with_the_pass(session: DoorSession) -> None:
    published = next(one for one in list_published(demo_week_id()) if one.facts["people"] and not one.cancelled)
    code = published.facts["people"][0]["code"]
    own = named("示例参会")
    with transaction():
        person = db.session.scalars(select(Person).where(Person.code == code)).one()
        known = db.session.get(PersonContact, person.id)
        if known:
            known.email = "Speaker@example.org"
        else:
            db.session.add(PersonContact(person_id=person.id, email="Speaker@example.org"))
        db.session.execute(update(Attendee).where(Attendee.id == own.attendee_id).values(email="speaker@example.org"))
    found = list_badges(week(), {}, SYSTEM)
    assert [one.role for one in found if one.own and one.own.id == own.id] == ["speaker"]


@pytest.mark.parametrize(
    ("sheet", "width", "height"), [("card", 86, 54), ("lanyard", 90, 130), ("a6", 105, 148), ("a4-cards", 210, 297)]
)
def test_sizes_are_what_they_are_called(session: DoorSession, sheet: str, width: int, height: int) -> None:
    job = printed({"session": session.code}, sheet)
    pages = pypdf.PdfReader(io.BytesIO(files.read(job.file or ""))).pages
    box = pages[0].mediabox
    assert (round(box.width / MM), round(box.height / MM)) == (width, height)
    count = len(list_badges(week(), {"session": session.code}, SYSTEM))
    assert len(pages) == (-(-count // 10) if sheet == "a4-cards" else count)


HOSTILE = [
    "阿卜杜热依木·㛃𬱖鿫·买买提艾力",
    "W" * 50,
    "欧阳" * 25,
    '#set page(fill: red) #panic("x") $x^2$',
    "王 敏",
    "مرحبا",
]


@pytest.mark.parametrize("sheet", ["card", "lanyard", "a6", "a4-cards"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_long_and_rare_names_and_no_organisation_stay_on_their_badge(
    session: DoorSession, sheet: str, language: str
) -> None:
    own, tongue = named("示例参会"), paper_tongue(language)
    for name, unit in zip(
        HOSTILE, ("", "长春理工大学光电信息科学与工程学院" * 5, "", "R" * 100, "某单位", ""), strict=True
    ):
        with transaction():
            row = update(Attendee).where(Attendee.id == own.attendee_id)
            db.session.execute(row.values(name=name, organisation=unit))
        badges = list_badges(week(), {"people": own.code}, SYSTEM)
        values = values_of_badges(week(), badges, Wish("badges", sheet, language), tongue, "https://week.example", svg)
        assert _page_count(values) == 1
        if sheet != "a4-cards":
            assert _inked(values, sheet) == [], name


def _inked(values: dict[str, object], sheet: str) -> list[int]:
    """Return the columns under the head that have to be white and are not: the margins, and beside the code."""
    made = io.BytesIO(_typeset(values, "png"))
    picture, per_mm = Image.open(made).convert("L"), 254 / 25.4
    gaps, band = (
        {"card": ([1, 3], [54.4, 56.2], [82, 85]), "lanyard": ([1, 4], [86, 89]), "a6": ([1, 4], [101, 104])}[sheet],
        {"card": 43, "lanyard": 109, "a6": 127}[sheet],
    )
    columns = [x for low, high in gaps for x in range(round(low * per_mm), round(high * per_mm))]
    return [
        x for x in columns if min(picture.crop((x, round(9 * per_mm), x + 1, round(band * per_mm))).tobytes()) < 128
    ]


def _typeset(values: dict[str, object], form: str, ppi: int = 254) -> bytes:
    given, template = {"values": json.dumps(values, ensure_ascii=False)}, PAPERS / "badges.typ"
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[FONTS])
    more = {"font_paths": fonts, "sys_inputs": given, "ignore_system_fonts": True}
    made = typst.compile(template, root=template.parent, format=form, ppi=ppi, **more)
    assert isinstance(made, bytes)
    return made


def _page_count(values: dict[str, object]) -> int:
    made = _typeset(values, "pdf")
    return len(pypdf.PdfReader(io.BytesIO(made)).pages)


def test_the_code_is_the_pass_and_holds_nothing_else(session: DoorSession) -> None:
    own = named("示例参会")
    values = values_of_badges(
        week(),
        list_badges(week(), {"people": own.code}, SYSTEM),
        Wish("badges", "card"),
        paper_tongue("zh"),
        "https://week.example",
        svg,
    )
    picture = _typeset(values, "png", 200)
    read = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))
    assert [one.text for one in read] == [f"HTTPS://WEEK.EXAMPLE/T/{token_of(own)}"]


def test_again_is_counted_and_recorded(session: DoorSession) -> None:
    own = named("示例参会")
    code, pass_id = own.code, own.id
    for language in ("zh", "en"):
        assert printed({"people": code}, language=language).state == "done"
    assert count_prints(demo_week_id(), [pass_id]) == {pass_id: 2}
    print_badge(demo_week_id(), code, paper_tongue("zh"), "https://week.example", actor=SYSTEM)
    assert count_prints(demo_week_id(), [pass_id]) == {pass_id: 3}
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "badge.print").order_by(AuditEntry.id))
    assert [(one.subject, one.changes) for one in entries] == [
        ("print_job", {"people": 1, "again": 0}),
        ("print_job", {"people": 1, "again": 1}),
        ("pass", {"people": 1, "again": 1}),
    ]
    assert "示例" not in str([one.changes for one in db.session.scalars(select(AuditEntry))])


def test_what_cannot_be_printed_is_said(session: DoorSession) -> None:
    def at(part: dict[str, str], sheet: str = "card") -> dict[str, str]:
        with pytest.raises(Invalid) as caught:
            order_print(demo_week_id(), Wish("badges", sheet, part=part), actor=SYSTEM)
        return {one.field: one.code for one in caught.value.errors}

    own = named("示例参会")
    assert at({}, "a4") == {"sheet": "print.sheet"}
    assert at({"people": ","}) == {"people": "print.chosen"}
    assert at({"people": own.code, "session": session.code}) == {"people": "print.chosen"}
    assert at({"people": ",".join(f"x{n}" for n in range(101))}) == {"people": "print.chosen"}
    assert at({"people": f"{own.code},nobody"}) == {"people": "print.unknown"}
    assert at({"role": "king"}) == {"role": "print.unknown"} and at({"session": "x"}) == {"session": "print.unknown"}
    with pytest.raises(Refusal, match="print.no_badges"):
        order_print(demo_week_id(), Wish("badges", part={"role": "media", "city": "222400"}), actor=SYSTEM)


def test_a_city_prints_its_own_and_no_others(session: DoorSession) -> None:
    published = next(one for one in list_published(demo_week_id()) if one.code == session.code)
    city = published.facts["city"]["code"]
    here, there = (
        Actor("city", grants=(GrantValue("city", demo_week_id(), "city", code),)) for code in (city, "999999")
    )
    part, people = {"session": session.code}, {"people": named("示例参会").code}
    for good in (part, {"city": city}, people):
        assert order_print(demo_week_id(), Wish("badges", part=good), actor=here).code
    for actor, wrong in ((here, {}), (there, part), (there, people)):
        with pytest.raises(Refusal, match="print.beyond"):
            order_print(demo_week_id(), Wish("badges", part=wrong), actor=actor)
    reader = Actor("reader", grants=(GrantValue("reader"),))
    with pytest.raises(Refusal, match="permission.denied"):
        order_print(demo_week_id(), Wish("badges", part=part), actor=reader)


def test_from_the_desk_and_from_a_person(demo_app: Flask, session: DoorSession, sign_in: SignIn) -> None:
    desk = sign_in(demo_app, "committee")
    assert f"{WEEK}/badges" in desk.get(f"{WEEK}/registrations").text
    page = desk.get(f"{WEEK}/badges").text
    assert session.code in page and "A4 一页十张卡片" in page
    form = {"paper": "badges", "session": session.code, "role": "media", "sheet": "lanyard", "language": "zh"}
    made = desk.post(f"{WEEK}/prints", data=form)
    assert made.status_code == 303
    worker.work_off()
    shown = desk.get(made.location).text
    assert "做好了，1 页" in shown and "挂牌 90 × 130 毫米" in shown and "媒体" in shown
    paper = desk.get(f"{made.location}/paper.pdf")
    assert "示例媒体" in words_of(paper.data) and paper.headers["Cache-Control"] == "no-store"
    own = named("示例媒体")
    code = db.session.scalars(select(Registration.code).where(Registration.attendee_id == own.attendee_id)).one()
    person = desk.get(f"{WEEK}/registrations/{code}").text
    assert "印过 1 次" in person and f'name="people" value="{own.code}"' in person
    wrong = desk.post(f"{WEEK}/prints", data={"paper": "badges", "people": "x"})
    assert wrong.status_code == 422 and "这一届里没有它" in wrong.text
    other = sign_in(demo_app, "reader")
    assert other.get(f"{WEEK}/badges").status_code == 403 and other.get(made.location).status_code == 404
    assert other.post(f"{WEEK}/prints", data=form).status_code == 403


def test_programs_print_badges(demo_client: FlaskClient, session: DoorSession) -> None:
    _key, key = make_key("jl2026")
    body = {"paper": "badges", "session": session.code, "sheet": "a4-cards"}
    made = demo_client.post(f"{API}/prints", json=body, headers=key | {"Idempotency-Key": "once"})
    assert made.status_code == 201
    worker.work_off()
    assert "示例媒体" in words_of(demo_client.get(f"{made.location}/paper", headers=key).data)
    wrong = demo_client.post(f"{API}/prints", json=body | {"people": "x,y"}, headers=key | {"Idempotency-Key": "b"})
    assert wrong.status_code == 422 and wrong.json and wrong.json["errors"][0]["code"] == "print.chosen"


@pytest.mark.parametrize(("profile", "status"), [("scan", 403), ("find", 200), ("lead", 200)])
def test_at_the_door_one_is_printed_on_the_scan(
    demo_app: Flask, session: DoorSession, profile: str, status: int
) -> None:
    edit_week("jl2026", {"badge_sheet": "a6"}, version=None, actor=SYSTEM)
    gate, own = make_gate(session), named("示例参会")
    token = token_of(own)
    held = make_pass(session, name="示例扫码", phone="+8613800139123")
    shown = token_of(reissue_pass(held.pass_code, actor=SYSTEM))
    with travel(session.start):
        device, key = make_device(profile)
        phone = demo_app.test_client()
        phone.set_cookie("eventweek-door", key)
        here = f"/gate/at/{gate.code}/{session.code}"
        page = phone.post(f"{here}/scans", data={"seq": "1", "kind": "in", "code": shown}).text
        assert ("印胸牌" in page) == (profile != "scan") and "示例扫码" in page
        answer = phone.post(f"{here}/badges", data={"code": shown})
        assert answer.status_code == status
        if status == 200:
            assert "示例扫码" in words_of(answer.data) and answer.headers["Cache-Control"] == "no-store"
            box = pypdf.PdfReader(io.BytesIO(answer.data)).pages[0].mediabox
            assert round(box.width / MM) == 105 and count_prints(demo_week_id(), [held.pass_id])
            found = phone.post(f"{here}/badges", data={"pass_code": own.code})
            assert "示例参会" in words_of(found.data) and not re.search(
                "示例|138", found.headers["Content-Disposition"]
            )
            entry = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "badge.print")).first()
            assert entry and entry.actor == f"device:{device.code}"
            for bad in ({}, {"code": "x"}, {"pass_code": "%00"}, {"code": token[:-1]}):
                assert phone.post(f"{here}/badges", data=bad).status_code == 404, bad
    stranger = demo_app.test_client().post(f"{here}/badges", data={"code": shown})
    assert stranger.status_code == 403


def test_an_archived_week_prints_and_counts_none(session: DoorSession) -> None:
    own = named("示例参会")
    with transaction():
        db.session.execute(update(Week).where(Week.id == demo_week_id()).values(state="archived"))
    with pytest.raises(Refusal, match="week.archived"):
        order_print(demo_week_id(), Wish("badges", part={"people": own.code}), actor=SYSTEM)
    with pytest.raises(Refusal, match="week.archived"):
        print_badge(demo_week_id(), own.code, paper_tongue("zh"), "https://week.example", actor=SYSTEM)
    assert count_prints(demo_week_id(), [own.id]) == {}


def test_a_pass_whose_key_is_gone_spoils_no_batch(session: DoorSession) -> None:
    lost = make_pass(session, name="示例无钥", phone="+8613800139200")
    job = printed({"session": session.code, "role": "visitor"})
    assert job.state == "done" and "示例无钥" in words_of(files.read(job.file or ""))
    with pytest.raises(Refusal, match="pass.key_missing"):
        print_badge(demo_week_id(), lost.pass_code, paper_tongue("zh"), "https://week.example", actor=SYSTEM)
