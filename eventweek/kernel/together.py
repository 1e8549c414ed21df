"""Several small questions put to the database as one."""

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import Select, String, cast, literal, null, select, union_all

from eventweek.kernel.db import db

Texts = tuple[str, ...]


def read_together(**queries: Select[*tuple[object, ...]]) -> Mapping[str, list[Texts]]:
    """Return the rows of small queries by their names, read in one statement, each in the order of its values.

    Every value comes as text, as the database writes it: a number in digits, a day as ISO 8601, NULL as an empty text.
    """
    inner = {name: query.subquery().c for name, query in queries.items()}
    width = max(map(len, inner.values()))
    sides = [
        select(
            literal(name).label("name"),
            *(cast(column, String).label(f"v{n}") for n, column in enumerate(columns)),
            *(cast(null(), String).label(f"v{n}") for n in range(len(columns), width)),
        )
        for name, columns in inner.items()
    ]
    found: dict[str, list[Texts]] = defaultdict(list)
    for name, *values in db.session.execute(union_all(*sides)):
        found[name].append(tuple(value or "" for value in values[: len(inner[name])]))
    return {name: sorted(found[name]) for name in queries}
