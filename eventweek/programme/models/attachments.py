"""Files that visitors may download: kept as they came, under a name made safe."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventweek.kernel.db import Base, Bilingual, FileDigest, UtcDateTime, bilingual
from eventweek.kernel.tokens import random_code


class Attachment(Base):
    """A file of `size` bytes with the name under which it is saved; never changed: another file is another row."""

    __tablename__ = "attachment"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True, default=random_code)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(8))
    sha256: Mapped[str] = mapped_column(FileDigest, index=True)
    size: Mapped[int]
    uploaded_by: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SessionAttachment(Base):
    """A file beside the session: slides, a handout, a form."""

    __tablename__ = "session_attachment"
    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("attachment.id"))
    kind: Mapped[str] = mapped_column(String(12))
    title: Mapped[Bilingual] = bilingual("title", 200)
    position: Mapped[int]
    file: Mapped[Attachment] = relationship()
