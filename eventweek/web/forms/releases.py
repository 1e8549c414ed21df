"""The form of a release: which sessions, and a note."""

from flask_babel import lazy_gettext as _
from wtforms import Field

from eventweek.kernel.text import clean_line
from eventweek.web.forms.records import RecordForm
from eventweek.web.forms.shared import ENDLESS, Line, Whole

MOST = 2000


class Codes(Field):
    """The codes of the boxes that are ticked, each once."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Keep what was sent, in its order."""
        self.data = list(dict.fromkeys(clean_line(value[:80], ENDLESS)[:16] for value in valuelist[:MOST]))


class ReleaseForm(RecordForm):
    """`seen` is the number of the last release when the page was shown; `reason`: why seats are short after it."""

    note = Line(_("这一版改了什么"), 500)
    reason = Line(_("为什么这样办"), 200)
    seen = Whole()
    sessions = Codes()
