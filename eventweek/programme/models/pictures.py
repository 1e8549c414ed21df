"""Pictures: what was uploaded, in its sizes, with the words for those who cannot see it."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventweek.kernel.db import Base, Bilingual, FileDigest, UtcDateTime, bilingual
from eventweek.kernel.tokens import random_code


class Picture(Base):
    """A picture with its words; never changed: other words or another file make another picture."""

    __tablename__ = "picture"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True, default=random_code)
    alt: Mapped[Bilingual] = bilingual("alt", 300)
    credit: Mapped[str] = mapped_column(String(200), default="")
    uploaded_by: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    renditions: Mapped[list["PictureRendition"]] = relationship(
        order_by="PictureRendition.width", cascade="all, delete-orphan", lazy="selectin"
    )

    @property
    def name(self) -> str:
        """Return by what people tell it from others: its words, and its code."""
        return " · ".join(filter(None, (self.alt.zh or self.alt.en, self.code)))


class PictureRendition(Base):
    """One size of a picture in pixels, and its file (WebP) of `size` bytes."""

    __tablename__ = "picture_rendition"
    picture_id: Mapped[int] = mapped_column(ForeignKey("picture.id", ondelete="CASCADE"), primary_key=True)
    width: Mapped[int] = mapped_column(primary_key=True)
    height: Mapped[int]
    sha256: Mapped[str] = mapped_column(FileDigest, index=True)
    size: Mapped[int]
