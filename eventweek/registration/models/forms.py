"""Questions that registration asks, the forms that were asked, and files given as answers."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventweek.kernel.db import Base, FileDigest, UtcDateTime, unique_where
from eventweek.kernel.tokens import random_code
from eventweek.registration.models.registrations import Registration


class _Asking:
    """Questions in their order as `rules.forms` reads them, and the keys of inherited ones that are not asked here."""

    questions: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    dropped: Mapped[list[str]] = mapped_column(JSON, default=list)
    version: Mapped[int] = mapped_column(default=1)


class KindQuestions(_Asking, Base):
    """What every session of a kind asks; without a kind: what every session of the week asks."""

    __tablename__ = "kind_questions"
    id: Mapped[int] = mapped_column(primary_key=True)
    week_id: Mapped[int] = mapped_column(ForeignKey("week.id", ondelete="CASCADE"))
    kind_id: Mapped[int | None]
    __mapper_args__ = {"version_id_col": _Asking.version}
    __table_args__ = (
        ForeignKeyConstraint(["week_id", "kind_id"], ["kind.week_id", "kind.id"], ondelete="CASCADE"),
        UniqueConstraint("kind_id"),
        unique_where("uq_kind_questions_week", "week_id", where="kind_id IS NULL"),
    )


class OfferingQuestions(_Asking, Base):
    """What one offering asks beside what its sessions' kinds ask."""

    __tablename__ = "offering_questions"
    id: Mapped[int] = mapped_column(primary_key=True)
    week_id: Mapped[int] = mapped_column(ForeignKey("week.id", ondelete="CASCADE"))
    offering_id: Mapped[int]
    __mapper_args__ = {"version_id_col": _Asking.version}
    __table_args__ = (
        ForeignKeyConstraint(["week_id", "offering_id"], ["offering.week_id", "offering.id"], ondelete="CASCADE"),
        UniqueConstraint("offering_id"),
    )


class AskedForm(Base):
    """A form as somebody answered it, never changed; `number` is the `form_version` of registrations."""

    __tablename__ = "asked_form"
    id: Mapped[int] = mapped_column(primary_key=True)
    week_id: Mapped[int] = mapped_column(ForeignKey("week.id", ondelete="CASCADE"))
    offering_id: Mapped[int]
    number: Mapped[int]
    questions: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    __table_args__ = (
        ForeignKeyConstraint(["week_id", "offering_id"], ["offering.week_id", "offering.id"], ondelete="CASCADE"),
        UniqueConstraint("offering_id", "number"),
    )


class AnswerFile(Base):
    """A file that answers a question of a registration; read by its owner and by who may read registrations."""

    __tablename__ = "answer_file"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True, default=random_code)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), index=True)
    key: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(8))
    sha256: Mapped[str] = mapped_column(FileDigest, index=True)
    size: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    registration: Mapped[Registration] = relationship()
    __table_args__ = (UniqueConstraint("registration_id", "key"),)


class DestructionCertificate(Base):
    """That personal data of a week were destroyed: when, what kind, how many; nothing of whom. Append-only."""

    __tablename__ = "destruction_certificate"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True, default=random_code)
    week_id: Mapped[int] = mapped_column(ForeignKey("week.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    what: Mapped[str] = mapped_column(String(12))
    counts: Mapped[dict[str, int]] = mapped_column(JSON)
