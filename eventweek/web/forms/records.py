"""Forms of the desk's records: groups of fields, bilingual pairs, and rows that repeat without any script."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _
from wtforms import FieldList, Form, FormField

from eventweek.kernel.errors import Invalid, Refusal
from eventweek.language import say
from eventweek.web.forms.pictures import Picture
from eventweek.web.forms.shared import DeskForm, Tick, shown

SPARE = 2
MORE = 6


class Row(Form):
    """One of several rows; dropped when it is ticked off or left empty. `MUST` names lists in which one is chosen."""

    drop = Tick(_("删"))

    MUST: tuple[str, ...] = ()

    def cells(self) -> list[Any]:
        """Return the fields that hold the row's values."""
        return [field for field in self if field.name.rpartition("-")[2] != "drop"]

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the shape, and that something is chosen where it must be."""
        good = super().validate(extra_validators)
        for name in self.MUST:
            if not self[name].data:
                self[name].errors = [say("field.required", {})]
                good = False
        return bool(good)

    def is_empty(self) -> bool:
        """Say whether nothing was typed."""
        return not any(field.data or "".join(map(str, field.raw_data or ())).strip() for field in self.cells())


class Rows(FieldList):
    """Rows of one form, with some empty ones waiting at the end."""

    def __init__(self, row: type[Row], label: Any = None, **rest: Any) -> None:
        super().__init__(FormField(row), label, **rest)
        self.offered: dict[str, Sequence[tuple[str, Any]]] = {}

    def offer(self, name: str, choices: Sequence[tuple[str, Any]]) -> None:
        """Let a field of each row, also of those that are added later, choose among these."""
        self.offered[name] = choices
        for entry in self.entries:
            entry.form[name].offer(choices)

    def process(self, *given: Any, **more: Any) -> None:
        """Fill the rows, which then have their choices."""
        super().process(*given, **more)
        for name, choices in self.offered.items():
            self.offer(name, choices)

    def append_entry(self, *given: Any) -> Any:
        """Add a row that has its choices."""
        entry = super().append_entry(*given)
        for name, choices in self.offered.items():
            entry.form[name].offer(choices)
        return entry

    def kept(self) -> list[Row]:
        """Return the rows that count."""
        return [row for _number, row in self.numbered()]

    def numbered(self) -> list[tuple[int, Row]]:
        """Return the rows that count, with their numbers on the page, from 1."""
        rows = [(number, entry.form) for number, entry in enumerate(self.entries, start=1)]
        return [(number, row) for number, row in rows if not row.drop.data and not row.is_empty()]

    def validate(self, form: Any, extra_validators: Any = ()) -> bool:
        """Check the rows that count; each says what is wrong at its own fields."""
        self.errors: list[str] = []
        return all([row.validate() for row in self.kept()])

    def values(self) -> list[dict[str, Any]]:
        """Return the rows that count, as values."""
        return [{field.short_name: field.data for field in row.cells()} for row in self.kept()]

    def add_spare(self, wanted: int = SPARE) -> None:
        """Let `wanted` empty rows wait at the end of the page that is shown next."""
        for _number in range(wanted - sum(1 for entry in self.entries if entry.form.is_empty())):
            self.append_entry()

    def at(self, number: int, name: str) -> Any:
        """Return the field of that name in the row of that number among those that count, None where there is none."""
        kept = self.kept()
        found = [field for field in kept[number].cells() if field.short_name == name] if number < len(kept) else []
        return found[0] if found else None

    def written(self) -> str:
        """Return the rows as people read them, one a line."""
        return "\n".join(" ".join(filter(None, (shown(field) for field in row.cells()))) for row in self.kept())


@dataclass(frozen=True)
class Group:
    """Fields under one heading; `name` stands for the pair `name_zh`, `name_en`, a tuple for fields side by side."""

    word: LazyString
    names: tuple[str | tuple[str, ...], ...]


class Problem(NamedTuple):
    """One thing that is wrong with a form: the id of its field, what the field is called (both may be empty), why."""

    id: str
    word: str
    sentence: str


class RecordForm(DeskForm):
    """A form of groups. `NEEDED` names the fields that are not marked as optional."""

    GROUPS: tuple[Group, ...] = ()
    NEEDED: frozenset[str] = frozenset({"name_zh"})

    def sets_of_rows(self) -> list[Rows]:
        """Return the sets of rows."""
        return [field for field in self if isinstance(field, Rows)]

    def has_pictures(self) -> bool:
        """Say whether the form takes files."""
        return any(isinstance(field, Picture) for field in self)

    def values(self) -> dict[str, Any]:
        """Return what an action takes: the values by field name."""
        fields = [field for field in self if field.name != "version"]
        return {f.name: f.values() if isinstance(f, Rows) else f.data for f in fields}

    def add_spare(self, do: str = "") -> None:
        """Let empty rows wait at the end of each set; `more:hours` asks for many of one."""
        for rows in self.sets_of_rows():
            rows.add_spare(MORE if do == f"more:{rows.name}" else SPARE)

    def laid_out(self) -> Iterator[tuple[LazyString, list[list[Any]]]]:
        """Yield each group's word with its lines of one, two or three fields."""
        for group in self.GROUPS:
            yield group.word, [[self[name] for name in self._line(line)] for line in group.names]

    def _line(self, line: str | tuple[str, ...]) -> list[str]:
        if isinstance(line, tuple):
            return list(line)
        return [f"{line}_zh", f"{line}_en"] if f"{line}_zh" in self else [line]

    def problems(self) -> list[Problem]:
        """Return everything that is wrong, in the order of the page."""
        return [Problem("", "", str(sentence)) for sentence in self.form_errors] + [
            problem for field in self for problem in self.problems_of(field)
        ]

    def problems_of(self, field: Any) -> list[Problem]:
        """Return what is wrong with one field, also inside its rows; a cell is called after its row."""
        word = str(field.label.text)
        places = [(field, word)]
        if isinstance(field, Picture):
            places += [(part, f"{word} · {part.label.text}") for part in field.parts()]
        if isinstance(field, Rows):
            for number, row in field.numbered():
                named = gettext("%(word)s第 %(n)s 行", word=word, n=number)
                places += [(cell, f"{named} · {cell.label.text}") for cell in row.cells()]
        return [Problem(place.id, name, str(sentence)) for place, name in places for sentence in place.errors]

    def refuse(self, refusal: Refusal, stored: DeskForm | None = None) -> None:
        """Show a refusal where it belongs, also inside rows (`hours.0.opens`).

        Raises: the refusal itself when no input can mend it.
        """
        if not isinstance(refusal, Invalid):
            super().refuse(refusal, stored)
            return
        for error in refusal.errors:
            field = self._place(error.field)
            sentence = say(error.code, error.facts)
            if field is None:
                self.form_errors.append(sentence)
            else:
                field.errors = [*field.errors, sentence]

    def _place(self, path: str) -> Any:
        name, _dot, rest = path.partition(".")
        field = self._fields.get(name) or self._fields.get(f"{name}_zh")
        number, _dot, cell = rest.partition(".")
        if isinstance(field, Rows) and number.isdecimal():
            return field.at(int(number), cell) or field
        return field
