"""What the lists of records have in common: the archived, the words looked for, the part that is shown."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _

from eventweek.programme.models import Week
from eventweek.programme.queries.masters import Listed, MasterFilter
from eventweek.web.desk.frame import blueprint, page
from eventweek.web.desk.lists import SIZE, Filter, asked, chosen, pager
from eventweek.web.frame import language


def choices(rows: Iterable[Any]) -> list[tuple[str, str]]:
    """Return rows with a code and a name as choices."""
    return [(row.code, row.name.best(language())[0]) for row in rows]


def shelf() -> Filter:
    """Return the filter that shows the archived ones."""
    return Filter("shelf", _("状态"), [("archived", _("已归档"))])


def sift(filters: Iterable[Filter]) -> MasterFilter:
    """Return what the address asks for."""
    own: dict[str, Any] = dict(chosen(filters))
    archived = bool(own.pop("shelf", ""))
    return MasterFilter(words=asked("q"), archived=archived, **own)


def window(total: int) -> tuple[int, int]:
    """Return offset and limit of the page that the address asks for."""
    return pager(total).offset, SIZE


def everything(total: int) -> tuple[int, int]:
    """Return offset and limit of a whole list."""
    return 0, total


def list_page(template: str, week: Week | None, found: Listed, filters: list[Filter], **values: Any) -> str:
    """Render a list with its filters and pages."""
    return page(template, week, rows=found.rows, pager=pager(found.total), filters=filters, words=asked("q"), **values)


@blueprint.app_template_filter("month_name")
def month_name(day: date) -> str:
    """Return the month of a day with its year."""
    return str(format_date(day, "yyyy年M月" if language() != "en" else "MMMM yyyy"))


@blueprint.app_template_filter("weekday_name")
def weekday_name(day: date) -> str:
    """Return the short name of the weekday."""
    return str(format_date(day, "EEE"))
