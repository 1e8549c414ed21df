"""The list of registrations as a workbook, with chosen columns; who takes it along is recorded."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _

from eventweek.audit.actors import Actor
from eventweek.kernel.tables import write_workbook
from eventweek.kernel.tables.writing import Column, Page, Row
from eventweek.language.words import CLASSES, ENDS, REGISTERED, YES_NO
from eventweek.programme.models import Week
from eventweek.registration.actions.files import export_registrations
from eventweek.registration.models import Registration
from eventweek.registration.queries.offerings import OpenOffering, title_of

Cell = str | int | None
HEADS: Mapping[str, tuple[LazyString, int]] = {
    "name": (_("姓名"), 14),
    "name_en": (_("英文名"), 18),
    "organisation": (_("所在单位"), 24),
    "phone": (_("手机号"), 18),
    "email": (_("邮箱"), 26),
    "proven": (_("验证过"), 8),
    "session": (_("报名项"), 40),
    "start": (_("开始"), 18),
    "city": (_("城市"), 10),
    "kind": (_("类型"), 14),
    "class": (_("哪一类"), 10),
    "seats": (_("人数"), 8),
    "state": (_("状态"), 12),
    "end": (_("为什么结束"), 16),
    "created_at": (_("报名时间"), 18),
    "code": (_("编号"), 12),
}
"""The columns in their order, with their widths; identity numbers and answers are in no export."""


def registrations_workbook(
    week: Week,
    found: tuple[Collection[Registration], Mapping[int, OpenOffering]],
    columns: Collection[str],
    language: str,
    *,
    actor: Actor,
) -> bytes:
    """Write registrations with the columns asked for (none: all); who took how many rows with which is recorded.

    Raises: Refusal permission.denied.
    """
    rows, offerings = found
    chosen = [name for name in HEADS if name in columns] or list(HEADS)
    zone = ZoneInfo(week.timezone)
    lines = [Row([_CELLS[name](row, offerings[row.offering_id], language, zone) for name in chosen]) for row in rows]
    # A transaction forgets what was loaded, so the cells are written before it.
    export_registrations(week.id, len(rows), chosen, actor=actor)
    heads = [Column(str(HEADS[name][0]), HEADS[name][1]) for name in chosen]
    return write_workbook([Page(gettext("报名"), heads, lines)])


def _named(facts: Mapping[str, str] | None, language: str) -> str:
    first, other = ("en", "zh") if language == "en" else ("zh", "en")
    return (facts[first] or facts[other]) if facts else ""


def _at(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M")


_CELLS: Mapping[str, Callable[[Registration, OpenOffering, str, ZoneInfo], Cell]] = {
    "name": lambda row, _own, _language, _zone: row.attendee.name,
    "name_en": lambda row, _own, _language, _zone: row.attendee.name_en,
    "organisation": lambda row, _own, _language, _zone: row.attendee.organisation,
    "phone": lambda row, _own, _language, _zone: (row.attendee.phone_e164 or "").removeprefix("+86"),
    "email": lambda row, _own, _language, _zone: row.attendee.email,
    "proven": lambda row, _own, _language, _zone: str(YES_NO["yes" if row.attendee.proven else "no"]),
    "session": lambda _row, own, language, _zone: title_of(own, language),
    "start": lambda _row, own, _language, zone: _at(own.starts, zone),
    "city": lambda _row, own, language, _zone: _named(own.sessions[0].facts["city"], language),
    "kind": lambda _row, own, language, _zone: _named(own.sessions[0].facts["kind"], language),
    "class": lambda row, _own, _language, _zone: str(CLASSES.get(row.cls, row.cls)),
    "seats": lambda row, _own, _language, _zone: row.seats,
    "state": lambda row, _own, _language, _zone: str(REGISTERED[row.state]),
    "end": lambda row, _own, _language, _zone: str(ENDS.get(row.end_reason, row.end_reason)),
    "created_at": lambda row, _own, _language, zone: _at(row.created_at, zone),
    "code": lambda row, _own, _language, _zone: row.code,
}
