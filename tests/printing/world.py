"""A week to print, what is in a PDF, and the worker that makes one."""

import io
from typing import Any, NamedTuple

import pypdf
from sqlalchemy import select

from eventweek import worker
from eventweek.audit.actors import SYSTEM
from eventweek.kernel import files
from eventweek.kernel.db import db
from eventweek.printing.actions import order_print
from eventweek.printing.models import PrintJob
from eventweek.printing.rules import Wish
from eventweek.scheduling.actions import place_session, release_schedule
from tests.factories.programme import make_organisation, make_person, make_room, make_session, make_venue, make_week


class Spring(NamedTuple):
    """What is asked of a week, whatever session has read it."""

    id: int
    sessions: list[str]
    rooms: list[str]
    venue: str


def spring(*titles: str, release: bool = True, **more: Any) -> Spring:
    """Give a week whose sessions stand in two halls in turn, on Tuesday from nine, with a host."""
    week, venue = make_week(), make_venue()
    rooms = [make_room(venue, name_zh=name).code for name in ("一号厅", "二号厅")]
    person, host = make_person("王示例"), make_organisation("示例科技局")
    speaks = [{"person": person.code, "role": "speaker"}]
    parts = {"duration_min": 60, "organisations": [{"organisation": host.code, "role": "host"}]}
    codes = []
    for n, title in enumerate(titles):
        session = make_session(week, title, **(parts | {"people": [] if n % 2 else speaks} | more))
        start = f"2027-04-{13 + n // 6}T{9 + 2 * (n // 2 % 3):02}:00"
        place_session(session.code, start, rooms[n % 2], version=None, actor=SYSTEM)
        codes.append(session.code)
    own = Spring(week.id, codes, rooms, venue.code)
    if release:
        release_schedule(week.id, actor=SYSTEM, note="")
        worker.work_off()
    return own


def printed(week: Spring, paper: str, **wish: Any) -> PrintJob:
    """Order a paper and let the worker make it."""
    code = order_print(week.id, Wish(paper, **wish), actor=SYSTEM).code
    worker.work_off()
    return again(code)


def again(code: str) -> PrintJob:
    """Return a paper as it stands now."""
    db.session.rollback()
    return db.session.scalars(select(PrintJob).where(PrintJob.code == code)).one()


def reader_of(job: PrintJob) -> pypdf.PdfReader:
    """Return the PDF of a paper."""
    assert job.file, job.failure
    return pypdf.PdfReader(io.BytesIO(files.read(job.file)))


def text_of(job: PrintJob, page: int | None = None) -> str:
    """Return what a paper says, without spaces and line ends."""
    pages = reader_of(job).pages
    return squeezed("".join(one.extract_text() for one in ([pages[page]] if page is not None else pages)))


def squeezed(text: str) -> str:
    """Return a text without spaces, line ends and places where one may be."""
    return "".join(text.split()).replace("\u200b", "")
