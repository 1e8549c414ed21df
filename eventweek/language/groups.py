"""The workbooks of groups: a template, a file with what is wrong beside its rows, the leader's list."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from flask_babel import gettext as _

from eventweek.kernel.errors import Refusal
from eventweek.kernel.tables import Column, Page, Row, is_office, read_tables, write_workbook
from eventweek.language import say
from eventweek.language.words import REGISTERED
from eventweek.registration.actions.groups import Problem
from eventweek.registration.members import MOST_MEMBERS, Member, read_sheet
from eventweek.registration.models import Registration

LONGEST_SENT = 60_000


def sample_name() -> str:
    """Return the name in the template's sample row, which is passed over when it comes back."""
    return str(_("示例姓名（这一行请删去）"))


def read_members(content: bytes, name: str) -> list[Member]:
    """Return the people of a file.

    Raises: Refusal table.…, group.no_heads, group.too_many.
    """
    return read_sheet(read_tables(content, name if is_office(content) else "x.csv"), sample_name())


def template_of_members() -> bytes:
    """Write an empty sheet with a sample."""
    sample = Row([sample_name(), "13800138000", "name@example.org"], "sample")
    return write_workbook([Page(_("名单"), _columns(), [sample])])


def problems_of_members(members: Sequence[Member], problems: Sequence[Problem]) -> bytes:
    """Write rows as they came, with what is wrong beside each."""
    told: dict[int, list[str]] = {}
    for problem in problems:
        told.setdefault(problem.row, []).append(sentence_of(problem))
    rows = [
        Row([own.name, own.phone, own.email, " ".join(told.get(own.row, []))], "wrong" if own.row in told else "")
        for own in members
    ]
    return write_workbook([Page(_("名单"), [*_columns(), Column(_("问题"), 60)], rows)])


def list_of_members(rows: Sequence[Registration]) -> bytes:
    """Write who is in a group and how each stands."""
    lines = [
        Row([own.attendee.name, own.attendee.phone_e164, own.attendee.email, str(REGISTERED[own.state])])
        for own in rows
    ]
    return write_workbook([Page(_("名单"), [*_columns(), Column(_("状态"), 16)], lines)])


def sentence_of(problem: Problem) -> str:
    """Return what is wrong with a row."""
    return say(problem.error.code, problem.error.facts)


def place_of(problem: Problem, member: Member) -> str:
    """Return the column that is wrong and what stands in it, empty for what concerns the whole row."""
    columns = {"name": _("姓名"), "phone": _("手机号"), "email": _("邮箱")}
    column = columns.get(problem.error.field, "")
    value = getattr(member, problem.error.field)[:60] if column else ""
    return str(_("%(column)s“%(value)s”", column=column, value=value)) if value else column


def packed(members: Sequence[Member]) -> str:
    """Return rows as a text that a form can carry."""
    return json.dumps([list(asdict(own).values()) for own in members], ensure_ascii=False)


def unpacked(text: str) -> list[Member]:
    """Return the rows of such a text.

    Raises: Refusal group.empty for what is none.
    """
    try:
        found = json.loads(text[:LONGEST_SENT])
        rows = [Member(int(row), *(str(cell) for cell in cells)) for row, *cells in found[:MOST_MEMBERS]]
    except (ValueError, TypeError, KeyError, RecursionError, OverflowError):
        raise Refusal("group.empty") from None
    return rows


def _columns() -> list[Column]:
    return [Column(_("姓名"), 24), Column(_("手机号"), 20), Column(_("邮箱"), 32)]
