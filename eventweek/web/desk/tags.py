"""Tag sets with their tags, and tracks."""

from flask_babel import lazy_pgettext as pgettext

from eventweek.accounts.enums import Verb
from eventweek.programme.actions import tags as verbs
from eventweek.programme.actions.verbs import Verbs
from eventweek.programme.models import Week
from eventweek.programme.queries.masters import Listed
from eventweek.programme.queries.parts import count_sessions, list_tag_sets, list_tracks, list_week_users
from eventweek.programme.rules.subjects import TAG, TAG_SET, TRACK
from eventweek.web.desk.frame import blueprint, edition
from eventweek.web.desk.records import Record, hang
from eventweek.web.desk.shelves import choices, list_page, shelf, sift
from eventweek.web.forms.tags import COLOURS, TagForm, TagSetForm, TrackForm
from eventweek.web.frame import needs


@blueprint.get("/w/<week>/tag-sets")
@needs(Verb.PROGRAMME_READ)
def tag_set_list(week: str) -> str:
    """List the tag sets of the week, each with its tags."""
    own, filters = edition(week), [shelf()]
    rows = list_tag_sets(own.id, archived=sift(filters).archived)
    return list_page("tag_set_list.html", own, Listed(rows, len(rows)), filters, counts=count_sessions(own.id, "tag"))


@blueprint.get("/w/<week>/tracks")
@needs(Verb.PROGRAMME_READ)
def track_list(week: str) -> str:
    """List the tracks of the week."""
    own, filters = edition(week), [shelf()]
    rows = list_tracks(own.id, archived=sift(filters).archived)
    words = {"colours": dict(COLOURS), "counts": count_sessions(own.id, "track")}
    return list_page("track_list.html", own, Listed(rows, len(rows)), filters, **words)


def _offer_sets(form: TagForm, week: Week | None) -> None:
    form.set.offer(choices(list_tag_sets(week.id)) if week else [])


def _offer_managers(form: TrackForm, week: Week | None) -> None:
    users = list_week_users(week.id) if week else []
    form.manager.offer([("", "—"), *((user.code, user.name) for user in users)])


hang(
    Record(
        subject=TAG_SET,
        form=TagSetForm,
        verbs=Verbs.of(verbs, "tag_set"),
        plural="tag-sets",
        one=pgettext("one", "标签组"),
        weekly=True,
    )
)
hang(
    Record(
        subject=TAG,
        form=TagForm,
        verbs=Verbs.of(verbs, "tag"),
        plural="tags",
        one=pgettext("one", "标签"),
        weekly=True,
        fill=_offer_sets,
        here="tag_set",
        listed="tag_set_list",
    )
)
hang(
    Record(
        subject=TRACK,
        form=TrackForm,
        verbs=Verbs.of(verbs, "track"),
        plural="tracks",
        one=pgettext("one", "专题"),
        weekly=True,
        fill=_offer_managers,
    )
)
