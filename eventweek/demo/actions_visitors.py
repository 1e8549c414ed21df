"""Who registered for the demo week in the days before it, and what two of its sessions ask; the same at each load.

Names are 示例 with two signs of the sixty-year cycle, addresses end in `.example`, which is nobody's (RFC 2606).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from eventweek.audit.actions import record
from eventweek.audit.actors import DEMO, VISITOR
from eventweek.demo.source import SOURCE
from eventweek.kernel.clock import travel
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import Refusal
from eventweek.outbox.actions import drop_messages
from eventweek.programme.models import Session, Week
from eventweek.registration.actions import Basket, Item, edit_offering, register, review_registrations, write_questions
from eventweek.registration.enums import Verdict
from eventweek.registration.models import Attendee, Offering, OfferingSession
from eventweek.registration.queries.forms import OFFERING

STEMS, BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
UNITS = ("示例大学", "示例科技有限公司", "示例研究院", "示例孵化器", "")
MEALS = ("any", "any", "halal", "none", "vegetarian")
PROJECTS = ("示例智能巡检", "示例冰雪装备", "示例育种数据", "示例光谱检测")
WISHES = ("怎样找到第一个客户。", "股权在团队里怎么分。", "学校的专利怎么转出来。", "想认识做硬件的同学。")
FORUM, SALON, CAMP = "fo-06", "sa-04", "camp-b-1"
DAYS_BEFORE = 6
"""So many days before the first day of the week the first of them registers."""


def make_demo_visitors() -> None:
    """Let two sessions ask and people register for three; needs a demo week that nobody has registered for.

    One session is reviewed, one in two steps; some applications are decided on, most wait. No message goes out.
    """
    with transaction():
        week = db.session.scalar(select(Week).where(Week.demo))
        if week is None or db.session.scalar(select(Attendee.id).limit(1)):
            return
        codes = {key: _offering(week, key) for key in (FORUM, SALON, CAMP)}
        for key, asked in _questions().items():
            _ask(week, codes[key], asked)
        people = _people(week)
        _fill(week, people, codes[FORUM], 24, _forum)
        salon = _fill(week, people, codes[SALON], 12, _salon)
        camp = _fill(week, people, codes[CAMP], 7, lambda _n: {})
        _review(week, salon, camp)
        drop_messages(week.code)
        record(DEMO, "demo.visitors", "week", week.code, week_id=week.id, people=24 + len(salon) + len(camp))


def _questions() -> Mapping[str, Any]:
    asked: Mapping[str, Any] = json.loads(Path(__file__).with_name("questions.json").read_text(encoding="utf-8"))
    return asked


def _offering(week: Week, key: str) -> str:
    query = select(Offering.code).join(Offering.sessions).join(OfferingSession.session)
    return db.session.scalars(query.where(Offering.week_id == week.id, Session.source_key == f"{SOURCE}:{key}")).one()


def _ask(week: Week, code: str, asked: Mapping[str, Any]) -> None:
    write_questions(week.id, OFFERING, code, {"questions": asked["questions"]}, version=None, actor=DEMO)
    own = db.session.scalars(select(Offering).where(Offering.code == code)).one()
    edit_offering(code, {"consents": asked["consents"]}, version=own.version, actor=DEMO)


def _people(week: Week) -> Iterator[tuple[dict[str, Any], datetime]]:
    """Give one person after the other, each some hours after the one before."""
    first = datetime(week.first_day.year, week.first_day.month, week.first_day.day, tzinfo=UTC)
    for number in range(60):
        name = f"示例{STEMS[number % 10]}{BRANCHES[number % 12]}"
        email = f"visitor{number + 1:02d}@demo.example"
        at = first - timedelta(days=DAYS_BEFORE) + timedelta(hours=3 * number, minutes=7 * number % 60)
        yield {"name": name, "email": email, "organisation": UNITS[number % len(UNITS)]}, at


def _fill(week: Week, people: Iterator[tuple[dict[str, Any], datetime]], code: str, count: int, say: Any) -> list[str]:
    """Let so many people register for an offering; return the codes of their registrations."""
    found = []
    for number in range(count):
        who, at = next(people)
        said = say(number)
        agreed = {purpose: "" for purpose in said.pop("consents", ())}
        item = Item(code, 2 if number % 9 == 4 else 1, said)
        basket = Basket(week.id, (item,), **who, consent=True, consents=agreed)
        with travel(at):
            found += [own.registration for own in register(basket, actor=VISITOR)]
    return found


def _forum(number: int) -> dict[str, Any]:
    said: dict[str, Any] = {"meal": MEALS[number % len(MEALS)], "car": "yes" if number % 3 == 0 else "no"}
    said["plate"] = f"吉A·示例{number:02d}"
    said["allergy"] = "花生" if number % 8 == 1 else ""
    return said | {"consents": ("publishing",) if number % 2 else ()}


def _salon(number: int) -> dict[str, Any]:
    said: dict[str, Any] = {"stage": ("idea", "team", "company")[number % 3], "wish": WISHES[number % len(WISHES)]}
    return said | {"project": PROJECTS[number % len(PROJECTS)], "consents": ("sharing",) if number % 2 else ()}


def _review(week: Week, salon: Sequence[str], camp: Sequence[str]) -> None:
    """Decide on the first applications; the others wait for whoever looks at the demo."""
    at = datetime(week.first_day.year, week.first_day.month, week.first_day.day, tzinfo=UTC) - timedelta(hours=12)
    for codes, verdict, reason in (
        (salon[:3], Verdict.APPROVE, ""),
        (salon[3:4], Verdict.RETURN, "请写明想聊的是哪一类企业。"),
        (salon[4:5], Verdict.REJECT, "本场只面向在校生和毕业五年内的创业者。"),
        (camp[:3], Verdict.APPROVE, ""),
    ):
        with travel(at):
            decided = review_registrations(week.id, codes, verdict, actor=DEMO, reason=reason)
        if any(own.why_not for own in decided):
            raise Refusal("review.not_waiting")
