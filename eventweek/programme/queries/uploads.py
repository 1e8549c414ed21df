"""Which uploaded pictures and files nothing names any more."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, select

from eventweek.kernel.db import Base
from eventweek.programme.models import Attachment, Picture, PictureRendition


def unused(model: type[Picture] | type[Attachment], before: datetime) -> Select[Any]:
    """Return the query for the rows that were taken in before that time and that no column names."""
    return select(model).where(model.created_at < before, *(~exists(use) for use in _uses(model)))


def _uses(model: type[Picture] | type[Attachment]) -> list[Any]:
    """Return one query for each column of ours that may name a row; the sizes of a picture are its own."""
    columns = [
        column
        for table in Base.metadata.tables.values()
        if table.name != PictureRendition.__tablename__
        for column in table.columns
        if any(key.column.table.name == model.__tablename__ for key in column.foreign_keys)
    ]
    return [select(column).where(column == model.id).correlate(model.__table__) for column in columns]
