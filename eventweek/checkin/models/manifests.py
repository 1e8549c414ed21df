"""What a device is told in advance: rows that each know the number of their last change, counted, never timed."""

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from eventweek.kernel.db import Base


class Manifest(Base):
    """The list of the devices that stand at the same venues.

    `scope`: `*` or a digest of the venues; `seq`: the number of its newest change; `stamp`: what the week looked like
    when the list was last compared with it.
    """

    __tablename__ = "manifest"
    id: Mapped[int] = mapped_column(primary_key=True)
    week_id: Mapped[int] = mapped_column(ForeignKey("week.id", ondelete="CASCADE"))
    scope: Mapped[str] = mapped_column(String(400))
    seq: Mapped[int] = mapped_column(default=0)
    stamp: Mapped[str] = mapped_column(String(200), default="", server_default="")
    __table_args__ = (UniqueConstraint("week_id", "scope"), UniqueConstraint("week_id", "id"))


class ManifestRow(Base):
    """What one token may: `token` is the start of its hash, `row` as `checkin.listing` writes it; nothing personal.

    `seq`: the number of the manifest's change that last touched it. A token that is gone has an empty `row`.
    """

    __tablename__ = "manifest_row"
    week_id: Mapped[int]
    manifest_id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(16), primary_key=True)
    row: Mapped[str] = mapped_column(Text)
    seq: Mapped[int]
    __table_args__ = (
        ForeignKeyConstraint(["week_id", "manifest_id"], ["manifest.week_id", "manifest.id"], ondelete="CASCADE"),
        Index(None, "manifest_id", "seq"),
    )
