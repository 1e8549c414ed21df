"""The control of a file: the one that stands, and one that takes its place."""

from typing import Any

from flask_babel import gettext
from werkzeug.datastructures import FileStorage
from wtforms import Field
from wtforms.validators import ValidationError

from eventweek.kernel.text import clean_line


class Upload(Field):
    """The code of a file, with what was sent to replace it; `stored` is the file that stands."""

    stored: Any = None
    file: FileStorage | None = None

    def process(self, formdata: Any, *given: Any, **named: Any) -> None:
        """Read both parts: the code under the field's own name, the file behind it."""
        super().process(formdata, *given, **named)
        sent = formdata.get(f"{self.name}-file") if formdata else None
        self.file = sent if isinstance(sent, FileStorage) and sent.filename else None

    def read(self, most: int) -> bytes:
        """Return what was sent, at most so many bytes of it."""
        assert self.file is not None
        content = self.file.stream.read(most)
        self.file.close()
        return content

    def process_formdata(self, valuelist: list[str]) -> None:
        """Keep the code sent."""
        self.data = clean_line(valuelist[0][:16] if valuelist else "", 16)

    def show(self, stored: Any) -> None:
        """Show a file (None: none)."""
        self.stored, self.data = stored, stored.code if stored else ""

    def written(self) -> str:
        """Return the file as people read it."""
        return str(self.stored.name) if self.stored else ""

    def pre_validate(self, _form: Any) -> None:
        """Ask for a file where there is none and none was refused."""
        if not self.data and not self.process_errors:
            raise ValidationError(gettext("还没有选文件。"))
