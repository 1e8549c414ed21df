"""How faults name things."""

from typing import Any

from eventweek.planner.problem import City, Kind, Person, Pool, Room, Session, Venue
from eventweek.planner.reading import Fault

NOUNS: dict[type, Fault] = {
    City: ("城市", "city"),
    Venue: ("场馆", "venue"),
    Room: ("场地", "room"),
    Pool: ("共用资源", "pool"),
    Person: ("人员", "person"),
    Kind: ("活动类型", "kind"),
    Session: ("场次", "session"),
}


def called(record: Any) -> Fault:
    """Return what a record is and how it is called, for the middle of a sentence."""
    zh, en = NOUNS[type(record)]
    known = f"“{record.name or record.id}”"
    if not record.name or record.name == record.id:
        return zh + known, f"{en} {known}"
    return f"{zh}{known}（{record.id}）", f"{en} {known} ({record.id})"


def clock(minutes: int) -> str:
    """Return minutes from the event's first midnight for people: the day's number and the time."""
    day, rest = divmod(minutes, 24 * 60)
    return f"{day + 1}/{rest // 60:02}:{rest % 60:02}"


def capital(text: str) -> str:
    """Return an English sentence with its first letter large."""
    return text[:1].upper() + text[1:]
