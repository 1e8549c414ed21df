"""Make and change a session: the form, its choices, a look ahead at what it would run into, and the saving."""

from collections.abc import Callable, Iterable
from typing import Any
from zoneinfo import ZoneInfo

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _

from eventweek.accounts.enums import Verb
from eventweek.kernel.errors import Refusal
from eventweek.programme.models import Session, Week
from eventweek.programme.queries.choices import list_choices
from eventweek.programme.queries.values import values_of
from eventweek.programme.rules.checks import defaults, is_locked
from eventweek.programme.rules.subjects import SESSION
from eventweek.scheduling.actions.sessions import Place, foresee_session, save_session
from eventweek.scheduling.problems import Problem
from eventweek.scheduling.worklist import Planned, find_planned
from eventweek.web.actor import at_work
from eventweek.web.desk.frame import blueprint, edition, page, short
from eventweek.web.desk.pictures import sent, show_pictures, take_pictures
from eventweek.web.desk.rights import ask_to_edit, own_parts
from eventweek.web.desk.session_place import at_the_form, is_placed_or_not, stored_place
from eventweek.web.desk.session_rooms import by_venue, offer_rooms
from eventweek.web.desk.uploads import longest_request, show_files, take_files
from eventweek.web.forms.sessions import SessionForm
from eventweek.web.frame import best, needs, takes_files
from eventweek.web.public.frame import day_name


@blueprint.route("/w/<week>/sessions/new", methods=["GET", "POST"])
@needs(Verb.PROGRAMME_EDIT)
@takes_files(longest_request)
def session_new(week: str) -> Any:
    """Make a session."""
    return _edit(edition(week, Verb.PROGRAMME_EDIT), None)


@blueprint.route("/w/<week>/sessions/<code>/edit", methods=["GET", "POST"])
@needs(Verb.PROGRAMME_EDIT)
@takes_files(longest_request)
def session_edit(week: str, code: str) -> Any:
    """Change a session and its place in the working plan."""
    own = edition(week, Verb.PROGRAMME_EDIT)
    planned = find_planned(own.id, code) or abort(404)
    ask_to_edit(planned)
    return _edit(own, planned)


def _edit(week: Week, planned: Planned | None) -> Any:
    form = _form(week, planned, sent())
    form.take(request.form.getlist("take"))
    take_pictures(form)
    take_files(form)
    do = request.form.get("do", "save")
    ahead: list[Problem] | None = None
    if request.method == "POST" and do in ("save", "check") and form.validate() and is_placed_or_not(form):
        done = _take(week, planned, form, save_session if do == "save" else foresee_session)
        if isinstance(done, Session):
            flash(_("已保存。") if planned else _("场次已建好。"), "yes")
            return redirect(url_for("desk.session", week=week.code, code=done.code), 303)
        ahead = done.problems if done and form.place() else None
    form.add_spare(do)
    text = page(
        "session_edit.html",
        week,
        here="session",
        form=form,
        planned=planned,
        ahead=ahead,
        preview=do == "preview",
    )
    return text, 403 if form.denied else 422 if form.problems() or form.stale else 200


def _take(week: Week, planned: Planned | None, form: SessionForm, verb: Callable[..., Any]) -> Any:
    """Return what the verb makes of the form; None where it refuses, which the form then says."""
    code = planned.session.code if planned else None
    place = Place(*(form.place() or ("", "")), version=form.seen_place)
    try:
        return verb(
            week.id,
            code,
            form.session_values(),
            place=place,
            version=form.read_version if planned else None,
            actor=at_work(),
            override=form.override.data,
        )
    except Refusal as refusal:
        form.refuse(
            at_the_form(refusal), show_pictures(_form(week, find_planned(week.id, code), None)) if code else None
        )
        return None


def _today(week: Week, code: str) -> SessionForm:
    """Return the form of what is stored by now."""
    form = show_pictures(_form(week, find_planned(week.id, code), None))
    show_files(form)
    return form


def _form(week: Week, planned: Planned | None, typed: Any) -> SessionForm:
    stored = _stored(week, planned) if planned else defaults(SESSION)
    form = SessionForm(typed, data=stored)
    form.locked = planned is not None and is_locked(planned.session.permit_status)
    _offer(form, week, planned)
    return form


def _stored(week: Week, planned: Planned) -> dict[str, Any]:
    values = values_of(SESSION, planned.session) | {"version": planned.session.version}
    if values["fixed_start"]:
        values["fixed_start"] = values["fixed_start"].astimezone(ZoneInfo(week.timezone))
    values["attachments"] = [row | {"rank": n} for n, row in enumerate(values["attachments"], 1)]
    values["days"] = [day.isoformat() for day in values["days"]]
    return values | stored_place(week, planned)


def _offer(form: SessionForm, week: Week, planned: Planned | None) -> None:
    every = list_choices(week.id)
    used = _used(planned)
    days = [(d.day.isoformat(), day_name(d.day)) for d in week.days]
    form.kind.offer([("", _("选一种")), *_named(every.kinds, used)] if planned is None else _named(every.kinds, used))
    for field, rows in ((form.track, every.tracks), (form.city, every.cities)):
        own = own_parts(week.id, field.name)
        field.offer([("", "—")] * (own is None) + _named([r for r in rows if own is None or r.code in own], used))
    form.people.offer("person", [("", "—"), *((p.code, _person(p)) for p in every.people if _free(p, used))])
    form.organisations.offer("organisation", [("", "—"), *_named(every.organisations, used)])
    form.features.offer(_named(every.features, used))
    form.tags.offer(
        [
            (f"{own.code}:{tag.code}", f"{best(own.name)}·{best(tag.name)}")
            for own in every.tag_sets
            for tag in own.tags
            if _free(tag, used)
        ]
    )
    form.relations.offer(
        "other",
        [
            ("", "—"),
            *((s.code, best(s.title)) for s in every.sessions if not planned or s.code != planned.session.code),
        ],
    )
    form.days.offer(days)
    form.place_day.offer([("", _("还没排")), *days])
    rooms = [r for r in every.rooms if _free(r, used)]
    offer_rooms(form, every.rooms, week, planned)
    form.fixed_room.offer_groups(("", "—"), by_venue(rooms))
    venues = dict.fromkeys(r.venue for r in every.rooms if _free(r.venue, used))
    form.venues.offer([(v.code, short(v)) for v in venues])


def _used(planned: Planned | None) -> set[int]:
    """Return the identities of rows that the session refers to, so that archived ones stay choosable for it."""
    if planned is None:
        return set()
    session = planned.session
    rows: list[Any] = [session.kind, session.track, session.city, planned.room, *session.features, *session.tags]
    rows += [session.fixed_room, *session.venues]
    rows += [p.person for p in session.people] + [o.organisation for o in session.organisations]
    return {id(row) for row in rows if row is not None}


def _free(row: Any, used: set[int]) -> bool:
    return row.archived_at is None or id(row) in used


def _named(rows: Iterable[Any], used: set[int]) -> list[tuple[str, str]]:
    return [(row.code, best(row.name)) for row in rows if _free(row, used)]


def _person(person: Any) -> str:
    return f"{best(person.name)}（{best(person.affiliation)}）" if best(person.affiliation) else best(person.name)
