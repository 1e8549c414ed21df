"""The control of a picture: the one that stands, a file that replaces it, its words, and a box to take it away."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import Form

from eventweek.web.forms.shared import Line, Tick
from eventweek.web.forms.uploads import Upload


class Words(Form):
    """What is said of a picture."""

    alt_zh = Line(_("图上是什么"), 300, description=_("读给看不见图的人听，例如“会展中心南门”。"))
    alt_en = Line(_("图上是什么（英文）"), 300)
    credit = Line(_("署名和授权"), 200, description=_("例如“摄影：李示例，CC BY 4.0”。"))
    drop = Tick(_("删去这张图"))

    SPOKEN = ("alt_zh", "alt_en", "credit")


class Picture(Upload):
    """The code of a picture, with what was sent to replace or reword it; `stored` is the picture that stands."""

    typed = False

    def process(self, formdata: Any, *given: Any, **named: Any) -> None:
        """Read the parts: the code under the field's own name, the others behind it."""
        super().process(formdata, *given, **named)
        self.typed = bool(formdata)
        self.words = Words(formdata if formdata else None, prefix=f"{self.name}-")

    def show(self, stored: Any) -> None:
        """Show a picture (None: none); its words fill the control unless some were typed."""
        super().show(stored)
        if not self.typed:
            self.words = Words(None, prefix=f"{self.name}-", obj=stored)

    def clear(self) -> None:
        """Show no picture and no words."""
        self.typed = False
        self.show(None)

    def said(self) -> dict[str, str]:
        """Return the words typed."""
        return {name: self.words[name].data or "" for name in Words.SPOKEN}

    def validate(self, form: Any, extra_validators: Any = ()) -> bool:
        """Check the words too; what was said of the file stays said."""
        self.errors = [*self.process_errors]
        good = self.words.validate()
        return good and not self.errors

    def parts(self) -> list[Any]:
        """Return the fields of its words, in the order of the page."""
        return [self.words[name] for name in Words.SPOKEN]
