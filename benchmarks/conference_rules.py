"""Conference scheduling: an instance, and its 37 rules by the conditions of the kernel.

A talk begins and ends with a timeslot, so its length is its timeslot's. Costs are positive, rewards negative ones.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import combinations, permutations
from typing import Any

import numpy as np

from benchmarks.planning import BadInput
from eventweek.planner import kernel
from eventweek.planner.constraints.rule import Rule
from eventweek.planner.problem import Problem, Session
from eventweek.planner.terms import Terms
from eventweek.planner.week import Week

Raw = dict[str, Any]


@dataclass(frozen=True)
class Slot:
    """A timeslot, in minutes from the first midnight; which types of talks it takes."""

    id: int
    start: int
    end: int
    tags: frozenset[str]
    types: frozenset[int]


class Conference:
    """An instance with its references resolved; what stands in several places is written once and named elsewhere."""

    def __init__(self, raw: Raw) -> None:
        self.objects: dict[str, Raw] = {}
        self._collect(raw)
        self.raw = raw
        self.talks, self.rooms = self.all(raw["talkList"]), self.all(raw["roomList"])
        self.pause = int(raw["constraintProperties"]["minimumConsecutiveTalksPauseInMinutes"])
        self.slots = self._slots()
        self.slot_at = {(slot.start, slot.end): slot for slot in self.slots}
        self.slot_by_id = {slot.id: slot for slot in self.slots}
        if len(self.slot_at) < len(self.slots):
            raise BadInput("two timeslots begin and end together; make them one")

    def _collect(self, node: Any) -> None:
        for value in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
            self._collect(value)
        if isinstance(node, dict) and "@id" in node:
            self.objects[node["@id"]] = node

    def one(self, reference: Any) -> Any:
        """Return what a reference names; None stays None."""
        return self.objects[reference] if isinstance(reference, str) else reference

    def all(self, references: Any) -> list[Raw]:
        """Return what references name."""
        return [self.one(reference) for reference in references or ()]

    def ids(self, references: Any) -> frozenset[int]:
        """Return the numbers of what references name."""
        return frozenset(found["id"] for found in self.all(references))

    def _slots(self) -> list[Slot]:
        raws = self.all(self.raw["timeslotList"])
        times = [(datetime(*raw["startDateTime"]), datetime(*raw["endDateTime"])) for raw in raws]
        self.first = min(start for start, _ in times).replace(hour=0, minute=0)
        return [
            Slot(
                raw["id"],
                *(int((moment - self.first).total_seconds()) // 60 for moment in both),
                frozenset(raw["tagSet"]),
                self.ids(raw["talkTypeSet"]),
            )
            for raw, both in zip(raws, times, strict=True)
        ]

    def slots_of(self, talk: Raw) -> list[Slot]:
        """Return the timeslots that a talk may have, in order of time."""
        pinned = talk.get("pinnedByUser") and self.one(talk.get("timeslot"))
        if pinned:
            return [self.slot_by_id[pinned["id"]]]
        kind = self.one(talk["talkType"])["id"]
        return sorted((slot for slot in self.slots if kind in slot.types), key=lambda slot: (slot.start, slot.end))

    @cached_property
    def ranges(self) -> list[list[Slot]]:
        """Return the timeslots that each talk may have."""
        return [self.slots_of(talk) for talk in self.talks]

    @cached_property
    def speakers(self) -> list[list[Raw]]:
        """Return the speakers of each talk."""
        return [self.all(talk["speakerList"]) for talk in self.talks]


class Talks(Week):
    """A week in which a session begins and ends with one of its timeslots."""

    def __init__(self, problem: Problem, conference: Conference) -> None:
        super().__init__(problem)
        self.conference = conference

    def candidates(self, session: Session) -> Any:
        """Return the starts of the talk's timeslots."""
        return np.array([slot.start for slot in self.conference.ranges[self.session_of[session.id]]], np.int64)

    def ends(self, s: int, starts: Any) -> Any:
        """Return the ends of the talk's timeslots."""
        return np.array([slot.end for slot in self.conference.ranges[s]], np.int64)

    def slots(self, starts: Any, ends: Any) -> list[Slot]:
        """Return the timeslots that begin and end then."""
        return [self.conference.slot_at[int(a), int(b)] for a, b in zip(starts, ends, strict=True)]


class OfTalks(Rule):
    """A rule with a code, a level and a weight of its own."""

    def __init__(self, code: str, level: str, weight: int) -> None:
        self.code, self.level, self.weight = code, level, weight  # type: ignore[misc]


class SpeakerUnavailable(OfTalks):
    """Each speaker is there, all the minutes of the talk."""

    def times(self, week: Talks, s: int, starts: Any, ends: Any) -> Any:
        """Count minutes times speakers who are away."""
        away = Counter(
            slot
            for one in week.conference.speakers[s]
            for slot in week.conference.ids(one.get("unavailableTimeslotSet"))
        )
        return np.array([away[slot.id] for slot in week.slots(starts, ends)], np.int64) * (ends - starts)


class RoomUnavailable(OfTalks):
    """A room has timeslots in which it is not there; the kernel says only whether, so `score` counts the minutes."""

    def declare(self, week: Week, terms: Terms) -> None:
        """Let the kernel look at the windows."""
        terms.closed = terms.cost


class PublishedTimeslot(OfTalks):
    """A talk keeps its published timeslot."""

    def times(self, week: Talks, s: int, starts: Any, ends: Any) -> Any:
        """Say which others there are."""
        old = week.conference.one(week.conference.talks[s].get("publishedTimeslot"))
        found = [old is not None and slot.id != old["id"] for slot in week.slots(starts, ends)]
        return np.array(found, np.int64)


class PublishedRoom(OfTalks):
    """A talk keeps its published room."""

    def places(self, week: Talks, s: int) -> Any:
        """Say which others there are."""
        old = week.conference.one(week.conference.talks[s].get("publishedRoom"))
        return np.array([old is not None and room["id"] != old["id"] for room in week.conference.rooms], np.int64)


class Wish(OfTalks):
    """A talk, or each of its speakers, asks for tags of the timeslot or room, or refuses them."""

    def __init__(self, who: str, wish: str, where: str) -> None:
        level = "hard" if wish in ("required", "prohibited") else "soft"
        super().__init__(f"{who}_{wish}_{where.lower()}_tags", level, 1 if level == "hard" else 20)
        self.who, self.lacking, self.key = who, wish in ("required", "preferred"), f"{wish}{where}TagSet"

    def count(self, week: Talks, s: int, offered: Any) -> int:
        """Count tags that are asked for and lacking, or refused and there."""
        askers = [week.conference.talks[s]] if self.who == "talk" else week.conference.speakers[s]
        asked = [frozenset(asker.get(self.key) or ()) for asker in askers]
        return sum(len(tags - offered if self.lacking else tags & offered) for tags in asked)


class TimeslotWish(Wish):
    """What is wished of the timeslot, each minute."""

    def times(self, week: Talks, s: int, starts: Any, ends: Any) -> Any:
        """Count tags times minutes."""
        slots = week.slots(starts, ends)
        return np.array([self.count(week, s, slot.tags) for slot in slots], np.int64) * (ends - starts)


class RoomWish(Wish):
    """What is wished of the room, each minute of the talk's longest timeslot; `score` counts those of its own."""

    def places(self, week: Talks, s: int) -> Any:
        """Count tags times minutes."""
        rooms = [frozenset(room.get("tagSet") or ()) for room in week.conference.rooms]
        return np.array([self.count(week, s, tags) for tags in rooms], np.int64) * week.durations[s]


Times = Callable[[Raw, Raw], int]


class TwoTalks(OfTalks):
    """Each two talks are compared, as often as `times` says; `order`: in either order."""

    def __init__(
        self, code: str, level: str, weight: int, condition: int, magnitude: int, times: Times, order: bool = False
    ) -> None:
        super().__init__(code, level, weight)
        self.condition, self.magnitude, self.often = condition, magnitude, times
        self.choose = permutations if order else combinations

    def declare(self, week: Talks, terms: Terms) -> None:
        """Compare each two."""
        pause = week.conference.pause if self.condition == kernel.CLOSE else 0
        for (a, one), (b, two) in self.choose(enumerate(week.conference.talks), 2):
            times = self.often(one, two)
            if times:
                terms.pair(a, b, self.condition, pause, self.magnitude, times)


class CrowdControl(OfTalks):
    """At most two talks that draw a crowd share a timeslot; otherwise each of them counts, by its minutes."""

    def declare(self, week: Talks, terms: Terms) -> None:
        """Count those talks by timeslot."""
        risky = [(s, 1) for s, talk in enumerate(week.conference.talks) if talk["crowdControlRisk"] > 0]
        terms.group(risky, kernel.BY_SPAN, kernel.CROWD, 2)


def common(name: str) -> Times:
    """Return a function that counts what two talks have in common."""
    return lambda one, two: len(set(one.get(name) or ()) & set(two.get(name) or ()))


THEMES, CONTENTS, AUDIENCES = common("themeTrackTagSet"), common("contentTagSet"), common("audienceTypeSet")
SPEAKERS, SHARED, BOTH = common("speakers"), kernel.SHARED_MINUTES, kernel.BOTH_DURATIONS


def differ(name: str) -> Times:
    """Return a function that tells whether two talks differ."""
    return lambda one, two: int(one[name] != two[name])


def harder(one: Raw, two: Raw) -> int:
    """Count common contents of which the second demands more."""
    return CONTENTS(one, two) if one["audienceLevel"] < two["audienceLevel"] else 0


OF_TWO = (
    TwoTalks("room_conflict", "hard", 1000, kernel.OVERLAP_ROOM, SHARED, lambda one, two: 1),
    TwoTalks("speaker_conflict", "hard", 10, kernel.OVERLAP, SHARED, SPEAKERS),
    TwoTalks(
        "talk_prerequisite_talks",
        "hard",
        10,
        kernel.ORDER,
        BOTH,
        lambda one, two: one["id"] in two["after"],
        order=True,
    ),
    TwoTalks(
        "talk_mutually_exclusive_talks_tags", "hard", 1, kernel.OVERLAP, SHARED, common("mutuallyExclusiveTalksTagSet")
    ),
    TwoTalks("consecutive_talks_pause", "hard", 1, kernel.CLOSE, BOTH, lambda one, two: SPEAKERS(one, two) > 0),
    TwoTalks("theme_track_conflict", "soft", 10, kernel.OVERLAP, SHARED, THEMES),
    TwoTalks("theme_track_room_stability", "soft", 10, kernel.SAME_DAY_OTHER_ROOM, BOTH, THEMES),
    TwoTalks("sector_conflict", "soft", 10, kernel.OVERLAP, SHARED, common("sectorTagSet")),
    TwoTalks("audience_type_diversity", "soft", -1, kernel.SAME_SLOT, kernel.FIRST_DURATION, AUDIENCES),
    TwoTalks(
        "audience_type_theme_track_conflict",
        "soft",
        1,
        kernel.OVERLAP,
        SHARED,
        lambda one, two: THEMES(one, two) * AUDIENCES(one, two),
    ),
    TwoTalks("audience_level_diversity", "soft", -1, kernel.SAME_SLOT, kernel.FIRST_DURATION, differ("audienceLevel")),
    TwoTalks("content_audience_level_flow_violation", "soft", 10, kernel.ORDER, BOTH, harder, order=True),
    TwoTalks("content_conflict", "soft", 100, kernel.OVERLAP, SHARED, CONTENTS),
    TwoTalks("language_diversity", "soft", -10, kernel.SAME_SLOT, kernel.FIRST_DURATION, differ("language")),
    TwoTalks(
        "same_day_talks", "soft", 10, kernel.OTHER_DAY, BOTH, lambda one, two: THEMES(one, two) + CONTENTS(one, two)
    ),
    TwoTalks(
        "popular_talks",
        "soft",
        10,
        kernel.LARGER_ROOM,
        BOTH,
        lambda one, two: one["favoriteCount"] < two["favoriteCount"],
        order=True,
    ),
)
ALONE = (
    RoomUnavailable("room_unavailable_timeslot", "hard", 100_000),
    SpeakerUnavailable("speaker_unavailable_timeslot", "hard", 100),
    PublishedTimeslot("published_timeslot", "medium", 1),
    PublishedRoom("published_room", "soft", 10),
)
WISHES = tuple(
    kind(who, wish, where)
    for who in ("speaker", "talk")
    for where, kind in (("Timeslot", TimeslotWish), ("Room", RoomWish))
    for wish in ("required", "prohibited", "preferred", "undesired")
)
FAMILY: tuple[OfTalks, ...] = (*ALONE, *OF_TWO, CrowdControl("crowd_control", "hard", 1), *WISHES)
"""The 37 rules of the family."""
