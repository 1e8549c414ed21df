"""Files that were brought: which there are, and one by its code."""

from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import select

from eventweek.imports.models import Import
from eventweek.kernel.db import db
from eventweek.kernel.errors import Refusal

Row = TypeVar("Row", bound=Import)


def list_brought(model: type[Row], week_id: int, most: int = 20) -> Sequence[Row]:
    """Return the last files of a kind and week, the newest first."""
    query = select(model).where(model.week_id == week_id).order_by(model.id.desc()).limit(most)
    return db.session.scalars(query).all()


def get_brought(model: type[Row], week_id: int, code: str, *, lock: bool = False) -> Row:
    """Return a file of this kind and week; with `lock` as it stands now, held until the transaction ends.

    Raises: Refusal <noun>.not_found.
    """
    query = select(model).where(model.week_id == week_id, model.code == code)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise Refusal(f"{model.noun}.not_found")
    return found
