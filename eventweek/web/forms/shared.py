"""Fields that read what people type, and the form that shows refusals where they belong."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from wtforms import (
    BooleanField,
    Form,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from eventweek.kernel.errors import Invalid, Refusal
from eventweek.kernel.text import clean_line, clean_text
from eventweek.language import say, sentence
from eventweek.language.status import is_denied

ENDLESS = 1_000_000
LARGEST = 999_999_999


def _within(text: str, longest: int) -> None:
    if len(text) > longest:
        raise ValueError(say("text.too_long", {"longest": longest, "length": len(text)}))


def _plain(values: list[str]) -> str:
    """Return the one value typed, cleaned, with full-width digits and signs as plain ones."""
    return unicodedata.normalize("NFKC", clean_line(values[0] if values else "", ENDLESS))


class Line(StringField):
    """One line of at most `longest` characters."""

    def __init__(self, label: Any = None, longest: int = 200, **rest: Any) -> None:
        super().__init__(label, **rest)
        self.longest = longest

    def process_formdata(self, valuelist: list[str]) -> None:
        """Keep what was typed, cleaned; say when it is too long."""
        self.data = clean_line(valuelist[0] if valuelist else "", ENDLESS)
        _within(self.data, self.longest)


class Prose(TextAreaField):
    """Several lines of at most `longest` characters."""

    def __init__(self, label: Any = None, longest: int = 2000, **rest: Any) -> None:
        super().__init__(label, **rest)
        self.longest = longest

    def process_formdata(self, valuelist: list[str]) -> None:
        """Keep what was typed, cleaned; say when it is too long."""
        self.data = clean_text(valuelist[0] if valuelist else "", ENDLESS)
        _within(self.data, self.longest)


class _Typed(StringField):
    """A value with a written form: what cannot be read is shown again as it was typed."""

    typed = ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the value; None where nothing was typed."""
        self.typed = _plain(valuelist)[:80]
        self.data = None
        if self.typed:
            self.data = self.read(self.typed)

    def read(self, text: str) -> Any:
        """Return the value of a text."""
        raise NotImplementedError

    def write(self, value: Any) -> str:
        """Return the text of a value."""
        return str(value)

    def _value(self) -> str:
        return self.write(self.data) if self.data is not None else self.typed


class Whole(_Typed):
    """A whole number, None when empty; full-width digits and thousands commas are accepted."""

    def read(self, text: str) -> int:
        """Return the number."""
        digits = text.replace(",", "").replace(" ", "")
        if not re.fullmatch(r"-?[0-9]{1,12}", digits):
            raise ValueError(_("要填整数，例如 120。"))
        number = int(digits)
        if abs(number) > LARGEST:
            raise ValueError(_("数太大。最多填 9 位数。"))
        return number


class Decimal(_Typed):
    """A finite decimal number such as a latitude, None when empty."""

    def read(self, text: str) -> float:
        """Return the number."""
        if not re.fullmatch(r"-?[0-9]{1,6}(\.[0-9]{1,10})?", text):
            raise ValueError(_("要填数字，例如 43.8171。"))
        return float(text)


class Clock(_Typed):
    """A time of day as `HH:MM`, None when empty; 9:30, 9：30 and 0930 are accepted."""

    def read(self, text: str) -> str:
        """Return the time as `HH:MM`."""
        found = re.fullmatch(r"([0-9]{1,2}):?([0-9]{2})", text)
        if not found or int(found[1]) > 23 or int(found[2]) > 59:
            raise ValueError(_("时间写成 09:30 这样，从 00:00 到 23:59。"))
        return f"{int(found[1]):02}:{found[2]}"


class Day(_Typed):
    """A calendar day, None when empty; 2026-10-15, 2026/10/15 and 2026年10月15日 are accepted."""

    def read(self, text: str) -> date:
        """Return the day."""
        found = re.fullmatch(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?", text)
        try:
            if found:
                return date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            pass
        raise ValueError(_("日期写成 2026-10-15 这样，并且要是日历上有的一天。"))


class Moment(_Typed):
    """A day and time on the reader's clock, None when empty; 2026-10-15 14:00 and 2026年10月15日 14:00 are accepted."""

    def read(self, text: str) -> datetime:
        """Return the time, without a zone."""
        found = re.fullmatch(
            r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?[ T]*([0-9]{1,2}):([0-9]{2})(:00)?", text
        )
        try:
            if found:
                return datetime(*map(int, found.groups()[:5]))  # type: ignore[arg-type]
        except ValueError:
            pass
        raise ValueError(_("时间写成 2026-10-15 14:00 这样。"))

    def write(self, value: datetime) -> str:
        """Return the time in the form in which it is typed."""
        return f"{value:%Y-%m-%d %H:%M}"


class _Offered:
    """Choices are pairs of a code and its word, given when the field is made or later by `offer`."""

    choices: Any

    def __init__(self, label: Any = None, choices: Iterable[tuple[str, Any]] = (), **rest: Any) -> None:
        super().__init__(label, choices=[SelectChoice(code, word) for code, word in choices], **rest)  # type: ignore[call-arg]

    def offer(self, choices: Iterable[tuple[str, Any]]) -> None:
        """Let people choose among these."""
        self.choices = [SelectChoice(code, word) for code, word in choices]

    def offer_groups(self, first: tuple[str, Any], groups: Iterable[tuple[str, Iterable[tuple[str, Any]]]]) -> None:
        """Let people choose `first`, which stands alone, or one of a group under its heading."""
        grouped = [SelectChoice(code, word, optgroup=name) for name, own in groups for code, word in own]
        self.choices = [SelectChoice(*first), *grouped]

    def pre_validate(self, form: Any) -> None:
        """Refuse what is not offered."""
        sent = self.data if isinstance(self.data, list) else [self.data or ""]  # type: ignore[attr-defined]
        if not set(sent) <= {choice.value for choice in self.choices}:
            raise ValidationError(_("这一项不在可选的范围里。重新选一项。"))


class Pick(_Offered, SelectField):
    """One of a list of choices."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Keep the choice sent."""
        self.data = clean_line(valuelist[0] if valuelist else "", ENDLESS)[:80]


class Several(_Offered, SelectMultipleField):
    """Any number of a list of choices, as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        """Keep the choices sent, each once."""
        self.data = list(dict.fromkeys(clean_line(value, ENDLESS)[:80] for value in valuelist))


class Tick(BooleanField):
    """One box."""


@dataclass(frozen=True)
class Difference:
    """A field that differs between what was typed and what is stored by now."""

    name: str
    word: str
    mine: str
    theirs: str


class DeskForm(Form):
    """A form that says refusals at their fields and knows when somebody else was faster."""

    version = HiddenField()
    stale: tuple[Difference, ...] = ()
    denied = False
    """Whether what was sent is beyond the rights of who sent it."""
    VERSIONS: tuple[str, ...] = ("version",)
    """What says of which version the form was filled; never a difference that people see."""

    @property
    def read_version(self) -> int:
        """Return the version that the form was filled from; 0, which is never current, when it is no number."""
        text = str(self.version.data or "")
        return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else 0

    def refuse(self, refusal: Refusal, stored: "DeskForm | None" = None) -> None:
        """Show a refusal at its fields, else above the form; `stored` holds today's values for a stale version.

        Raises: the refusal itself when no input can mend it (permission.denied, *.not_found).
        """
        if refusal.code == "permission.denied" or refusal.code.endswith("not_found"):
            raise refusal
        if refusal.code == "version.stale" and stored is not None:
            self.stale = tuple(self._differences(stored))
            for name in self.VERSIONS:
                self[name].data = stored[name].data
            if not self.stale:
                self.form_errors.append(sentence(refusal))
            return
        if not isinstance(refusal, Invalid):
            self.denied = is_denied(refusal.code)
            self.form_errors.append(sentence(refusal))
            return
        for error in refusal.errors:
            self._at(error.field).append(say(error.code, error.facts))

    def take(self, names: Iterable[str]) -> None:
        """Put what is stored in place of what was typed, in the fields of these names."""
        for name in names:
            field = self._fields.get(name)
            if field is not None and name not in self.VERSIONS:
                field.process(None, field.object_data)

    def _at(self, name: str) -> list[str]:
        if name not in self._fields:
            return self.form_errors  # type: ignore[no-any-return]
        field = self._fields[name]
        field.errors = list(field.errors)
        return field.errors  # type: ignore[no-any-return]

    def _differences(self, stored: "DeskForm") -> Iterable[Difference]:
        for name, field in self._fields.items():
            other = stored._fields[name]
            mine, theirs = shown(field), shown(other)
            if name not in self.VERSIONS and mine != theirs:
                yield Difference(name, str(field.label.text), mine, theirs)


def shown(field: Any) -> str:
    """Return a field's value as people read it; rows say it themselves."""
    if hasattr(field, "written"):
        return str(field.written())
    if isinstance(field, SelectField | SelectMultipleField):
        wanted = field.data if isinstance(field.data, list) else [field.data or ""]
        return "、".join(str(choice[1]) for choice in field.iter_choices() if choice[0] in wanted)
    if isinstance(field, BooleanField):
        return str(_("是") if field.data else _("否"))
    if isinstance(field, _Typed):
        return field._value()
    return "" if field.data is None else str(field.data)
