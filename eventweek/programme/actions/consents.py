"""Keep a text before somebody agrees to it."""

from sqlalchemy import select

from eventweek.kernel.db import db, insert_new
from eventweek.programme.models import ConsentText


def keep_text(text: ConsentText) -> ConsentText:
    """Return the kept row of a text, which is kept first where it is new; inside the caller's transaction."""
    if text.id is not None:
        return text
    own = {"week_id": text.week_id, "purpose": text.purpose, "version": text.version}
    insert_new(ConsentText, **own, text_zh=text.text_zh, text_en=text.text_en)
    return db.session.scalars(select(ConsentText).filter_by(**own)).one()
