"""Order a paper, make it, forget it."""

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import delete, or_, select, update

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actions import record
from eventweek.audit.actors import SYSTEM, Actor
from eventweek.kernel import files
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, insert_new, snapshot, transaction
from eventweek.kernel.documents import count_pages, set_pdf
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.kernel.jobs import enqueue
from eventweek.kernel.tokens import is_code, random_code
from eventweek.printing.badges import count_prints, list_badges
from eventweek.printing.enums import OPEN, PERSONAL, Paper, PrintState, Sheet, Step
from eventweek.printing.holders import People, count_people, read_people, set_at_once, values_of_people
from eventweek.printing.layout import sheet_count, values_of
from eventweek.printing.models import BadgePrint, PrintJob
from eventweek.printing.pictures import show_picture
from eventweek.printing.queries import is_lost, list_book_languages, list_entries, list_open, list_unknown, read_scene
from eventweek.printing.rules import MOST, Wish, list_faults
from eventweek.printing.scene import Entry, narrowed
from eventweek.printing.tongue import Tongue
from eventweek.programme.models import Week
from eventweek.programme.queries import get_week, refuse_archived
from eventweek.scheduling.queries import find_last_release
from eventweek.ticketing.qr import svg

PAPERS = Path(__file__).parent / "papers"
JOB = "papers.print"
MOST_OPEN = 10
"""How many papers of a week may wait at a time."""
TRIES = 3
"""How often a paper is begun whose worker dies over it."""
KEPT = timedelta(days=30)
KEPT_PERSONAL = timedelta(days=3)
"""How long a paper that names people may be opened."""
STRIDE = 20
"""Of how many drawings the progress is told."""
_log = logging.getLogger(__name__)


def order_print(week_id: int, wish: Wish, *, actor: Actor) -> PrintJob:
    """Let the worker print something; the same that is still on its way is not printed twice.

    What is published is looked at here; whether the working plan has anything to print, the job says. An archived week
    may be printed: nothing of it changes, but for badges, which are counted. Papers about people ask for another
    permission.
    Raises: Refusal permission.denied, week.not_found, print.busy, print.unreleased, print.nothing, print.too_much,
        print.nobody, certificate.no_subject;
        Invalid at `paper`, `sheet`, `language`, and at what the week is narrowed to.
    """
    verb = Verb.REGISTRATIONS_READ if wish.paper in PERSONAL else Verb.PROGRAMME_READ
    require(actor, verb, week_id)
    _refuse_vain(get_week(week_id), wish, actor)
    with transaction():
        require(actor, verb, week_id)
        db.session.scalars(select(Week.id).where(Week.id == week_id).with_for_update()).one()
        waiting = list_open(week_id)
        for job in waiting:
            same = job.wish == Wish(wish.paper, wish.size, wish.language, wish.draft, dict(wish.part))
            if same and (wish.paper not in PERSONAL or job.actor == actor.label):
                return job
        if len(waiting) >= MOST_OPEN:
            raise Refusal("print.busy", most=MOST_OPEN)
        job = PrintJob(week_id=week_id, actor=actor.label, made_at=now(), **_columns(wish))
        db.session.add(job)
        db.session.flush()
        enqueue(JOB, code=job.code)
        record(actor, "print.order", "print_job", job.code, week_id=week_id, paper=wish.paper, draft=wish.draft)
    return job


def order_book(week_id: int, language: str) -> None:
    """Let the worker make the book that everybody may read of the newest release, unless it is there or on its way.

    Raises: Refusal book.not_found before the first release.
    """
    with transaction():
        release = find_last_release(week_id)
        if release is None:
            raise Refusal("book.not_found")
        key = f"{release.number}:{language}"
        book = {"week_id": week_id, "key": key, "release": release.number, "actor": SYSTEM.label, "made_at": now()}
        wish = Wish(Paper.BOOK, Sheet.A4, language)
        fresh = insert_new(PrintJob, **book, code=random_code(), **_columns(wish))
        query = select(PrintJob).where(PrintJob.week_id == week_id, PrintJob.key == key).with_for_update()
        job = db.session.scalars(query.execution_options(populate_existing=True)).one()
        if not fresh and not is_lost(job, now()):
            return
        job.state, job.file, job.done_at, job.failure, job.attempts = PrintState.WAITING, None, None, "", 0
        enqueue(JOB, code=job.code)
        record(SYSTEM, "print.order", "print_job", job.code, week_id=week_id, paper=str(Paper.BOOK), draft=False)


def renew_books(week_id: int) -> None:
    """Let the books be made anew that somebody has asked for, once a release has changed what they say."""
    for language in list_book_languages(week_id):
        order_book(week_id, language)


def run_print(code: str, tongue_of: Callable[[str], Tongue], base: str) -> None:
    """Make a paper; one that has ended is left alone. A worker that dies over it leaves it to the next one.

    `tongue_of`: the words of a language; `base`: scheme and host of the addresses in QR codes.
    """
    begun = _begin(code)
    if begun is None:
        return
    try:
        made = _made(code, begun, tongue_of(begun.wish.language), base)
    except Refusal as refusal:
        _fail(code, refusal.code, refusal.facts)
    except TimeoutError:
        _fail(code, "print.late", {})
    except Exception:  # whatever typst or the disk says
        _log.exception("paper %s cannot be made", code)
        _fail(code, "print.broken", {})
    else:
        _finish(code, made)


def purge_prints() -> int:
    """Delete the rows of papers of 30 days ago, of those that name people after three, and of books that a newer one
    replaces; their files go with the sweep.

    Return how many there were.
    """
    newer = select(PrintJob.week_id, PrintJob.language, PrintJob.release).where(PrintJob.key.is_not(None)).subquery()
    replaced = select(newer.c.release).where(
        newer.c.week_id == PrintJob.week_id, newer.c.language == PrintJob.language, newer.c.release > PrintJob.release
    )
    with transaction():
        personal = PrintJob.paper.in_(PERSONAL) & (PrintJob.made_at < now() - KEPT_PERSONAL)
        old = or_(personal, (PrintJob.made_at < now() - KEPT) & (PrintJob.key.is_(None) | replaced.exists()))
        gone = len(db.session.scalars(delete(PrintJob).where(old).returning(PrintJob.id)).all())
        if gone:
            record(SYSTEM, "print.purge", "print_job", "", deleted=gone)
    return gone


def drop_personal(week_ids: Collection[int]) -> None:
    """Delete the papers about people of some weeks, inside the caller's transaction: somebody is to be forgotten."""
    gone = delete(PrintJob).where(PrintJob.week_id.in_(week_ids), PrintJob.paper.in_(PERSONAL))
    db.session.execute(gone, execution_options={"synchronize_session": False})


@dataclass(frozen=True)
class _Begun:
    week_id: int
    wish: Wish


@dataclass(frozen=True)
class _Made:
    file: str
    size: int
    pages: int
    release: int


def _columns(wish: Wish) -> dict[str, Any]:
    return {
        "paper": wish.paper,
        "sheet": wish.size,
        "language": wish.language,
        "draft": wish.draft,
        "part": dict(wish.part),
    }


def _refuse_vain(week: Week, wish: Wish, actor: Actor) -> None:
    """Refuse what is wrong, and what would come to nothing or to too much as far as can be seen now."""
    _refuse_wrong(week, wish)
    if wish.paper in PERSONAL:
        if wish.paper == Paper.BADGES:
            refuse_archived(week.id)
        _refuse_people(wish, count_people(week, wish, actor))
    elif not wish.draft:
        if find_last_release(week.id) is None:
            raise Refusal("print.unreleased")
        _refuse_amount(wish, narrowed(list_entries(week, draft=False), wish.part))


def _refuse_people(wish: Wish, count: int) -> None:
    if not count:
        raise Refusal("print.no_badges" if wish.paper == Paper.BADGES else "print.nobody")
    if count > MOST[Paper(wish.paper)]:
        raise Refusal("print.too_many", most=MOST[Paper(wish.paper)], count=count)


def _refuse_wrong(week: Week, wish: Wish) -> None:
    faults = list_faults(wish)
    faults += [] if faults else [(facet, "print.unknown") for facet in list_unknown(week, wish.part)]
    if faults:
        raise Invalid([FieldError(field, code) for field, code in faults])


def _refuse_amount(wish: Wish, entries: list[Entry]) -> None:
    count, most = sheet_count(wish.paper, entries), MOST[Paper(wish.paper)]
    if not count:
        raise Refusal("print.nothing")
    if count > most:
        raise Refusal("print.too_much", most=most, count=count)


def _begin(code: str) -> _Begun | None:
    with transaction():
        job = _open(code)
        if job is None:
            return None
        if job.attempts >= TRIES:
            _end(job, PrintState.FAILED, "print.killed")
            return None
        job.attempts += 1
        job.state, job.step, job.done, job.total = PrintState.RUNNING, Step.READING, 0, 0
        return _Begun(job.week_id, job.wish)


def _made(code: str, begun: _Begun, tongue: Tongue, base: str) -> _Made:
    wish, at = begun.wish, now()
    if wish.paper in PERSONAL:
        return _made_of_people(code, begun, tongue, base)
    with snapshot():
        scene = read_scene(begun.week_id, draft=wish.draft)
    entries = narrowed(scene.entries, wish.part)
    _refuse_amount(wish, entries)
    scene = replace(scene, entries=tuple(entries))
    total = sheet_count(wish.paper, entries) if wish.paper != Paper.BOOK else 1
    values = values_of(scene, wish, tongue, base, _drawing(code, total), at, show_picture)
    return _set(code, wish, values, 0 if wish.draft else scene.number)


def _made_of_people(code: str, begun: _Begun, tongue: Tongue, base: str) -> _Made:
    wish = begun.wish
    people = read_people(begun.week_id, wish)
    _refuse_people(wish, len(people))
    values = values_of_people(people, wish, tongue, base, _drawing(code, len(people)))
    made = _set(code, wish, values, 0)
    _count(begun.week_id, people.badged, "print_job", code, SYSTEM)
    return made


def print_badge(week_id: int, pass_code: str, tongue: Tongue, base: str, *, actor: Actor) -> bytes:
    """Return the badge of one pass as a PDF, as large as the week's badges are; it is counted and not kept.

    The caller answers for who may ask: a door device for its week. Raises: Refusal week.archived, pass.not_found,
    pass.key_missing, limit.reached while others are being set.
    """
    refuse_archived(week_id)
    week = get_week(week_id)
    wish = Wish(Paper.BADGES, week.badge_sheet, tongue.language, part={"people": pass_code})
    people = People(week, badges=list_badges(week, wish.part, SYSTEM) if is_code(pass_code) else ())
    if not people.badged:
        raise Refusal("pass.not_found")
    ids = people.badged
    pdf = set_at_once(people, wish, tongue, base)
    _count(week_id, ids, "pass", pass_code, actor)
    return pdf


def _count(week_id: int, pass_ids: list[int], subject: str, code: str, actor: Actor) -> None:
    """Count that badges were printed, and record how many of them for another time."""
    if not pass_ids:
        return
    with transaction():
        again = len(count_prints(week_id, pass_ids))
        for own in sorted(pass_ids):
            fresh = insert_new(BadgePrint, week_id=week_id, pass_id=own, prints=1, last_at=now())
            if not fresh:
                more = {"prints": BadgePrint.prints + 1, "last_at": now()}
                query = update(BadgePrint).where(BadgePrint.pass_id == own).values(**more)
                db.session.execute(query, execution_options={"synchronize_session": False})
        record(actor, "badge.print", subject, code, week_id=week_id, people=len(pass_ids), again=again)


def _drawing(code: str, total: int) -> Callable[[str], str]:
    """Return what draws an address as a QR and tells how far that is."""
    drawn = 0

    def draw(address: str) -> str:
        nonlocal drawn
        if drawn % STRIDE == 0:
            _note(code, Step.DRAWING, drawn, total)
        drawn += 1
        return svg(address)

    return draw


def _set(code: str, wish: Wish, values: dict[str, Any], release: int) -> _Made:
    _note(code, Step.SETTING)
    pdf = set_pdf(PAPERS / f"{wish.paper}.typ", values, now())
    _note(code, Step.KEEPING)
    return _Made(files.keep(pdf), len(pdf), count_pages(pdf), release)


def _note(code: str, step: Step, done: int = 0, total: int = 0) -> None:
    """Write how far a paper is, for whoever looks on."""
    with transaction():
        query = update(PrintJob).where(PrintJob.code == code, PrintJob.state == PrintState.RUNNING)
        db.session.execute(
            query.values(step=step, done=done, total=total), execution_options={"synchronize_session": False}
        )


def _finish(code: str, made: _Made) -> None:
    with transaction():
        job = _open(code)
        if job is None:
            return
        job.file, job.size, job.pages, job.release = made.file, made.size, made.pages, job.release or made.release
        _end(job, PrintState.DONE)


def _fail(code: str, failure: str, facts: dict[str, Any]) -> None:
    with transaction():
        job = _open(code)
        if job is not None:
            job.facts = facts
            _end(job, PrintState.FAILED, failure)


def _end(job: PrintJob, state: PrintState, failure: str = "") -> None:
    job.state, job.step, job.failure, job.done_at = state, "", failure, now()
    verb = "print.finish" if state == PrintState.DONE else "print.fail"
    record(SYSTEM, verb, "print_job", job.code, week_id=job.week_id, paper=job.paper, pages=job.pages, failure=failure)


def _open(code: str) -> PrintJob | None:
    query = select(PrintJob).where(PrintJob.code == code, PrintJob.state.in_(OPEN))
    return db.session.scalar(query.with_for_update().execution_options(populate_existing=True))
