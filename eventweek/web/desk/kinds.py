"""Kinds of session."""

from typing import Any

from flask_babel import lazy_pgettext as pgettext

from eventweek.accounts.enums import Verb
from eventweek.language.words import FAMILIES, REGISTRATION, VISIBILITY, options
from eventweek.programme.actions import tags as verbs
from eventweek.programme.actions.verbs import Verbs
from eventweek.programme.models import Week
from eventweek.programme.queries.masters import Listed
from eventweek.programme.queries.parts import count_sessions, list_kinds
from eventweek.programme.rules.subjects import KIND
from eventweek.web.desk.frame import blueprint, edition
from eventweek.web.desk.records import Record, hang
from eventweek.web.desk.shelves import list_page, shelf, sift
from eventweek.web.forms.kinds import KindForm
from eventweek.web.frame import needs


@blueprint.get("/w/<week>/kinds")
@needs(Verb.PROGRAMME_READ)
def kind_list(week: str) -> str:
    """List the kinds of the week."""
    own, filters = edition(week), [shelf()]
    rows = list_kinds(own.id, archived=sift(filters).archived)
    words: dict[str, Any] = {"families": FAMILIES, "visibilities": VISIBILITY, "modes": REGISTRATION}
    counts = count_sessions(own.id, "kind")
    return list_page("kind_list.html", own, Listed(rows, len(rows)), filters, counts=counts, **words)


def _offer(form: KindForm, _week: Week | None) -> None:
    form.family.offer(options(FAMILIES))
    form.visibility.offer(options(VISIBILITY))
    form.registration.offer(options(REGISTRATION))


hang(
    Record(
        subject=KIND,
        form=KindForm,
        verbs=Verbs.of(verbs, "kind"),
        plural="kinds",
        one=pgettext("one", "类型"),
        weekly=True,
        fill=_offer,
    )
)
