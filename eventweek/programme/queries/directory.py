"""Find what the values of a subject refer to, each kind of thing in one statement."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.interfaces import ORMOption

from eventweek.accounts.models import User
from eventweek.kernel.db import db
from eventweek.programme.models import Tag, TagSet
from eventweek.programme.models.bindings import BINDINGS, KEYED, MODELS, OF_A_WEEK, Own


class Directory:
    """Rows by subject and reference: their code, or with a `source` their id in that source.

    A tag is `set:tag`; an id with a colon is a whole source key. Times without an offset are on the clock of `zone`.
    """

    def __init__(self, week_id: int | None = None, source: str = "", zone: str = "UTC") -> None:
        self.week_id = week_id
        self.zone = zone
        self.source = source
        self._known: dict[tuple[str, str], Any] = {}

    def find(self, subject: str, reference: str) -> Any:
        """Return the row, None where there is none."""
        if (subject, reference) not in self._known:
            self.load(subject, [reference])
        return self._known[subject, reference]

    def load(self, subject: str, references: Iterable[str], *, whole: bool = False) -> None:
        """Read the rows of one subject that are not known yet, in one statement; `whole`: with all that they hold."""
        wanted = {r for r in references if (subject, r) not in self._known}
        if not wanted:
            return
        self._known |= {(subject, reference): None for reference in wanted}
        for row in self._rows(subject, wanted, _everything(subject) if whole else _named_rows(subject)):
            self._known[subject, self.reference(subject, row)] = row

    def remember(self, subject: str, reference: str, row: Any) -> None:
        """Take in a row that was just made."""
        self._known[subject, reference] = row

    def reference(self, subject: str, row: Any) -> str:
        """Return by what the row is called here."""
        if subject == "tag":
            return f"{row.set.code}:{row.code}"
        if not self.source or subject not in KEYED:
            return str(row.code)
        return str(row.source_key).removeprefix(f"{self.source}:")

    def key(self, reference: str) -> str:
        """Return the source key that belongs to an id of the source."""
        return reference if ":" in reference else f"{self.source}:{reference}"

    def _rows(self, subject: str, wanted: set[str], options: list[ORMOption]) -> Iterable[Any]:
        model: Any = User if subject == "user" else MODELS[subject]
        query = select(model).options(*options)
        if subject in OF_A_WEEK:
            query = query.where(model.week_id == self.week_id)
        if subject == "tag":
            codes = {reference.partition(":")[2] for reference in wanted}
            rows = db.session.scalars(query.join(TagSet, Tag.set).where(Tag.code.in_(codes)))
            return [row for row in rows if self.reference("tag", row) in wanted]
        if self.source and subject in KEYED:
            return db.session.scalars(query.where(model.source_key.in_({self.key(r) for r in wanted})))
        return db.session.scalars(query.where(model.code.in_(wanted)))


def _named_rows(subject: str) -> list[ORMOption]:
    """Load the subject's own rows together with the other rows that they name, not one by one."""
    own = {name: row for name, row in BINDINGS.get(subject, {}).items() if isinstance(row, Own)}
    model = MODELS.get(subject)
    return [
        selectinload(getattr(model, name)).joinedload(getattr(row.model, other))
        for name, row in own.items()
        for other in row.others
    ]


def _everything(subject: str) -> list[ORMOption]:
    """Load all the other rows that the values of a subject lie in."""
    model, bindings = MODELS[subject], BINDINGS.get(subject, {})
    others = [name for name, own in bindings.items() if not (isinstance(own, Own) and own.others)]
    return [*_named_rows(subject), *(selectinload(getattr(model, name)) for name in others)]
