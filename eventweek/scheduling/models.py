"""Placements, releases and the published pointer."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventweek.imports.models import Import
from eventweek.kernel.clock import now
from eventweek.kernel.db import Base, FileDigest, UtcDateTime, unique_where
from eventweek.kernel.tokens import random_code
from eventweek.programme.models import Room, Session


class Plan(Base):
    """A set of placements; exactly one plan of a week is the working plan, the others are scenarios.

    `name_key`: the name as it is compared; a working plan keeps the name that it had as a scenario.
    """

    __tablename__ = "plan"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True, default=random_code)
    week_id: Mapped[int] = mapped_column(ForeignKey("week.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(80), default="")
    name_key: Mapped[str] = mapped_column(String(80), default="")
    working: Mapped[bool] = mapped_column(default=False)
    actor: Mapped[str] = mapped_column(String(120), default="")
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        UniqueConstraint("week_id", "id"),
        unique_where("uq_plan_working", "week_id", where="working", sqlite="working = 1"),
        unique_where("uq_plan_name", "week_id", "name_key", where="NOT working", sqlite="working = 0"),
    )


class Placement(Base):
    """Start and room of a session in a plan; a pin forbids the planner to change it."""

    __tablename__ = "placement"
    week_id: Mapped[int]
    plan_id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(primary_key=True)
    start: Mapped[datetime] = mapped_column(UtcDateTime)
    room_id: Mapped[int] = mapped_column(ForeignKey("room.id", ondelete="RESTRICT"))
    pin_time: Mapped[bool] = mapped_column(default=False)
    pin_room: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    session: Mapped[Session] = relationship(
        primaryjoin="Placement.session_id == Session.id", foreign_keys="Placement.session_id"
    )
    plan: Mapped[Plan] = relationship(primaryjoin="Placement.plan_id == Plan.id", foreign_keys="Placement.plan_id")
    room: Mapped[Room] = relationship()
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        ForeignKeyConstraint(["week_id", "plan_id"], ["plan.week_id", "plan.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["week_id", "session_id"], ["session.week_id", "session.id"], ondelete="CASCADE"),
    )


class RulePreset(Base):
    """The weights that the rules of a week start from; its version rises with every change of the week's rules."""

    __tablename__ = "rule_preset"
    id: Mapped[int] = mapped_column(primary_key=True)
    week_id: Mapped[int] = mapped_column(ForeignKey("week.id", ondelete="CASCADE"), unique=True)
    preset: Mapped[str] = mapped_column(String(8), default="steady")
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


class RuleSetting(Base):
    """How a week means a rule of the rulebook: a level of its own, a weight of its own, or both."""

    __tablename__ = "rule_setting"
    id: Mapped[int] = mapped_column(primary_key=True)
    week_id: Mapped[int] = mapped_column(ForeignKey("week.id", ondelete="CASCADE"))
    rule: Mapped[str] = mapped_column(String(24))
    level: Mapped[str | None] = mapped_column(String(13))
    weight: Mapped[int | None]
    __table_args__ = (
        UniqueConstraint("week_id", "rule"),
        CheckConstraint("weight BETWEEN 0 AND 10000", name="weight"),
        CheckConstraint("level IS NOT NULL OR weight IS NOT NULL", name="says"),
    )


class RuleOverride(Base):
    """That one finding stops no release, and why; `finding` names it with the places of its sessions.

    A session that moves makes another finding of it, so that the override lapses by itself.
    """

    __tablename__ = "rule_override"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True, default=random_code)
    week_id: Mapped[int] = mapped_column(ForeignKey("week.id", ondelete="CASCADE"))
    finding: Mapped[str] = mapped_column(String(24))
    rule: Mapped[str] = mapped_column(String(24))
    reason: Mapped[str] = mapped_column(String(300))
    actor: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    sessions: Mapped[list["OverrideSession"]] = relationship(
        order_by="OverrideSession.position", cascade="all, delete-orphan", passive_deletes=True
    )
    __table_args__ = (UniqueConstraint("week_id", "finding"), UniqueConstraint("week_id", "id"))


class OverrideSession(Base):
    """A session of an override, and where it stood then."""

    __tablename__ = "rule_override_session"
    week_id: Mapped[int]
    override_id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(primary_key=True, index=True)
    position: Mapped[int]
    start: Mapped[datetime] = mapped_column(UtcDateTime)
    room_id: Mapped[int | None] = mapped_column(ForeignKey("room.id", ondelete="SET NULL"))
    session: Mapped[Session] = relationship(
        primaryjoin="OverrideSession.session_id == Session.id", foreign_keys="OverrideSession.session_id"
    )
    room: Mapped[Room | None] = relationship()
    __table_args__ = (
        ForeignKeyConstraint(
            ["week_id", "override_id"], ["rule_override.week_id", "rule_override.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(["week_id", "session_id"], ["session.week_id", "session.id"], ondelete="CASCADE"),
    )


class Release(Base):
    """One publication of the plan; immutable."""

    __tablename__ = "release"
    id: Mapped[int] = mapped_column(primary_key=True)
    week_id: Mapped[int] = mapped_column(ForeignKey("week.id", ondelete="CASCADE"))
    number: Mapped[int]
    partial: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(String(500))
    actor: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    __table_args__ = (UniqueConstraint("week_id", "number"), UniqueConstraint("week_id", "id"))


class ReleaseItem(Base):
    """The snapshot of one changed session; immutable. `action`: new, changed, moved, cancelled, restored."""

    __tablename__ = "release_item"
    id: Mapped[int] = mapped_column(primary_key=True)
    week_id: Mapped[int]
    release_id: Mapped[int]
    session_id: Mapped[int]
    action: Mapped[str] = mapped_column(String(12), default="new")
    snapshot: Mapped[dict[str, Any]] = mapped_column(JSON)
    sha256: Mapped[str] = mapped_column(String(64))
    sequence: Mapped[int]
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    __table_args__ = (
        UniqueConstraint("week_id", "id"),
        ForeignKeyConstraint(["week_id", "release_id"], ["release.week_id", "release.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["week_id", "session_id"], ["session.week_id", "session.id"], ondelete="CASCADE"),
    )


class PublishedFile(Base):
    """A file that a public snapshot shows, by the name in its address; rows change with what is published."""

    __tablename__ = "published_file"
    session_id: Mapped[int] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(80), primary_key=True, index=True)
    sha256: Mapped[str] = mapped_column(FileDigest)
    content_type: Mapped[str] = mapped_column(String(100))
    title: Mapped[str] = mapped_column(String(240), default="")


class Published(Base):
    """The pointer from a session to the snapshot that the public reads."""

    __tablename__ = "published"
    session_id: Mapped[int] = mapped_column(primary_key=True)
    week_id: Mapped[int] = mapped_column(index=True)
    item_id: Mapped[int]
    item: Mapped[ReleaseItem] = relationship(
        primaryjoin="Published.item_id == ReleaseItem.id", foreign_keys="Published.item_id"
    )
    __table_args__ = (
        ForeignKeyConstraint(["week_id", "item_id"], ["release_item.week_id", "release_item.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["week_id", "session_id"], ["session.week_id", "session.id"], ondelete="CASCADE"),
    )


class ProgrammeImport(Import):
    """A file with a programme, or with parts of one.

    `outcome`: `counts` by section and status, `rows`, `problems`, `wrong` (how many), or the `refusal`.
    `keep_missing`: sessions that a whole schedule no longer names stay as they are.
    """

    __tablename__ = "programme_import"
    noun = "import"
    language: Mapped[str] = mapped_column(String(8), default="zh")
    keep_missing: Mapped[bool] = mapped_column(default=False)
    file: Mapped[str] = mapped_column(FileDigest)


class ProposalImport(Import):
    """A filled template of proposals of one organisation (its code).

    `outcome`: `rows` with their titles, `problems` by row, or the `refusal`.
    """

    __tablename__ = "proposal_import"
    noun = "import"
    language: Mapped[str] = mapped_column(String(8), default="zh")
    organisation: Mapped[str] = mapped_column(String(16))
    file: Mapped[str] = mapped_column(FileDigest)
