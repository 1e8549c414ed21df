"""What a gate's devices are told in advance: a sequence of changes, counted, never timed."""

from typing import Any

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from eventweek.kernel.db import Base


class Manifest(Base):
    """The list of a set of gates; `seq` is the number of its newest change, `scope` the sorted codes of the gates."""

    __tablename__ = "manifest"
    id: Mapped[int] = mapped_column(primary_key=True)
    week_id: Mapped[int] = mapped_column(ForeignKey("week.id", ondelete="CASCADE"))
    scope: Mapped[str] = mapped_column(String(400))
    seq: Mapped[int] = mapped_column(default=0)
    __table_args__ = (UniqueConstraint("week_id", "scope"), UniqueConstraint("week_id", "id"))


class ManifestDelta(Base):
    """Change number `seq`: `put` or `drop` of a token; `row` holds hashes, entitlements and flags, nothing personal."""

    __tablename__ = "manifest_delta"
    week_id: Mapped[int]
    manifest_id: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    op: Mapped[str] = mapped_column(String(4))
    token_hash: Mapped[str] = mapped_column(String(64))
    row: Mapped[dict[str, Any]] = mapped_column(JSON)
    __table_args__ = (
        ForeignKeyConstraint(["week_id", "manifest_id"], ["manifest.week_id", "manifest.id"], ondelete="CASCADE"),
    )
