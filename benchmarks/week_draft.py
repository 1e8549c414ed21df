"""Where and when the sessions of a generated week stand.

Rooms open half a day at a time, as many half days as the asked use leaves; sessions are packed into them, series first.
"""

import random
from dataclasses import dataclass, field

from benchmarks.planning import BadInput
from eventweek.planner.problem import MINUTES_A_DAY, Window

GRID = 15
HALF_DAYS = ((510, 720), (780, 1050), (1080, 1260))
KINDS = {
    "roadshow": (90, 15, 5),
    "lecture": (60, 15, 6),
    "forum": (120, 30, 3),
    "salon": (75, 0, 3),
    "class": (105, 15, 3),
}
"""Minutes, changeover, how common."""
CAMP = (120, 30)
GAP = 30
"""Minutes between two sessions of a room: the longest that kinds and rooms may ask for."""
SERIES = 0.05


@dataclass(frozen=True)
class Sizes:
    """What is asked for."""

    sessions: int
    rooms: int
    people: int
    days: int
    use: float
    seed: int


@dataclass
class Half:
    """Half a day of a room, who stands in it in which order, and the minutes that are left."""

    room: int
    day: int
    begin: int
    end: int
    inside: list[int] = field(default_factory=list)
    fixed: int = 0
    left: int = 0

    @property
    def window(self) -> Window:
        """Return its minutes."""
        return self.day * MINUTES_A_DAY + self.begin, self.day * MINUTES_A_DAY + self.end


class Draft:
    """A week on its way: sessions have kinds and minutes first, then places, then people."""

    def __init__(self, sizes: Sizes) -> None:
        self.sizes, self.chance = sizes, random.Random(sizes.seed)
        self.series = self._series()
        self.kinds = ["camp"] * sum(self.series)
        while len(self.kinds) < sizes.sessions:
            self.kinds += self.chance.choices(list(KINDS), [common for _, _, common in KINDS.values()])
        self.minutes = self._minutes()
        self.halves: list[Half] = []
        self.start = [0] * sizes.sessions
        self.room = [0] * sizes.sessions
        self.people: list[list[int]] = [[] for _ in range(sizes.sessions)]

    def _series(self) -> list[int]:
        """Return the lengths of series, two or three sessions each."""
        left, longest, found = round(SERIES * self.sizes.sessions), min(3, self.sizes.days), list[int]()
        while longest > 1 and left > 1:
            found.append(left if left < longest else longest - (left - longest == 1 and longest > 2))
            left -= found[-1]
        return found

    def _minutes(self) -> dict[str, int]:
        """Return the minutes of each kind, shorter than usual where the rooms would not hold them."""
        usual = {name: minutes for name, (minutes, _, _) in KINDS.items()} | {"camp": CAMP[0]}
        needed = sum(usual[kind] for kind in self.kinds) / self.sizes.use
        there = 0.9 * self.sizes.rooms * self.sizes.days * sum(end - begin for begin, end in HALF_DAYS)
        scale = min(1.0, there / needed)
        minutes = {name: max(30, int(n * scale) // GRID * GRID) for name, n in usual.items()}
        if sum(minutes[kind] for kind in self.kinds) / self.sizes.use > there:
            raise BadInput("so many sessions do not go into so few rooms and days; give more rooms or days")
        return minutes

    def length(self, s: int) -> int:
        """Return the minutes of a session."""
        return self.minutes[self.kinds[s]]

    def end(self, s: int) -> int:
        """Return when a session ends."""
        return self.start[s] + self.length(s)

    def open_rooms(self) -> None:
        """Open rooms for the series, then each for half a day, then as the use demands; the last is cut to it."""
        sizes = self.sizes
        free = {
            (room, day, part)
            for room in range(sizes.rooms)
            for day in range(sizes.days)
            for part in range(len(HALF_DAYS))
        }
        self._open_for_series(free)
        left = sum(map(self.length, range(sizes.sessions))) / sizes.use - sum(h.end - h.begin for h in self.halves)
        order = sorted(free)
        self.chance.shuffle(order)
        has = {half.room for half in self.halves}
        first = {room: key for key in order if (room := key[0]) not in has}
        for room, day, part in [*first.values(), *(key for key in order if first.get(key[0]) != key)]:
            begin, end = HALF_DAYS[part]
            size = min(end - begin, int(left) // GRID * GRID)
            if size < GAP:
                break
            self.halves.append(Half(room, day, begin, begin + size, left=size))
            left -= size
        if len({half.room for half in self.halves}) < sizes.rooms:
            raise BadInput(
                "so many rooms are not needed for so few sessions at that use; give fewer rooms, or less use"
            )

    def _open_for_series(self, free: set[tuple[int, int, int]]) -> None:
        s = 0
        for length in self.series:
            for _ in range(10_000):
                room, part = self.chance.randrange(self.sizes.rooms), self.chance.randrange(len(HALF_DAYS))
                day = self.chance.randrange(self.sizes.days - length + 1)
                keys = [(room, day + n, part) for n in range(length)]
                if free.issuperset(keys):
                    break
            else:
                raise BadInput("the series do not go into so few rooms and days; give more rooms or days")
            free.difference_update(keys)
            for n, key in enumerate(keys):
                begin, end = HALF_DAYS[part]
                self.halves.append(Half(key[0], key[1], begin, end, [s + n], 1, end - begin - self.length(s + n)))
            s += length

    def pack(self) -> None:
        """Put every session into half a day, the longest first, and draw when it begins."""
        chance = self.chance
        for s in sorted(range(sum(self.series), self.sizes.sessions), key=lambda s: (-self.length(s), s)):
            length = self.length(s)
            possible = [half for half in self.halves if half.left >= length + GAP * bool(half.inside)]
            if not possible:
                raise BadInput(
                    "the sessions do not go into the rooms at that use; give more rooms or days, or less use"
                )
            some = chance.sample(possible, min(8, len(possible)))
            chosen = min(some, key=lambda half: half.left)
            chosen.left -= length + GAP * bool(chosen.inside)
            chosen.inside.append(s)
        for half in self.halves:
            self._settle(half)

    def _settle(self, half: Half) -> None:
        """Draw the order and the starts of those in half a day; a member of a series begins with it."""
        movable = half.inside[half.fixed :]
        self.chance.shuffle(movable)
        slack = half.left // GRID
        pauses = sorted(self.chance.randint(0, slack) for _ in movable)
        at = half.window[0]
        for s, pause in zip(half.inside[: half.fixed] + movable, [0] * half.fixed + pauses, strict=True):
            self.start[s], self.room[s] = at + pause * GRID, half.room
            at += self.length(s) + GAP
