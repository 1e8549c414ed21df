"""One proposal: its form, its page, its files, and what its owner may change of the session made of it."""

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _

from eventweek.accounts.enums import Verb
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.kernel.uploads import TYPES
from eventweek.language import sentence, words
from eventweek.language.proposals import DECIDE, MOVES, NEXT, SIDES, STANDINGS, WAITS
from eventweek.programme.actions.proposals.moving import submit_proposal
from eventweek.programme.actions.proposals.writing import create_proposal, edit_proposal
from eventweek.programme.models import Proposal, Week
from eventweek.programme.queries.choices import list_choices
from eventweek.programme.queries.proposals import (
    deadlines_of,
    find_file,
    get_proposal,
    list_entries,
    list_own_organisations,
    sides,
)
from eventweek.programme.queries.values import values_of
from eventweek.programme.rules.checks import defaults
from eventweek.programme.rules.proposals import EDITABLE, OPENABLE, OVER, USUALLY_OPEN, Side, lacking
from eventweek.programme.rules.subjects import PROPOSAL, SESSION
from eventweek.scheduling.actions.proposals import edit_own_session
from eventweek.scheduling.media import ShownFile
from eventweek.web.actor import at_work
from eventweek.web.desk.frame import blueprint, edition, page, short
from eventweek.web.desk.pictures import sent
from eventweek.web.desk.proposals import LOOKS, stands
from eventweek.web.forms.proposals import OpenForm, ProposalForm, WishForm
from eventweek.web.frame import best, needs
from eventweek.web.public.frame import day_name
from eventweek.web.public.media import hand_out


@blueprint.route("/w/<week>/proposals/new", methods=["GET", "POST"])
@needs(Verb.PROPOSALS_MAKE)
def proposal_new(week: str) -> Any:
    """Write a proposal, kept as a draft or submitted at once."""
    return _edit(edition(week, Verb.PROPOSALS_MAKE), None)


@blueprint.route("/w/<week>/proposals/<code>/edit", methods=["GET", "POST"])
@needs(Verb.PROPOSALS_MAKE)
def proposal_edit(week: str, code: str) -> Any:
    """Change a draft, or one that came back; with `?missing` the form says what it lacks to be submitted."""
    own = edition(week, Verb.PROPOSALS_MAKE)
    row = found(own, code)
    if row.state not in EDITABLE and request.method == "GET":
        return redirect(url_for("desk.proposal", week=week, code=code), 303)
    return _edit(own, row)


@blueprint.get("/w/<week>/proposals/<code>")
@needs(Verb.PROPOSALS_READ)
def proposal(week: str, code: str) -> str:
    """Show what is proposed, where it stands, what was said, and what can be done."""
    return shown(edition(week, Verb.PROPOSALS_READ), code)


@blueprint.get("/w/<week>/proposals/<code>/files/<file>")
@needs(Verb.PROPOSALS_READ)
def proposal_file(week: str, code: str, file: str) -> Any:
    """Hand out a file to those whom the proposal concerns."""
    put = find_file(found(edition(week, Verb.PROPOSALS_READ), code), file) or abort(404)
    return hand_out(ShownFile("", put.file.sha256, TYPES[put.file.kind], put.file.name))


@blueprint.route("/w/<week>/proposals/<code>/session", methods=["GET", "POST"])
@needs(Verb.PROPOSALS_MAKE)
def proposal_session(week: str, code: str) -> Any:
    """Change what the committee has left open of the session made of a proposal."""
    own = edition(week, Verb.PROPOSALS_MAKE)
    row = found(own, code)
    if row.session is None or row.state != "accepted":
        abort(404)
    form = _open_form(own, row, sent())
    form.take(request.form.getlist("take"))
    if request.method == "POST" and form.validate():
        try:
            edit_own_session(own.id, code, form.values(), version=form.read_version, actor=at_work())
        except Refusal as refusal:
            form.refuse(refusal, _open_form(own, found(own, code), None))
        else:
            flash(_("已保存。公众要到下次发布才看到。"), "yes")
            return redirect(url_for("desk.proposal", week=week, code=code), 303)
    text = page("proposal_session.html", own, here="proposal", form=form, row=row)
    return text, 422 if form.problems() or form.stale else 200


def found(week: Week, code: str) -> Proposal:
    """Return a proposal that concerns who is signed in; others answer like none (404)."""
    try:
        return get_proposal(week.id, code, at_work())
    except Refusal:
        abort(404)


def shown(week: Week, code: str, wrong: str = "") -> str:
    """Return the page of a proposal; `wrong`: why something was not done, what was typed then stays in its fields."""
    row = found(week, code)
    opened = set(request.form.getlist("open")) if request.form.get("move") else USUALLY_OPEN
    own = sides(at_work(), row)
    return page(
        "proposal.html",
        week,
        row=row,
        entries=list_entries(row, at_work()),
        stand=stands(row),
        mine=Side.PROPOSER in own,
        reviewer=Side.CITY in own or Side.COMMITTEE in own,
        committee=Side.COMMITTEE in own,
        editable=row.state in EDITABLE,
        over=row.state in OVER,
        deadlines=deadlines_of(week),
        openable=[(name, words.FIELDS.get(name, name), name in opened) for name in OPENABLE],
        words=words,
        standings=STANDINGS,
        looks=LOOKS,
        next=NEXT,
        waits=WAITS,
        moves=MOVES,
        decide=DECIDE,
        sides=SIDES,
        wrong=wrong,
        said={name: request.form.get(name, "")[:2000] for name in ("reason", "text", "internal")},
    )


def _edit(week: Week, row: Proposal | None) -> Any:
    form = _form(week, row, sent())
    form.take(request.form.getlist("take"))
    do = request.form.get("do", "save")
    if request.method == "POST" and do in ("save", "submit") and form.validate():
        saved = _save(week, row, form)
        if saved is not None and do == "save":
            flash(_("已保存，还没有提交。"), "yes")
            return redirect(url_for("desk.proposal", week=week.code, code=saved), 303)
        if saved is not None:
            return _submit(week, saved)
    if row is not None and request.method == "GET" and "missing" in request.args:
        form.refuse(Invalid(lacking(values_of(PROPOSAL, row))))
    form.add_spare(do)
    text = page("proposal_edit.html", week, here="proposal", form=form, row=row, deadlines=deadlines_of(week))
    return text, 422 if request.method == "POST" and (form.problems() or form.stale) else 200


def _save(week: Week, row: Proposal | None, form: ProposalForm) -> str | None:
    """Return the code of what was saved, None where the form says why nothing was."""
    values = form.values()
    try:
        if row is None:
            return create_proposal(week.id, values, actor=at_work()).code
        return edit_proposal(week.id, row.code, values, version=form.read_version, actor=at_work()).code
    except Refusal as refusal:
        if refusal.code == "permission.denied":
            raise
        form.refuse(refusal, _form(week, found(week, row.code), None) if row else None)
        return None


def _submit(week: Week, code: str) -> Any:
    """Submit what was just saved; where something is missing, show the saved form with what it is."""
    try:
        submit_proposal(week.id, code, actor=at_work())
    except Refusal as refusal:
        row = found(week, code)
        form = _form(week, row, None)
        form.refuse(refusal)
        flash(_("已保存为草稿，还没有提交。"), "ask")
        form.add_spare()
        values = {"form": form, "row": row, "deadlines": deadlines_of(week)}
        return page("proposal_edit.html", week, here="proposal", **values), 422
    flash(_("已提交。有结果会发邮件，也写在这一页。"), "yes")
    return redirect(url_for("desk.proposal", week=week.code, code=code), 303)


def _form(week: Week, row: Proposal | None, typed: Any) -> ProposalForm:
    stored = values_of(PROPOSAL, row) | {"version": row.version} if row else defaults(PROPOSAL)
    stored["days"] = [day.isoformat() for day in stored["days"]]
    units = list_own_organisations(week.id, at_work())
    if row is None and len(units) == 1:
        stored["organisation"] = units[0].code
    form = ProposalForm(typed, data=stored)
    every = list_choices(week.id)
    form.organisation.offer(
        [*([] if len(units) == 1 else [("", _("选一个"))]), *((u.code, best(u.name)) for u in units)]
    )
    form.kind.offer([("", _("选一种")), *((k.code, best(k.name)) for k in every.kinds if not k.archived_at)])
    cities = {entry.city.code: entry.city for entry in week.cities}
    if row and row.city:
        cities.setdefault(row.city.code, row.city)
    form.city.offer([("", _("还没定")), *((code, best(city.name)) for code, city in cities.items())])
    _offer(form, week, every, set(cities), row.venues if row else ())
    return form


def _open_form(week: Week, row: Proposal, typed: Any) -> OpenForm:
    session = row.session
    assert session
    stored = values_of(SESSION, session, names=OPENABLE) | {"version": session.version}
    stored["days"] = [day.isoformat() for day in stored["days"]]
    form = OpenForm(typed, data=stored)
    _offer(form, week, list_choices(week.id), {session.city.code} if session.city else set(), session.venues)
    form.keep(row.open_fields)
    return form


def _offer(form: WishForm, week: Week, every: Any, cities: set[str], used: Any) -> None:
    """Offer the days of the week, the venues of these cities (and those in use already), and all equipment."""
    form.days.offer([(d.day.isoformat(), day_name(d.day)) for d in week.days])
    venues = dict.fromkeys(room.venue for room in every.rooms if not room.archived_at and not room.venue.archived_at)
    near = [v for v in venues if v.city is not None and v.city.code in cities]
    form.venues.offer([(v.code, short(v)) for v in dict.fromkeys([*near, *used])])
    form.features.offer([(f.code, best(f.name)) for f in every.features if not f.archived_at])


def refused(refusal: Refusal) -> str:
    """Return why something was not done, in words; what needs rights is raised on.

    Raises: the refusal itself where it needs rights.
    """
    if refusal.code in ("permission.denied", "week.archived"):
        raise refusal
    return sentence(refusal)
