"""How faults name things."""

from eventweek.planner.problem import City, Kind, Named, Person, Pool, Room, Session, Venue
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


def called(record: Named) -> Fault:
    """Return what a record is and how it is called, for the middle of a sentence."""
    (zh, en), (name_zh, name_en) = NOUNS[type(record)], record.called
    return (
        f"{zh}“{name_zh}”" + (f"（{record.id}）" if name_zh != record.id else ""),
        f"{en} “{name_en}”" + (f" ({record.id})" if name_en != record.id else ""),
    )


def clock(minutes: int) -> str:
    """Return minutes from the event's first midnight for people: the day's number and the time."""
    day, rest = divmod(minutes, 24 * 60)
    return f"{day + 1}/{rest // 60:02}:{rest % 60:02}"


def capital(text: str) -> str:
    """Return an English sentence with its first letter large."""
    return text[:1].upper() + text[1:]
