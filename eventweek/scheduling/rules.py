"""What a snapshot holds, as a place in a plan, and findings by name (pure)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from eventweek.kernel.db import Bilingual
from eventweek.scheduling.problems import PersonFacts, Placed, Problem, RoomFacts


def occupied(facts: dict[str, Any]) -> Placed:
    """Return what a snapshot holds of a room and of people, from its start to its end."""
    start = datetime.fromisoformat(facts["start"])
    end = start + timedelta(minutes=facts["minutes"])
    room = RoomFacts(facts["room"]["code"], _name(facts["room"]), "", "", facts["room"]["capacity"])
    people = {person["code"]: PersonFacts(person["code"], _name(person)) for person in facts["people"]}
    return Placed(facts["code"], _name(facts["title"]), start, end, room, people=tuple(people.values()))


def named(found: Sequence[Problem], most: int = 5) -> Bilingual:
    """Return the sessions of findings in both languages, at most so many findings, each once."""
    titles = [[own for own in (one.facts.get("one"), one.facts.get("two")) if own] for one in found]
    zh = dict.fromkeys(" ↔ ".join(title.best("zh")[0] for title in own) for own in titles)
    en = dict.fromkeys(" ↔ ".join(title.best("en")[0] for title in own) for own in titles)
    return Bilingual("；".join(list(zh)[:most]), "; ".join(list(en)[:most]))


def titles(found: Sequence[Any], most: int = 5) -> Bilingual:
    """Return the titles of things in both languages, each once, at most so many."""
    told = list(dict.fromkeys(one.title for one in found))[:most]
    return Bilingual("；".join(own.best("zh")[0] for own in told), "; ".join(own.best("en")[0] for own in told))


def _name(facts: dict[str, Any]) -> Bilingual:
    return Bilingual(facts["zh"], facts["en"])
