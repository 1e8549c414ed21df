"""Reads of pictures and files that were uploaded: by their codes, and those that nothing names any more."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Select, exists, select

from eventweek.kernel.db import Base, db
from eventweek.kernel.errors import Refusal
from eventweek.programme.models import Attachment, Picture, PictureRendition

U = TypeVar("U", bound=Picture | Attachment)


def get_upload(model: type[U], code: str) -> U:
    """Return the picture or file of a code.

    Raises: Refusal subject.not_found.
    """
    own = db.session.scalar(select(model).where(model.code == code))
    if own is None:
        raise Refusal("subject.not_found")
    return own


def map_uploads(model: type[U], codes: Collection[str]) -> dict[str, U]:
    """Return the pictures (with their sizes, in two statements) or files of these codes, by code."""
    return {own.code: own for own in db.session.scalars(select(model).where(model.code.in_(codes)))}


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
