"""A problem made ready to be asked: numbers for names, minutes for windows, options for sessions."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from math import gcd
from typing import Any

import numpy as np

from eventweek.planner.problem import MINUTES_A_DAY, Pin, Problem, Session, Venue, Window


@dataclass
class Week:
    """The problem with its references resolved. Sessions, rooms, people are numbers in the order of the problem."""

    problem: Problem

    @cached_property
    def session_of(self) -> dict[str, int]:
        """Numbers of sessions by name."""
        return {session.id: n for n, session in enumerate(self.problem.sessions)}

    @cached_property
    def room_of(self) -> dict[str, int]:
        """Numbers of rooms by name."""
        return {room.id: n for n, room in enumerate(self.problem.rooms)}

    @cached_property
    def people(self) -> dict[str, Any]:
        """People by name."""
        return {person.id: person for person in self.problem.people}

    @cached_property
    def kinds(self) -> dict[str, Any]:
        """Kinds by name."""
        return {kind.id: kind for kind in self.problem.kinds}

    @cached_property
    def pools(self) -> dict[str, Any]:
        """Pools by name."""
        return {pool.id: pool for pool in self.problem.pools}

    @cached_property
    def venues(self) -> dict[str, Any]:
        """Venues by name."""
        return {venue.id: venue for venue in self.problem.venues}

    @cached_property
    def durations(self) -> list[int]:
        """Minutes of each session."""
        return [session.duration or self.kinds[session.kind].duration for session in self.problem.sessions]

    @cached_property
    def sessions_of(self) -> dict[str, list[int]]:
        """Sessions of each person."""
        found: dict[str, list[int]] = defaultdict(list)
        for n, session in enumerate(self.problem.sessions):
            for part in session.people:
                found[part.id].append(n)
        return found

    def home_of(self, person: str) -> str | None:
        """Return the city where a person is at home, None where that is not known."""
        home = self.people[person].home
        venue: Venue | None = self.venues.get(home)
        return venue.city if venue else home

    def cities_of(self, s: int) -> frozenset[str]:
        """Return the cities where session `s` may stand by its own list of rooms or its pin; on-line is none."""
        session = self.problem.sessions[s]
        pinned = fixed(session).room
        rooms = [pinned] if pinned is not None else session.rooms
        return self.cities if rooms is None else frozenset(self._city_of[name] for name in rooms) - {""}

    @cached_property
    def cities(self) -> frozenset[str]:
        """The cities that have rooms."""
        return frozenset(self._city_of.values()) - {""}

    @cached_property
    def _city_of(self) -> dict[str, str]:
        return {room.id: self.venues[room.venue].city or "" for room in self.problem.rooms}

    @cached_property
    def venue_numbers(self) -> Any:
        """The venue's number of each room."""
        number = {venue.id: n for n, venue in enumerate(self.problem.venues)}
        return np.array([number[room.venue] for room in self.problem.rooms], np.int32)

    @cached_property
    def city_numbers(self) -> Any:
        """The city's number of each room, -1 where it is on-line."""
        number = {city.id: n for n, city in enumerate(self.problem.cities)}
        cities = [self.venues[room.venue].city for room in self.problem.rooms]
        return np.array([-1 if city is None else number[city] for city in cities], np.int32)

    @cached_property
    def capacities(self) -> Any:
        """Seats of each room."""
        return np.array([room.capacity for room in self.problem.rooms], np.int64)

    @cached_property
    def features(self) -> list[frozenset[str]]:
        """Features of each room."""
        return [frozenset(room.features) for room in self.problem.rooms]

    @cached_property
    def travel(self) -> Any:
        """Minutes from room to room; on-line rooms cost no journey beyond the change of rooms."""
        ways = self.problem.travel
        table = {frozenset(way.between): way.minutes for way in ways.journeys}
        venues = self.problem.venues
        minutes = np.zeros((len(venues), len(venues)), np.int32)
        for i, one in enumerate(venues):
            for k, two in enumerate(venues):
                near = ways.same_city if one.city == two.city else ways.elsewhere
                cities = table.get(frozenset((one.city or "", two.city or "")), near) if one.city != two.city else near
                far = table.get(frozenset((one.id, two.id)), cities)
                minutes[i, k] = ways.same_venue if i == k or None in (one.city, two.city) else far
        rooms = minutes[np.ix_(self.venue_numbers, self.venue_numbers)]
        np.fill_diagonal(rooms, ways.same_room)
        return rooms

    @cached_property
    def grid_starts(self) -> Any:
        """Every start on the grid that the event's days and hours hold."""
        event = self.problem.event
        first = -(-event.day_start // event.grid_min) * event.grid_min
        of_day = np.arange(first, event.day_end, event.grid_min, dtype=np.int64)
        return (np.arange(event.days, dtype=np.int64)[:, None] * MINUTES_A_DAY + of_day).ravel()

    @cached_property
    def unit(self) -> int:
        """The step of the grid that holds every start and every window of a room."""
        numbers = [self.problem.event.grid_min]
        for session in self.problem.sessions:
            numbers += session.starts or []
            numbers += [session.pin.start] if session.pin and session.pin.start is not None else []
            numbers += self._published(session)
        return gcd(*numbers)

    @property
    def days(self) -> int:
        """Days that the tables reach: one more than the event has, for what ends after midnight."""
        return self.problem.event.days + 1

    def at_once(self, sessions: list[int]) -> int:
        """Return how many of some sessions run at once where they are spread evenly over the hours of the event."""
        event = self.problem.event
        minutes = event.days * max(1, event.day_end - event.day_start)
        return -(-sum(self.durations[s] for s in sessions) // minutes)

    def ends(self, s: int, starts: Any) -> Any:
        """Return when session `s` ends if it begins at each of these starts."""
        return starts + self.durations[s]

    def candidates(self, session: Session) -> Any:
        """Return the starts that a session may be asked about: where it is fixed, its own list, or the grid.

        The grid is that of the event's hours and of the session's windows; where it is published it may always stay.
        None lies outside of the event's days.
        """
        starts = self._asked(session)
        return starts[(starts >= 0) & (starts < self.problem.event.days * MINUTES_A_DAY)]

    def _asked(self, session: Session) -> Any:
        start = fixed(session).start
        if start is not None:
            return np.array([start], np.int64)
        if session.starts is not None:
            return np.array(sorted(set(session.starts)), np.int64)
        known = self._published(session)
        if not known and session.windows is None:
            return self.grid_starts
        event = self.problem.event
        every = np.arange(0, event.days * MINUTES_A_DAY, event.grid_min, dtype=np.int64)
        own = every[inside(session.windows, every, every + 1)] if session.windows is not None else every[:0]
        return np.unique(np.concatenate([self.grid_starts, own, np.array(known, np.int64)]))

    def _published(self, session: Session) -> list[int]:
        """Return the start that the public knows, if it lies in the event."""
        known = session.published
        if known is None or not 0 <= known.start < self.problem.event.days * MINUTES_A_DAY:
            return []
        return [known.start]


SIZES = 50, 150, 500
"""From how many people on an audience, or a room, is of the next size."""


def size_of(people: int) -> int:
    """Return in which step of size so many people, or seats, are."""
    return sum(people >= least for least in SIZES)


def fixed(session: Session) -> Pin:
    """Return where a session must stand: its pin, or its published place where a permit locks it."""
    pin = session.pin or Pin()
    if not (session.locked and session.published):
        return pin
    known = session.published
    return Pin(start=known.start if pin.start is None else pin.start, room=pin.room or known.room)


def inside(windows: list[Window] | None, starts: Any, ends: Any) -> Any:
    """Tell of each start and end whether one window holds both; None is open always."""
    if windows is None:
        return np.ones(len(starts), bool)
    found = np.zeros(len(starts), bool)
    for begin, until in merged(windows):
        found |= (starts >= begin) & (ends <= until)
    return found


def merged(windows: list[Window]) -> list[Window]:
    """Return the windows in order, those that touch made one."""
    result: list[Window] = []
    for begin, until in sorted(windows):
        if result and begin <= result[-1][1]:
            result[-1] = result[-1][0], max(until, result[-1][1])
        else:
            result.append((begin, until))
    return result
