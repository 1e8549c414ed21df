"""What organisations propose (申报), its files, and what was said and done about it."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, CheckConstraint, Column, Date, ForeignKey, ForeignKeyConstraint, Index, String, Table, Text
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventweek.accounts.models import User
from eventweek.kernel.db import Base, Bilingual, UtcDateTime, bilingual
from eventweek.kernel.tokens import random_code
from eventweek.programme.models.attachments import Attachment
from eventweek.programme.models.parties import Organisation
from eventweek.programme.models.places import City, Feature, Venue

if TYPE_CHECKING:
    from eventweek.programme.models.sessions import Kind, Session


def _many(name: str, other: str) -> Table:
    return Table(
        f"proposal_{name}",
        Base.metadata,
        Column("proposal_id", ForeignKey("proposal.id", ondelete="CASCADE"), primary_key=True),
        Column(f"{name}_id", ForeignKey(other, ondelete="RESTRICT"), primary_key=True),
    )


proposal_venue = _many("venue", "venue.id")
proposal_feature = _many("feature", "feature.id")


class Proposal(Base):
    """A session as an organisation proposes it. Minutes and local `HH:MM`; `people` are words, no rows.

    `step`: who looks at it or has returned it; `open_fields`: what its owner may change of the session made of it.
    """

    __tablename__ = "proposal"
    id: Mapped[int] = mapped_column(primary_key=True)
    week_id: Mapped[int] = mapped_column(ForeignKey("week.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(16), unique=True, default=random_code)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="RESTRICT"), index=True)
    kind_id: Mapped[int | None]
    title: Mapped[Bilingual] = bilingual("title", 200)
    abstract_zh: Mapped[str] = mapped_column(Text, default="")
    abstract_en: Mapped[str] = mapped_column(Text, default="")
    text_zh: Mapped[str] = mapped_column(Text, default="")
    text_en: Mapped[str] = mapped_column(Text, default="")
    city_id: Mapped[int | None] = mapped_column(ForeignKey("city.id", ondelete="RESTRICT"))
    language: Mapped[str] = mapped_column(String(20), default="zh")
    expected: Mapped[int] = mapped_column(default=0)
    duration_min: Mapped[int | None]
    earliest: Mapped[str] = mapped_column(String(5), default="")
    latest_end: Mapped[str] = mapped_column(String(5), default="")
    people: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    contact_name: Mapped[str] = mapped_column(String(80), default="")
    contact_phone: Mapped[str] = mapped_column(String(40), default="")
    contact_email: Mapped[str] = mapped_column(String(254), default="")
    remark: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(12), default="draft")
    step: Mapped[str] = mapped_column(String(12), default="")
    open_fields: Mapped[list[str]] = mapped_column(JSON, default=list)
    session_id: Mapped[int | None] = mapped_column(unique=True)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    organisation: Mapped[Organisation] = relationship()
    kind: Mapped["Kind | None"] = relationship(
        primaryjoin="Proposal.kind_id == Kind.id", foreign_keys="Proposal.kind_id"
    )
    city: Mapped[City | None] = relationship()
    maker: Mapped[User | None] = relationship()
    session: Mapped["Session | None"] = relationship(
        primaryjoin="Proposal.session_id == Session.id", foreign_keys="Proposal.session_id"
    )
    days: Mapped[list["ProposalDay"]] = relationship(order_by="ProposalDay.day", cascade="all, delete-orphan")
    venues: Mapped[list[Venue]] = relationship(secondary=proposal_venue, order_by="Venue.id")
    features: Mapped[list[Feature]] = relationship(secondary=proposal_feature, order_by="Feature.code")
    files: Mapped[list["ProposalFile"]] = relationship(order_by="ProposalFile.id", cascade="all, delete-orphan")
    entries: Mapped[list["ProposalEntry"]] = relationship(order_by="ProposalEntry.id", cascade="all, delete-orphan")
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        ForeignKeyConstraint(["week_id", "kind_id"], ["kind.week_id", "kind.id"]),
        ForeignKeyConstraint(["week_id", "session_id"], ["session.week_id", "session.id"]),
        Unique("week_id", "id"),
        Index(None, "week_id", "state"),
        CheckConstraint("title_zh <> '' OR title_en <> ''", name="title"),
        CheckConstraint("expected >= 0", name="expected"),
        CheckConstraint("state <> 'submitted' OR step <> ''", name="step"),
    )


class ProposalDay(Base):
    """A day on which the organisation would like to have it; none: any."""

    __tablename__ = "proposal_day"
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)


class ProposalFile(Base):
    """A file that belongs to a proposal, for those who may read it."""

    __tablename__ = "proposal_file"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True, default=random_code)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id", ondelete="CASCADE"))
    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachment.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    file: Mapped[Attachment] = relationship()
    __table_args__ = (Unique("proposal_id", "attachment_id"),)


class ProposalEntry(Base):
    """What was said or done: a comment (no `move`), or a move with its reason; append-only.

    `side`: proposer, city or committee; `internal` ones the proposer never sees.
    """

    __tablename__ = "proposal_entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    side: Mapped[str] = mapped_column(String(12))
    move: Mapped[str] = mapped_column(String(12), default="")
    internal: Mapped[bool] = mapped_column(default=False)
    text: Mapped[str] = mapped_column(Text, default="")
    user: Mapped[User | None] = relationship()
