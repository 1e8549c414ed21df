"""Whom a release affects, and what they want; runs of the planner."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventweek.kernel.db import Base, FileDigest, UtcDateTime, unique_where
from eventweek.kernel.tokens import random_code
from eventweek.registration.models import Registration
from eventweek.replanning.enums import Choice, RunState

_IS_OPEN = f"choice = '{Choice.OPEN}'"


class AffectedRegistration(Base):
    """A registration whose session was moved, called off, or got too small; at most one question of it is open.

    `offering`: the code of what it stood for then; `release`: the newest in it by number, 0 for a split. `changes`: per
    session `session`, `zh`, `en`, `before` and `after` (start, end, room, venue, cancelled). `clashes`: what the
    person cannot attend any more. `displaced`: a smaller room sent them to the waiting list. `target`: code of the
    offering that was chosen instead. Nothing in it names a person.
    """

    __tablename__ = "affected_registration"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True, default=random_code)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), index=True)
    offering: Mapped[str] = mapped_column(String(16), index=True)
    release: Mapped[int]
    changes: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    clashes: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    clashing: Mapped[bool] = mapped_column(default=False)
    displaced: Mapped[bool] = mapped_column(default=False)
    choice: Mapped[str] = mapped_column(String(12), default=Choice.OPEN)
    target: Mapped[str] = mapped_column(String(16), default="")
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str] = mapped_column(String(120), default="")
    version: Mapped[int] = mapped_column(default=1)
    registration: Mapped[Registration] = relationship()
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint("(choice = 'open') = (decided_at IS NULL)", name="decided"),
        unique_where("uq_affected_registration_open", "registration_id", where=_IS_OPEN),
    )


class PlannerRun(Base):
    """The planner at work on a week once: what was asked, how far it is, what came of it.

    `plan`: code of the plan whose pins and other places count (empty: the working plan; `base`: its name then).
    `problem`, `solution`, `account`: files by digest (docs/planner-format.md). `figures`: hard, medium, soft, placed,
    total, moved, people (registrations to tell). `curve`: the score over time, as `plan solve --progress` writes it,
    thinned. `failure`: code of the sentence why there is no plan or no scenario; `faults`: pairs of sentences of the
    planner. `scenario`: code of what came of it. `alive_until`: who is at work renews it; then the run is lost.
    A run that looks for one of the ways out of an incident (its code) names it in `way`, makes no scenario, and keeps
    in `basis` by what the plan is known from which it sets out.
    """

    __tablename__ = "planner_run"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True, default=random_code)
    week_id: Mapped[int] = mapped_column(ForeignKey("week.id", ondelete="CASCADE"))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(80))
    plan: Mapped[str] = mapped_column(String(16), default="")
    base: Mapped[str] = mapped_column(String(80), default="")
    mode: Mapped[str] = mapped_column(String(8))
    seconds: Mapped[int]
    seed: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(8), default=RunState.WAITING)
    stopping: Mapped[bool] = mapped_column(default=False)
    problem: Mapped[str | None] = mapped_column(FileDigest)
    solution: Mapped[str | None] = mapped_column(FileDigest)
    account: Mapped[str | None] = mapped_column(FileDigest)
    figures: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    curve: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    failure: Mapped[str] = mapped_column(String(40), default="")
    faults: Mapped[list[list[str]]] = mapped_column(JSON, default=list)
    actor: Mapped[str] = mapped_column(String(120))
    user_id: Mapped[int | None]
    epoch: Mapped[int] = mapped_column(default=0)
    scenario: Mapped[str] = mapped_column(String(16), default="")
    incident: Mapped[str] = mapped_column(String(16), default="")
    way: Mapped[str] = mapped_column(String(8), default="")
    basis: Mapped[str] = mapped_column(String(24), default="")
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    alive_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    __table_args__ = (
        UniqueConstraint("week_id", "number"),
        CheckConstraint("seconds > 0", name="seconds"),
        CheckConstraint("(state IN ('done', 'stopped', 'failed')) = (ended_at IS NOT NULL)", name="ended"),
        unique_where("uq_planner_run_open", "week_id", "incident", "way", where="state IN ('waiting', 'running')"),
    )
