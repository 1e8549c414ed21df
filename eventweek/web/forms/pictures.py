"""The control of a picture: the one that stands, a file that replaces it, its words, and a box to take it away."""

from typing import Any

from flask_babel import lazy_gettext as _
from werkzeug.datastructures import FileStorage
from wtforms import Field, Form

from eventweek.web.forms.shared import Line, Tick

LONGEST_REQUEST = 16 * 1024 * 1024
"""What a form with pictures may weigh: one of 10 MB is then refused beside its control, with all that was typed."""


class Words(Form):
    """What is said of a picture."""

    alt_zh = Line(_("图上是什么"), 300, description=_("读给看不见图的人听，例如“海报：长春创业论坛，4 月 13 日”。"))
    alt_en = Line(_("图上是什么（英文）"), 300)
    credit = Line(_("署名和授权"), 200, description=_("例如“摄影：李示例，CC BY 4.0”。"))
    drop = Tick(_("删去这张图"))


class Picture(Field):
    """The code of a picture, with what was sent to replace or reword it; `stored` is the picture that stands."""

    stored: Any = None
    file: FileStorage | None = None

    def process(self, formdata: Any, *given: Any, **named: Any) -> None:
        """Read the parts: the code under the field's own name, the others behind it."""
        super().process(formdata, *given, **named)
        self.words = Words(formdata if formdata else None, prefix=f"{self.name}-")
        sent = formdata.get(f"{self.name}-file") if formdata else None
        self.file = sent if isinstance(sent, FileStorage) and sent.filename else None

    def process_formdata(self, valuelist: list[str]) -> None:
        """Keep the code sent; with the box ticked, none."""
        self.data = valuelist[0][:16] if valuelist else ""

    def show(self, stored: Any, typed: bool) -> None:
        """Show a picture (None: none); its words fill the control unless some were typed."""
        self.stored, self.data = stored, stored.code if stored else ""
        if not typed:
            self.words = Words(None, prefix=f"{self.name}-", obj=stored)

    def said(self) -> dict[str, str]:
        """Return the words typed."""
        return {part.short_name: part.data or "" for part in self.words if part.short_name != "drop"}

    def validate(self, form: Any, extra_validators: Any = ()) -> bool:
        """Check the words too; what was said of the file stays said."""
        self.errors = [*self.process_errors]
        good = self.words.validate()
        return good and not self.errors
