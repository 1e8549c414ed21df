"""Series of sessions."""

from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as pgettext

from eventweek.accounts.enums import Verb
from eventweek.language.words import SERIES_KINDS
from eventweek.programme.actions import sessions as verbs
from eventweek.programme.actions.verbs import Verbs
from eventweek.programme.models import Week
from eventweek.programme.queries.masters import Listed
from eventweek.programme.queries.parts import list_choosable_sessions, list_series
from eventweek.programme.rules.subjects import SERIES
from eventweek.web.desk.frame import blueprint, edition
from eventweek.web.desk.lists import Filter
from eventweek.web.desk.records import Record, hang
from eventweek.web.desk.shelves import list_page, shelf, sift
from eventweek.web.forms.series import SeriesForm
from eventweek.web.frame import language, needs


@blueprint.get("/w/<week>/series")
@needs(Verb.PROGRAMME_READ)
def series_list(week: str) -> str:
    """List the series of the week."""
    own = edition(week)
    kinds = Filter("type", str(_("怎么连在一起")), [(code, str(word)) for code, word in SERIES_KINDS.items()])
    filters = [kinds, shelf()]
    rows = list_series(own.id, sift(filters))
    return list_page("series_list.html", own, Listed(rows, len(rows)), filters, kinds=SERIES_KINDS)


def _offer_sessions(form: SeriesForm, week: Week | None) -> None:
    sessions = list_choosable_sessions(week.id) if week else []
    titles = [(session.code, session.title.best(language())[0]) for session in sessions]
    form.members.offer("session", [("", "—"), *titles])


hang(
    Record(
        subject=SERIES,
        form=SeriesForm,
        verbs=Verbs.of(verbs, "series"),
        plural="series",
        one=pgettext("one", "系列"),
        weekly=True,
        fill=_offer_sessions,
        verb=Verb.PROGRAMME_EDIT,
    )
)
