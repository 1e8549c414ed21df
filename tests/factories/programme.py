"""A small week in Changchun and Jilin City, made through the actions as an organiser makes it."""

from typing import Any

from eventweek.audit.actors import SYSTEM
from eventweek.programme.actions.parties import create_organisation, create_person
from eventweek.programme.actions.places import create_city, create_feature, create_room, create_venue, set_travel_time
from eventweek.programme.actions.sessions import create_session
from eventweek.programme.actions.weeks import create_week, set_week_state
from eventweek.programme.models import Organisation, Person, Room, Session, Venue, Week

SPRING: dict[str, Any] = {
    "code": "spring",
    "title_zh": "长春春季双创周",
    "title_en": "Changchun spring week",
    "first_day": "2027-04-12",
    "last_day": "2027-04-16",
    "cities": [{"city": "220100", "role": "main"}, {"city": "220200", "role": "sub"}],
}


def make_week(state: str = "open", **values: object) -> Week:
    """Add the two cities and a week with every preset."""
    create_city({"code": "220100", "name_zh": "长春市", "name_en": "Changchun"}, actor=SYSTEM)
    create_city({"code": "220200", "name_zh": "吉林市", "name_en": "Jilin City"}, actor=SYSTEM)
    set_travel_time("220100", "220200", 60, actor=SYSTEM)
    create_feature({"code": "stage", "name_zh": "舞台", "name_en": "Stage"}, actor=SYSTEM)
    week = create_week(SPRING | values, actor=SYSTEM)
    return set_week_state(week.code, state, actor=SYSTEM) if state != "draft" else week


def make_venue(city: str = "220100", name: str = "会展中心") -> Venue:
    """Add a venue without rooms."""
    return create_venue({"name_zh": name, "city": city, "address_zh": "人民大街 1 号"}, actor=SYSTEM)


def make_room(venue: Venue, **values: object) -> Room:
    """Add a hall for 100 with a stage, open from 08:30 to 21:00."""
    usual: dict[str, object] = {"name_zh": "一号厅", "capacity": 100, "features": ["stage"]}
    usual["hours"] = [{"day": None, "opens": "08:30", "closes": "21:00"}]
    return create_room(usual | {"venue": venue.code} | values, actor=SYSTEM)


def make_person(name: str = "王示例", **values: object) -> Person:
    """Add a person of a sample university."""
    return create_person({"name_zh": name, "affiliation_zh": "示例大学"} | values, actor=SYSTEM)


def make_organisation(name: str = "示例科技局") -> Organisation:
    """Add an organisation of Changchun."""
    return create_organisation({"name_zh": name, "city": "220100"}, actor=SYSTEM)


def make_session(week: Week, title: str = "创业论坛", **values: object) -> Session:
    """Add a forum (150 minutes, public, open) in Changchun."""
    usual: dict[str, object] = {"kind": "forum", "title_zh": title, "city": "220100", "expected": 80}
    return create_session(week.id, usual | values, actor=SYSTEM)
