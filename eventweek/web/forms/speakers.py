"""Forms of a speaker's own pages; shape only."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import Form

from eventweek.programme.rules.speakers import WHOLE_DAY
from eventweek.web.forms.shared import Clock, DeskForm, Line, Pick, Prose

DAY_CHOICES = (("any", _("全天都能来")), ("part", _("只有一段时间")), ("none", _("不能来")))


class ProfileForm(DeskForm):
    """What a person says of themself."""

    affiliation_zh = Line(_("单位和职务"), 160)
    affiliation_en = Line(_("单位和职务（英文）"), 160)
    honour_zh = Line(_("称谓"), 80)
    honour_en = Line(_("称谓（英文）"), 80)
    bio_zh = Prose(_("简介"), 4000)
    bio_en = Prose(_("简介（英文）"), 4000)

    def values(self) -> dict[str, str]:
        """Return what the action takes."""
        return {field.name: field.data for field in self if field.name not in self.VERSIONS}


class DayForm(Form):
    """When somebody can come on one day: always, never, or in one or two spans."""

    can = Pick(_("这一天"), choices=DAY_CHOICES)
    opens = Clock(_("从"))
    closes = Clock(_("到"))
    opens_again = Clock(_("再从"))
    closes_again = Clock(_("再到"))

    def rows(self, day: date) -> list[dict[str, Any]]:
        """Return the spans; a half one is left to the rules, which name its place."""
        if self.can.data == "any":
            return [{"day": day, "opens": WHOLE_DAY[0], "closes": WHOLE_DAY[1]}]
        pairs = ((self.opens.data, self.closes.data), (self.opens_again.data, self.closes_again.data))
        spans = [{"day": day, "opens": opens, "closes": closes} for opens, closes in pairs if opens or closes]
        return spans if self.can.data == "part" else []

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the shape, and that a part of a day says which."""
        good = super().validate(extra_validators)
        if good and self.can.data == "part" and not (self.opens.data and self.closes.data):
            self.opens.errors = [str(_("写从几点到几点。"))]
            return False
        return bool(good)


def day_values(day: date, rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return what the form of a day shows for a person's spans (none at all: they can always come)."""
    own = [row for row in rows if row["day"] == day]
    if not rows or any((row["opens"], row["closes"]) == WHOLE_DAY for row in own):
        return {"can": "any"}
    names = (("opens", "closes"), ("opens_again", "closes_again"))
    spans = [zip(pair, (row["opens"], row["closes"]), strict=True) for pair, row in zip(names, own, strict=False)]
    return {"can": "part" if own else "none"} | {name: value for span in spans for name, value in span}
