"""Sessions on the desk: the list and one session with everything about it."""

from collections.abc import Iterable

from flask import abort

from eventweek.accounts.enums import Verb
from eventweek.audit.queries import EntryFilter, list_latest
from eventweek.language import words
from eventweek.programme.queries.bulk import find_last_bulk
from eventweek.programme.queries.proposals import find_proposal_of
from eventweek.programme.queries.speakers import list_parts_of_session
from eventweek.registration.queries import list_offerings
from eventweek.scheduling.enums import Action
from eventweek.scheduling.queries.board import list_problems
from eventweek.scheduling.queries.drafts import Draft, draft
from eventweek.scheduling.queries.marks import list_marks
from eventweek.scheduling.queries.overrides import map_overrides
from eventweek.scheduling.queries.reach import find_movable
from eventweek.scheduling.worklist import Planned, find_planned
from eventweek.web.actor import at_work
from eventweek.web.desk.actors import name_actors
from eventweek.web.desk.differences import tell
from eventweek.web.desk.frame import blueprint, edition, page
from eventweek.web.desk.lists import pager
from eventweek.web.desk.rights import rights_of
from eventweek.web.desk.session_search import search
from eventweek.web.desk.telling import fields_of, word_of
from eventweek.web.frame import needs

LATEST = 20


@blueprint.get("/w/<week>/sessions")
@needs(Verb.PROGRAMME_READ)
def session_list(week: str) -> str:
    """List the sessions of the week; search, filters and order are the address."""
    own = edition(week)
    found = search(own)
    paging = pager(len(found.lines))
    rows = found.lines[paging.offset : paging.last]
    codes = [line.code for line in rows]
    return page(
        "session_list.html",
        own,
        rows=rows,
        marks=list_marks(own.id, codes),
        total=found.total,
        pager=paging,
        filters=found.filters,
        asked=found.asked,
        text=found.text,
        sort=found.sort,
        offerings=list_offerings(codes),
        last=find_last_bulk(own.id),
        movable=find_movable(own.id, at_work()),
        words=words,
    )


@blueprint.get("/w/<week>/sessions/<code>")
@needs(Verb.PROGRAMME_READ)
def session(week: str, code: str) -> str:
    """Show one session: what it needs, where it is, what is published of it, and its history."""
    own = edition(week)
    found = find_planned(own.id, code) or abort(404)
    draft = draft_of(found)
    entries = list_latest(EntryFilter(weeks=[own.id], subject="session", code=code), LATEST)
    return page(
        "session.html",
        own,
        planned=found,
        rights=rights_of(found),
        permit_due=found.permit_due(own.timezone),
        change=tell(draft.before, draft.after, own.timezone) if draft.action and draft.after else [],
        releasable=draft.action not in (None, Action.UNPLACED),
        problems=[p for p in list_problems(own) if code in p.sessions],
        overrides=map_overrides(own.id),
        offerings=list_offerings([code]).get(code, []),
        entries=entries,
        names=name_actors([e.actor for e in entries]),
        told={entry.id: _touched(entry.changes) for entry in entries},
        words=words,
        proposal=find_proposal_of(found.session, at_work()),
        parts={part.person.id: part for part in list_parts_of_session(found.session)},
    )


def _touched(names: Iterable[str]) -> list[str]:
    """Return the names of a session's fields in words, as its history says them; what is no field is left out."""
    fields = fields_of("session")
    known = [name for name in names if name in fields or name in words.FIELDS]
    return [word_of("session", name) if name in fields else str(words.FIELDS[name]) for name in known]


def draft_of(planned: Planned) -> Draft:
    """Return what the next release would do to a session."""
    return draft(planned.session, planned.placement, planned.item)
