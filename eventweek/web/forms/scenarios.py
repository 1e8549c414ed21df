"""The form of a scenario: what it is called."""

from flask_babel import lazy_gettext as _

from eventweek.web.forms.records import RecordForm
from eventweek.web.forms.shared import Line


class ScenarioForm(RecordForm):
    """A name of one scenario of the week alone."""

    name = Line(_("方案名称"), 80)
