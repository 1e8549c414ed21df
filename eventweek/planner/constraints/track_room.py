"""A track stays in its room through the day."""

from collections import defaultdict

from eventweek.planner import kernel
from eventweek.planner.constraints.rule import Rule, Sentence, counted, names, quoted
from eventweek.planner.matches import Match
from eventweek.planner.terms import Terms
from eventweek.planner.week import Week


class TrackRoom(Rule):
    """The sessions of a track share one room on each day; each further room counts."""

    code = "track_room"
    title = ("同一专题当天不换场地", "A track keeps its room through the day")
    level, weight = "soft", 5

    def declare(self, week: Week, terms: Terms) -> None:
        """Count the rooms of each track by day."""
        tracks: dict[str, list[int]] = defaultdict(list)
        for s, session in enumerate(week.problem.sessions):
            if session.track:
                tracks[session.track].append(s)
        for track, sessions in tracks.items():
            if len(sessions) > 1:
                terms.group([(s, 1) for s in sessions], kernel.BY_DAY_ROOM, kernel.ROOMS_A_DAY, 1, (track,))

    def tell(self, week: Week, match: Match) -> Sentence:
        """Name the track."""
        return (
            f"专题“{match.people[0]}”当天换{match.magnitude}次场地：{names(week, match.sessions)}。",
            f"Track “{match.people[0]}” changes its room {counted(match.magnitude, 'time')} in a day: "
            f"{quoted(week, match.sessions)}.",
        )
