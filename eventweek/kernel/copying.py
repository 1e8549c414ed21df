"""Copy rows of many tables under a new root: keys are renewed and references follow, a few statements a table."""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, insert, select

from eventweek.kernel.db import db

Row = dict[str, Any]
Reshape = Callable[[Row, Row], Row | None]
"""From a row with its references followed, and the old one: the row of the copy, None where it stays behind."""


class Copying:
    """One copy of what belongs to a row of `root`; `ids`: by table, which new key each old one got."""

    def __init__(self, root: Table, old: int, new: int) -> None:
        self.root, self.old, self.new = root, old, new
        self.ids: dict[str, dict[int, int]] = {root.name: {old: new}}

    def carry(self, table: Table, reshape: Reshape) -> int:
        """Copy the rows of a table, whose references have been carried before; say how many came.

        A row whose reference stayed behind comes without it, or stays behind too where it cannot be without.
        """
        old = [dict(row) for row in db.session.execute(self._belonging(table)).mappings()]
        pairs = [(row, new) for row in old if (new := self._renewed(table, row, reshape)) is not None]
        if not pairs:
            self.ids.setdefault(table.name, {})
            return 0
        db.session.execute(insert(table), [new for _row, new in pairs])
        if "id" in table.c:  # rows are inserted one after the other, so their keys rise in that order
            fresh = db.session.scalars(select(table.c.id).where(under(self.root, table, self.new)).order_by(table.c.id))
            self.ids[table.name] = dict(zip((row["id"] for row, _new in pairs), fresh, strict=True))
        return len(pairs)

    def _belonging(self, table: Table) -> Any:
        order = [table.c[name] for name in ("position", "id") if name in table.c]
        return select(table).where(under(self.root, table, self.old)).order_by(*order, *table.primary_key)

    def _renewed(self, table: Table, row: Row, reshape: Reshape) -> Row | None:
        followed: Row = {}
        for column in table.c:
            if _is_fresh(column):
                continue
            value, parent = row[column.key], referred(column)
            if value is not None and parent is not None and parent_of(self.root, parent) is not None:
                value = self.ids.get(parent.name, {}).get(value)
                if value is None and not column.nullable:
                    return None
            followed[column.key] = value
        return reshape(followed, row)


def referred(column: Column[Any]) -> Table | None:
    """Return the table whose `id` a column holds, also through the scope of a composite key; None where it is plain."""
    for key in column.foreign_keys:
        if key.column.primary_key and key.column.name == "id":
            return key.column.table
        return referred(key.column)
    return None


def parent_of(root: Table, table: Table) -> Table | None:
    """Return the table through which rows of a table belong to the root, None where they belong to no root."""
    if table is root:
        return root
    parents = [parent for parent in _parents(table) if parent is not table]
    if root in parents:
        return root
    return next((parent for parent in parents if parent_of(root, parent) is not None), None)


def _parents(table: Table) -> Iterator[Table]:
    for column in table.c:
        parent = referred(column)
        if parent is not None:
            yield parent


def under(root: Table, table: Table, key: int) -> ColumnElement[bool]:
    """Return the condition that rows of a table belong to the root's row of that key."""
    parent = parent_of(root, table)
    assert parent is not None
    own = next(column for column in table.c if referred(column) is parent)
    if parent is root:
        return own == key
    return own.in_(select(parent.c.id).where(under(root, parent, key)))


def _is_fresh(column: Column[Any]) -> bool:
    """Say whether a new row gets its own value: keys, random codes, versions."""
    default = column.default
    made = default is not None and (column.name == "version" or (default.is_callable and bool(column.unique)))
    return made or (column.primary_key and column.name == "id")
