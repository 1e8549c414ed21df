"""Every setting of an edition has an effect that somebody sees: a table over the table of fields."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from eventweek.audit.actors import SYSTEM
from eventweek.kernel.clock import travel
from eventweek.kernel.db import db
from eventweek.outbox.models import Message
from eventweek.programme.actions.weeks import edit_week
from eventweek.programme.models import Week
from eventweek.programme.queries import find_week
from eventweek.programme.queries.facts import facts_of_page
from eventweek.programme.rules.subjects import WEEK
from eventweek.registration.actions.offerings import open_offerings
from eventweek.registration.models import Offering
from eventweek.registration.queries import find_consent_text, load_offerings
from eventweek.registration.queries.offerings import OpenOffering
from eventweek.scheduling.actions import place_session, release_schedule
from eventweek.scheduling.actions.placements import off_grid
from eventweek.scheduling.queries.board import list_problems
from tests.conftest import SignIn
from tests.factories.programme import make_organisation, make_person, make_room, make_session, make_venue, make_week
from tests.registration.world import book

BEFORE = datetime(2027, 4, 1, 4, tzinfo=UTC)
PROVEN_ELSEWHERE = {
    "clash_policy": "tests/registration/test_codes.py: a basket that clashes is refused",
    "code": "tests/web/desk/test_weeks.py: it stands in every address",
    "speaker_link_days": "tests of the speakers' own page: until when its link opens",
    "badge_sheet": "tests/printing/test_badges.py: how large the door prints a badge",
    "certificate_share": "tests/checkin/test_certificates.py: how much of a camp a certificate asks for",
    "identity_days": "tests/registration/test_identities.py: when identity numbers are destroyed",
    "proposing_ends_days": "tests/programme/test_proposals.py: until when organisations propose",
    "returning_ends_days": "tests/programme/test_proposals.py: until when what came back is sent again",
    "logo": "tests of pictures: it stands at the top of every page",
}
_numbers = count(1)


@dataclass
class House:
    """A published week with three sessions of one person in two venues."""

    desk: FlaskClient
    client: FlaskClient
    session: str
    venue: str
    host: str

    @property
    def week(self) -> Week:
        """Return the edition as it is now."""
        db.session.rollback()
        found = find_week("spring")
        assert found
        return found

    def offering(self) -> OpenOffering:
        """Return what one registers for."""
        return load_offerings([db.session.scalars(select(Offering.id).order_by(Offering.id)).first() or 0])[0]


@pytest.fixture
def house(app: Flask, sign_in: SignIn) -> House:
    """Give the week, on the first of April."""
    week, one, two = make_week(), make_venue(), make_venue(name="别的馆")
    rooms = [make_room(one), make_room(one, name_zh="二号厅"), make_room(two)]
    people = [{"person": make_person(max_per_day=3).code, "role": "speaker"}]
    titles = zip(("上午场", "午前场", "下午场"), ("10:00", "11:15", "13:30"), rooms, strict=True)
    codes = []
    for title, hour, room in titles:
        codes.append(make_session(week, title, duration_min=60, people=people).code)
        place_session(codes[-1], f"2027-04-12T{hour}", room.code, version=None, actor=SYSTEM)
    release_schedule(week.id, actor=SYSTEM, note="")
    open_offerings(week.id, actor=SYSTEM)
    second = max((one, two), key=lambda venue: venue.code)  # the first of the timetable unless the week says another
    return House(sign_in(app), app.test_client(), codes[0], second.code, make_organisation().code)


def _page(path: str) -> Callable[[House], str]:
    return lambda house: house.client.get(f"/w/spring/{path}").text


def _told(house: House) -> str:
    """Return what somebody is told who registers now."""
    code = house.offering().offering.code
    book(code, phone=f"139{next(_numbers):08d}", email=f"a{next(_numbers)}@example.org")
    last = db.session.scalars(select(Message).order_by(Message.id.desc())).first()
    return str(last.context.get("note")) if last else ""


def _problems(house: House) -> str:
    return str([(one.rule, dict(one.facts)) for one in list_problems(house.week)])


def _board(house: House) -> str:
    return house.desk.get("/desk/w/spring/timetable?day=2027-04-12").text


HOME = _page("")
RUN = [f"2027-04-{day}" for day in (11, 12, 13, 14, 15, 16, 17)]
DAYS = [{"day": day, "phase": "main"} for day in RUN]
Probe = Callable[[House], object]
EFFECTS: dict[str, tuple[dict[str, Any], Probe]] = {
    "title": ({"title_zh": "改名的一届"}, HOME),
    "theme": ({"theme_zh": "新主题"}, HOME),
    "contact": ({"contact_zh": "值班室"}, HOME),
    "timezone": ({"timezone": "Asia/Tokyo"}, lambda house: _page(f"s/{house.session}")(house)),
    "first_day": ({"first_day": "2027-04-11", "days": DAYS[:-1]}, HOME),
    "last_day": ({"last_day": "2027-04-17", "days": DAYS}, HOME),
    "short_name": ({"short_name_zh": "春季周"}, HOME),
    "accent": ({"accent": "#17603a"}, _page("theme.css")),
    "organiser": ({"organiser_zh": "示例中心"}, HOME),
    "phone": ({"phone": "0431-0000000"}, HOME),
    "icp": ({"icp": "吉ICP备0号"}, HOME),
    "police": ({"police": "吉公网安备0号"}, HOME),
    "identifier": ({"identifier": "2200000000"}, HOME),
    "confirmation": ({"confirmation_zh": "请带证件。"}, _told),
    "consent": ({"consent_zh": "现场拍照。"}, lambda house: getattr(find_consent_text(house.week), "text_zh", "")),
    "registration_opens_days": ({"registration_opens_days": 3}, lambda house: house.offering().window.opens),
    "registration_closes_min": ({"registration_closes_min": 60}, lambda house: house.offering().window.closes),
    "work_mode": ({"work_mode": "opening"}, lambda house: house.offering().window.work_mode),
    "work_min": ({"work_min": 45}, lambda house: house.offering().window.work_min),
    "cancelling_ends_min": ({"cancelling_ends_min": 60}, lambda house: house.offering().window.cancelling_ends_min),
    "online_before_min": ({"online_before_min": 45}, lambda house: house.offering().online_before_min),
    "host": ({"host": "HOST"}, HOME),
    "host_venue": ({"host_venue": "VENUE"}, _page("timetable?day=2027-04-12")),
    "slot_min": ({"slot_min": 20}, lambda house: off_grid(house.week, datetime(2027, 4, 12, 2, 15, tzinfo=UTC))),
    "start_multiple_min": ({"start_multiple_min": 15}, _problems),
    "day_start": ({"day_start": "07:00"}, _board),
    "day_end": ({"day_end": "22:00"}, _board),
    "lunch_start": ({"lunch_start": "11:30"}, _page("timetable?day=2027-04-12")),
    "lunch_end": ({"lunch_end": "13:15"}, _page("timetable?day=2027-04-12")),
    "travel_same_site_min": ({"travel_same_site_min": 40}, _problems),
    "travel_same_city_min": ({"travel_same_city_min": 90}, _problems),
    "days": (
        {"days": [*DAYS, {"day": "2027-04-08", "phase": "warmup"}]},
        lambda house: str(off_grid(house.week, datetime(2027, 4, 8, 2, tzinfo=UTC))),
    ),
    "cities": ({"cities": [{"city": "220200", "role": "main"}]}, lambda house: facts_of_page(house.week, 180)["zh"]),
}


def test_every_setting_of_a_week_has_an_effect(house: House) -> None:
    fields = {name.removesuffix("_zh").removesuffix("_en") for name in WEEK.fields}
    assert fields == set(EFFECTS) | (fields & set(PROVEN_ELSEWHERE))
    stands_for, without = {"HOST": house.host, "VENUE": house.venue}, []
    with travel(BEFORE):
        for name, (values, probe) in EFFECTS.items():
            before = probe(house)
            assert probe(house) == before, name
            sent = {field: stands_for.get(str(value), value) for field, value in values.items()}
            edit_week("spring", sent, version=None, actor=SYSTEM)
            if probe(house) == before:
                without.append(name)
    assert without == []
