"""Runs of the planner: which there were, how one stands, what came of it."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, select

from eventweek.kernel import files
from eventweek.kernel.db import Bilingual, db
from eventweek.kernel.errors import Refusal
from eventweek.programme.models import Kind, Room, Session, Venue
from eventweek.replanning.enums import RunState
from eventweek.replanning.models import PlannerRun
from eventweek.replanning.trails import Point, read_trail


@dataclass(frozen=True)
class Subject:
    """What a session is called, and its family."""

    title: Bilingual
    family: str


@dataclass(frozen=True)
class Names:
    """What sessions and rooms are called, by their codes."""

    sessions: Mapping[str, Subject]
    rooms: Mapping[str, Bilingual]


def list_runs(week_id: int, most: int = 20) -> Sequence[PlannerRun]:
    """Return the last runs of a week, the newest first; without those that look for ways out of an incident."""
    query = select(PlannerRun).where(PlannerRun.week_id == week_id, PlannerRun.way == "")
    query = query.order_by(PlannerRun.number.desc()).limit(most)
    return db.session.scalars(query).all()


def find_lack(week_id: int) -> str:
    """Return the code of what a week lacks before anything can be planned, sessions or rooms; empty: nothing."""
    live = (Session.week_id == week_id, Session.cancelled_at.is_(None), Session.archived_at.is_(None))
    usable = select(Room.id).join(Room.venue).where(Room.archived_at.is_(None), Venue.archived_at.is_(None))
    sessions, rooms = db.session.execute(select(exists().where(*live), usable.exists())).one()
    return "" if sessions and rooms else "planner.no_rooms" if sessions else "planner.no_sessions"


def get_run(week_id: int, code: str, *, lock: bool = False) -> PlannerRun:
    """Return a run of a week; with `lock` as it stands now, held until the transaction ends.

    Raises: Refusal planner.not_found.
    """
    query = select(PlannerRun).where(PlannerRun.week_id == week_id, PlannerRun.code == code)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    run = db.session.scalar(query)
    if run is None:
        raise Refusal("planner.not_found")
    return run


def is_stopping(code: str) -> bool:
    """Say whether somebody has asked a run to end, or it has been given up."""
    query = select(PlannerRun.stopping, PlannerRun.state).where(PlannerRun.code == code)
    row = db.session.execute(query).one_or_none()
    return row is None or row.stopping or row.state != RunState.RUNNING


def curve_of(run: PlannerRun) -> list[Point]:
    """Return the score of a run over time, of one that runs as far as it is."""
    return read_trail(run.problem) if run.state == RunState.RUNNING and run.problem else run.curve


def read_file(run: PlannerRun, which: str) -> bytes:
    """Return the file `problem`, `solution` or `account` of a run.

    Raises: Refusal planner.no_file.
    """
    digest: str | None = getattr(run, which)
    if digest is None or not files.is_kept(digest):
        raise Refusal("planner.no_file")
    return files.read(digest)


def read_result(run: PlannerRun) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Return solution and account of a run (docs/planner-format.md); None where there is none."""
    if not (run.solution and run.account):
        return None
    return json.loads(read_file(run, "solution")), json.loads(read_file(run, "account"))


def name_all(week_id: int, sessions: Collection[str], rooms: Collection[str]) -> Names:
    """Return what sessions and rooms of these codes are called, in two statements."""
    own, hall, venue = Session.__table__.c, Room.__table__.c, Venue.__table__.c
    titles = select(own.code, own.title_zh, own.title_en, Kind.family).join(Session.kind)
    halls = select(hall.code, hall.name_zh, hall.name_en, venue.name_zh.label("zh"), venue.name_en.label("en"))
    found = db.session.execute(titles.where(own.week_id == week_id, own.code.in_(sessions)))
    places = db.session.execute(halls.select_from(Room).join(Room.venue).where(hall.code.in_(rooms)))
    return Names(
        {code: Subject(Bilingual(zh, en), family) for code, zh, en, family in found},
        {row.code: Bilingual(f"{row.zh} {row.name_zh}", f"{row.en} {row.name_en}".strip()) for row in places},
    )
