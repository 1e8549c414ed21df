"""Lists of the desk: search, filters, sort and page are parts of the address, checked against what is offered."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from urllib.parse import urlencode

from flask import request

from eventweek.kernel.text import clean_line
from eventweek.web.desk.frame import blueprint

SIZE = 50


def asked(name: str, allowed: Collection[str] | None = None, longest: int = 80) -> str:
    """Return what the address asks for under a name; empty where it is not among `allowed` or too long."""
    value = request.args.get(name, "")[: longest * 4]
    value = clean_line(value, longest * 4)[:longest]
    return value if allowed is None or value in allowed else ""


@blueprint.app_template_global("address")
def address(**changes: str | int) -> str:
    """Return this page's address with other parameters; an empty value removes one, any change but of the page
    number goes back to the first page."""
    values = {name: value for name, value in request.args.items() if name != "page"}
    values |= {name: str(value) for name, value in changes.items()}
    query = urlencode({name: value for name, value in values.items() if value}, errors="replace")
    return request.script_root + request.path + (f"?{query}" if query else "")


def conditions() -> dict[str, str]:
    """Return by what the address chooses among all rows: words and filters, not the part or the order."""
    return {name: value for name, value in request.args.items() if name not in ("page", "sort", "section", "column")}


@blueprint.app_template_global("under_conditions")
def under_conditions(url: str) -> str:
    """Return another address that chooses the same rows as this page's."""
    query = urlencode(conditions(), errors="replace")
    return f"{url}?{query}" if query else url


@dataclass(frozen=True)
class Filter:
    """One filter: its parameter, its word, and its choices as (value, word); `chosen` is the value asked for."""

    name: str
    word: str
    choices: list[tuple[str, str]]
    chosen: str = field(init=False)

    def __post_init__(self) -> None:
        """Read the address; a value that is not offered is not asked for."""
        object.__setattr__(self, "chosen", asked(self.name, {value for value, _word in self.choices}))

    @property
    def chosen_word(self) -> str:
        """Return the word of the chosen value."""
        return dict(self.choices).get(self.chosen, "")


def chosen(filters: Iterable[Filter]) -> dict[str, str]:
    """Return the values asked for, by parameter, without the empty ones."""
    return {f.name: f.chosen for f in filters if f.chosen}


@dataclass(frozen=True)
class Pager:
    """A page of a list of `total` rows, counted from 1."""

    number: int
    total: int
    size: int = SIZE

    @property
    def offset(self) -> int:
        """Return how many rows come before this page."""
        return (self.number - 1) * self.size

    @property
    def first(self) -> int:
        """Return the number of the first row on this page, 0 on an empty list."""
        return min(self.offset + 1, self.total)

    @property
    def last(self) -> int:
        """Return the number of the last row on this page."""
        return min(self.offset + self.size, self.total)

    @property
    def before(self) -> str | None:
        """Return the address of the page before."""
        return address(page=self.number - 1) if self.number > 1 else None

    @property
    def after(self) -> str | None:
        """Return the address of the page after."""
        return address(page=self.number + 1) if self.last < self.total else None


def pager(total: int, size: int = SIZE) -> Pager:
    """Return the page that the address asks for, the nearest one where it does not exist."""
    text = asked("page", longest=6)
    number = int(text) if text.isascii() and text.isdigit() else 1
    return Pager(number=max(1, min(number, -(-total // size))), total=total, size=size)
