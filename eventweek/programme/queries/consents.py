"""The texts that people agree to, by purpose: what was kept last, and what holds now."""

import hashlib

from sqlalchemy import bindparam, select

from eventweek.kernel.db import db
from eventweek.programme.models import ConsentText


def find_kept_text(week_id: int, purpose: str) -> ConsentText | None:
    """Return the newest text of a purpose that was kept."""
    return db.session.scalar(_NEWEST, {"own_week": week_id, "own_purpose": purpose})


def text_as_it_reads(week_id: int, purpose: str, zh: str, en: str, kept: ConsentText | None) -> ConsentText:
    """Return the kept text where it reads like this, else the next version, which is not kept yet.

    What people read before they agree is so always the text that their agreement names.
    """
    if kept and (kept.text_zh, kept.text_en) == (zh, en):
        return kept
    version = kept.version + 1 if kept else 1
    return ConsentText(week_id=week_id, purpose=purpose, version=version, text_zh=zh, text_en=en)


def mark_of(text: ConsentText) -> str:
    """Return the mark of a text: one that is not kept yet has a version that another may take, never its mark."""
    return hashlib.sha256(f"{text.text_zh}\0{text.text_en}".encode()).hexdigest()[:16]


_NEWEST = (
    select(ConsentText)
    .where(ConsentText.week_id == bindparam("own_week"), ConsentText.purpose == bindparam("own_purpose"))
    .order_by(ConsentText.version.desc())
    .limit(1)
)
