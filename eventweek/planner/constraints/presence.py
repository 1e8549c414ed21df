"""People who travel are not kept for needless days."""

from eventweek.planner import kernel
from eventweek.planner.constraints.rule import Rule, Sentence, named, names, quoted
from eventweek.planner.matches import Match
from eventweek.planner.terms import Terms
from eventweek.planner.week import Week


class Presence(Rule):
    """A person travels on no more days than their sessions need; what is at home in any case costs no journey."""

    code = "presence"
    title = ("人员到场天数少", "Few days of presence")
    level, weight = "soft", 1

    def declare(self, week: Week, terms: Terms) -> None:
        """Count the days of each person with sessions that may be away from home."""
        for person, sessions in week.sessions_of.items():
            limit, home = week.people[person].daily_limit or 4, week.home_of(person)
            away = [s for s in sessions if home is None or week.cities_of(s) - {home}]
            if len(away) > 1:
                days = -(-len(away) // limit)
                terms.group([(s, 1) for s in away], kernel.BY_DAY, kernel.MORE, days, (person,))

    def tell(self, week: Week, match: Match) -> Sentence:
        """Name the person."""
        zh, en = named(week, match)
        return (
            f"{zh}要多来{match.magnitude}天：{names(week, match.sessions)}。",
            f"{en} comes on {match.magnitude} days more than needed: {quoted(week, match.sessions)}.",
        )
