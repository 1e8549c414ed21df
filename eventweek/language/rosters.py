"""Lists of people in words: the template, what becomes of each row, the rows with what is wrong beside them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _

from eventweek.imports.outcome import facts_of
from eventweek.kernel.tables import Column, Page, Row, write_workbook
from eventweek.language import registrants, say
from eventweek.language.words import REGISTERED
from eventweek.registration.models import Roster
from eventweek.registration.queries.offerings import OpenOffering, title_of
from eventweek.registration.queries.rosters import label_of, lines_of
from eventweek.registration.rosters import Line

HEADS: Mapping[str, tuple[LazyString, int]] = {
    **{name: registrants.HEADS[name] for name in ("name", "phone", "email", "organisation")},
    "offerings": (_("报名项"), 48),
}
FATES: Mapping[str, LazyString] = {
    "new": _("新报名"),
    "same": _("已经报名，不变"),
    "kept": _("已经报名，登记的与表里不同，保留登记的"),
    "repeated": _("表里前面已有"),
    "wrong": _("有错"),
}
ORIGINS: Mapping[str, LazyString] = {
    "partner": _("合作平台报名时同意"),
    "form": _("纸质或电子报名表"),
    "unit": _("所在单位征求了本人同意"),
    "earlier": _("往届报名时同意继续联系"),
}


@dataclass(frozen=True)
class Shown:
    """What becomes of one row: the person as written, the offering, the word of its fate, and what is wrong."""

    row: int
    line: Line | None
    offering: str
    fate: str
    becomes: str
    field: str = ""
    cure: str = ""
    code: str = ""

    @property
    def word(self) -> str:
        """Return what becomes of it, in words."""
        return str(REGISTERED[self.becomes]) if self.becomes else str(FATES[self.fate])

    @property
    def column(self) -> str:
        """Return the head of the column that is wrong, empty for none."""
        return str(HEADS[self.field][0]) if self.field in HEADS else ""

    @property
    def value(self) -> str:
        """Return what stands in that column."""
        return getattr(self.line, self.field)[:120] if self.line and self.field in HEADS else ""


def shown_rows(own: Roster, offerings: Iterable[OpenOffering], language: str) -> list[Shown]:
    """Return what becomes of each row, those that are wrong first; without the people once their rows are gone.

    Raises: Refusal seal.broken, file.not_found.
    """
    lines = {line.row: line for line in lines_of(own)}
    titles = {one.offering.code: title_of(one, language) for one in offerings}
    rows = [_shown(row, lines, titles) for row in own.outcome.get("rows", [])]
    return sorted(rows, key=lambda row: (row.fate != "wrong", row.row))


def _shown(row: Mapping[str, Any], lines: Mapping[int, Line], titles: Mapping[str, str]) -> Shown:
    code, facts = row.get("code", ""), facts_of(row.get("facts", {}))
    return Shown(
        row=row["row"],
        line=lines.get(row["row"]),
        offering=titles.get(row["offering"], row["offering"]),
        fate=row["fate"],
        becomes=row["becomes"],
        field=row.get("field", ""),
        cure=say(code, facts) if code else "",
        code=code,
    )


def roster_template(offerings: Sequence[OpenOffering], language: str) -> bytes:
    """Write an empty list with a note, a sample, and the offerings to choose from."""
    labels = [label_of(own, language) for own in offerings]
    notes = {
        "name": gettext("# 一人一行；# 开头的行不读"),
        "phone": gettext("手机或邮箱填一样即可"),
        "email": "",
        "organisation": gettext("可不填"),
        "offerings": gettext("从下拉里选；报几项用分号隔开，填编号也行"),
    }
    sample = [
        gettext("# 例：王敏"),
        "13800138000",
        "wang@example.org",
        gettext("示例单位"),
        labels[0] if labels else "",
    ]
    rows = [Row(list(notes.values()), "note"), Row(sample, "sample")]
    columns = [
        Column(str(head), width, labels if name == "offerings" else (), only=False)
        for name, (head, width) in HEADS.items()
    ]
    return write_workbook([Page(gettext("名单"), columns, rows)], lists=gettext("报名项"))


def roster_problems(own: Roster) -> bytes:
    """Write the rows as they came, with what is wrong beside each.

    Raises: Refusal roster.not_found once the rows are gone, seal.broken, file.not_found.
    """
    told: dict[int, list[str]] = {}
    for row in own.outcome.get("rows", []):
        if row["fate"] == "wrong":
            shown = _shown(row, {}, {})
            told.setdefault(shown.row, []).append(f"{shown.column}：{shown.cure}" if shown.column else shown.cure)
    columns = [Column(gettext("问题"), 48), *(Column(str(head), width) for head, width in HEADS.values())]
    rows = [
        Row(
            ["\n".join(told.get(line.row, [])), *(getattr(line, name) for name in HEADS)],
            "wrong" if line.row in told else "",
        )
        for line in lines_of(own)
    ]
    return write_workbook([Page(gettext("名单"), columns, rows)])
