"""What is wrong with the plans of a week."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from eventweek.kernel.db import Bilingual, db
from eventweek.programme.models import Person, Room, Session, SessionPerson, Week
from eventweek.scheduling.enums import Level
from eventweek.scheduling.halls import Hall, larger_halls
from eventweek.scheduling.models import Placement
from eventweek.scheduling.problems import Findings, PersonFacts, Placed, Problem, RoomFacts, clashes, problems
from eventweek.scheduling.queries.frame import Spot
from eventweek.scheduling.queries.levels import levels
from eventweek.scheduling.queries.lines import Line
from eventweek.scheduling.queries.overrides import still_stopping
from eventweek.scheduling.queries.remembered import frame_of, working
from eventweek.scheduling.rulebook import LEVELS, only_clashes_stop

S, P = Session.__table__.c, Person.__table__.c


def list_problems(week: Week) -> list[Problem]:
    """Return what is wrong with the working plan, in a constant number of statements."""
    return working(week).problems


def list_problems_as(week: Week, places: Mapping[str, tuple[datetime, str]]) -> list[Problem]:
    """Return what would be wrong if only these sessions stood anywhere, each at its start in the room of that code."""
    return list_problems_of(week, [places])[0]


def list_problems_of(week: Week, variants: Sequence[Mapping[str, tuple[datetime, str]]]) -> list[list[Problem]]:
    """Return for each variant what `list_problems_as` does, in a constant number of statements."""
    frame, meant = frame_of(week), levels(week.id)
    rooms = {room.code: own for own, room in frame.rooms.items()}
    codes = {row.code: own for own, row in frame.sessions.items()}
    findings = Findings(frame.week)

    def spots(own: Mapping[str, tuple[datetime, str]]) -> dict[int, Spot]:
        known = [(codes[code], place) for code, place in own.items() if code in codes]
        return {session: (start, rooms[room]) for session, (start, room) in known if room in rooms}

    return [findings.of(frame.placed(spots(own)), meant) for own in variants]


def list_stopping(week: Week, lines: Iterable[Line]) -> list[Problem]:
    """Return what stops a release of the whole plan, without what somebody lets pass; `lines`: those of the week."""
    own = levels(week.id)
    found = list_clashes(week.id, lines, own) if only_clashes_stop(own) else list_problems(week)
    return still_stopping(week.id, found)


def list_clashes(week_id: int, lines: Iterable[Line], own: Mapping[str, Level] = LEVELS) -> list[Problem]:
    """Return where two of these sessions need one room or one person at one time, which cannot be.

    One statement: the rest is in the lines, which say what the plan says. `own`: the levels of the week.
    """
    part = SessionPerson.__table__.c
    rows = select(part.session_id, P.code, P.name_zh, P.name_en).join(Person.__table__, P.id == part.person_id)
    people: dict[int, dict[str, PersonFacts]] = defaultdict(dict)
    for session_id, code, zh, en in db.session.execute(rows.join(Session.__table__).where(S.week_id == week_id)).all():
        people[session_id][code] = PersonFacts(code, Bilingual(zh, en))
    placed = [line for line in lines if line.state == "planned"]
    rooms = {
        room.id: RoomFacts(room.code, room.name, "", "", room.capacity) for room in {p.room for p in placed} if room
    }
    plan = [
        Placed(
            line.code, line.title, line.start, line.end, rooms[line.room.id], people=tuple(people[line.own.id].values())
        )
        for line in placed
        if line.start and line.end and line.room
    ]
    return clashes(plan, own)


def list_problems_at(week: Week, session: Session, start: datetime, room: Room) -> list[Problem]:
    """Return what would be wrong with this session if it were placed there; nothing is changed."""
    now = working(week)
    spots = {**now.spots, session.id: (start, room.id)}
    found = problems(now.frame.week, now.frame.placed(spots), levels(week.id))
    return [problem for problem in found if session.code in problem.sessions]


def map_larger_halls(week: Week, wanted: Mapping[str, int]) -> dict[str, list[Hall]]:
    """Return larger halls for placed sessions by code, in a constant number of statements.

    `wanted`: for each how many seats it should have; a session without a place is left out.
    """
    now, meant = working(week), levels(week.id)
    frame, plan = now.frame, now.frame.placed(now.spots)
    rooms = [room for room in frame.rooms.values() if room.usable]
    return {p.code: larger_halls(frame.week, plan, p, rooms, wanted[p.code], meant) for p in plan if p.code in wanted}


def map_problems(week: Week, plans: Collection[int]) -> dict[int, list[Problem]]:
    """Return what is wrong with each of these plans (ids), in a constant number of statements."""
    spots: dict[int, dict[int, Spot]] = {plan: {} for plan in plans}
    columns = (Placement.plan_id, Placement.session_id, Placement.start, Placement.room_id)
    for plan, session, start, room in db.session.execute(select(*columns).where(Placement.plan_id.in_(plans))):
        spots[plan][session] = (start, room)
    frame, meant = frame_of(week), levels(week.id)
    return {plan: problems(frame.week, frame.placed(own), meant) for plan, own in spots.items()}
