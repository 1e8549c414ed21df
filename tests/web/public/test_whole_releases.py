"""Visitors never see half a release: whoever reads while releases run reads all of one of them."""

import re
from collections import Counter
from threading import Event, Thread

import pytest
from flask import Flask

from eventweek.audit.actors import SYSTEM
from eventweek.calendars.actions import render_feeds
from eventweek.kernel.db import db, transaction
from eventweek.kernel.limits import init_limits
from eventweek.programme.models import Session
from eventweek.scheduling.actions import release_schedule, restore_release
from eventweek.scheduling.queries import list_public_sessions
from tests.conftest import scaled
from tests.registration.world import week

SESSIONS = "/api/v1/weeks/jl2026/sessions?page_size=200"
READS = (SESSIONS, "/en/w/jl2026/programme", "/en/w/jl2026/feed.ics")
ROUNDS = scaled(20, 4)


def entitle(ids: list[int], number: int) -> None:
    """Give all of these sessions one title."""
    with transaction():
        for own in ids:
            session = db.session.get_one(Session, own)
            session.title = type(session.title)(f"第{number}版标题", f"Edition-{number}-title")


class Reader(Thread):
    """A visitor who asks for one address again and again; `reads`: of which releases each answer tells, how often."""

    def __init__(self, app: Flask, address: str, over: Event) -> None:
        super().__init__()
        self.app, self.address, self.over = app, address, over
        self.statuses, self.reads = set[int](), list[Counter[str]]()

    def run(self) -> None:
        """Read until it is over."""
        with self.app.app_context():
            client = self.app.test_client()
            while not self.over.is_set():
                init_limits("")
                answer = client.get(self.address)
                self.statuses.add(answer.status_code)
                self.reads.append(Counter(re.findall(r"Edition-(\d+)-title", answer.text)))


@pytest.mark.stated
@pytest.mark.database
def test_each_reader_reads_all_of_one_release(demo_app: Flask) -> None:
    own, over = week().id, Event()
    ids = [session.id for session in list_public_sessions(own) if not session.cancelled]
    entitle(ids, 0)
    release_schedule(own, actor=SYSTEM, note="")
    render_feeds(own, "http://localhost")
    readers = [Reader(demo_app, address, over) for address in (*READS, SESSIONS)]
    for reader in readers:
        reader.start()
    try:
        for number in range(1, ROUNDS + 1):
            entitle(ids, number)
            release_schedule(own, actor=SYSTEM, note="")
            if number % 3 == 0:
                restore_release(own, number, actor=SYSTEM, note="")
            render_feeds(own, "http://localhost")
    finally:
        over.set()
        for reader in readers:
            reader.join()
    for reader in readers:
        assert reader.statuses == {200} and [told for told in reader.reads if len(told) != 1] == [], reader.address
    whole = {told.total() for reader in readers if reader.address == SESSIONS for told in reader.reads}
    assert whole == {len(ids)}, "never fewer sessions than there are"
    assert len({number for reader in readers for told in reader.reads for number in told}) > 2, "they read meanwhile"
