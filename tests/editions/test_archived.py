"""An archived week is read for ever and written by nobody; a closed one takes every change but registrations."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from eventweek.editions.carried import NEVER, TABLES, WITH_THE_WEEK
from eventweek.kernel.clock import travel
from eventweek.kernel.copying import under
from eventweek.kernel.db import Base, db, transaction
from eventweek.programme.models import Week
from eventweek.worker import work_off
from tests.conftest import SignIn, share
from tests.editions.writes import METHODS, SAYING, Write, Writer
from tests.factories.crowd import OPENING, Crowd
from tests.web.test_statements import ONE_ROW, Visit

ACCESS = {"api_key", "grant"}
"""Who may read an archived week is still decided, and keys note their last use."""
OF_PEOPLE = {"desk.absence_note", "desk_api.absence_note"}
"""What changes the hours of a person, who belongs to no week; that it is felt is tested with absences."""
OPEN_STILL = {"desk.device_revocation", "desk.print_new", "desk_api.print_create"}
"""A door phone that was lost must never open again, in whatever state its week is; and what is read is printed."""
ROOT = Base.metadata.tables["week"]
OWN = {*(name for names in TABLES.values() for name in names), *WITH_THE_WEEK, *NEVER} - ACCESS
ELSEWHERE = {
    "mine.pick",
    "mine.invitation",
    "registration.invitation_open",
    "mine.group_problems",
    "desk.week_copy",
    "desk.speaker_links_choice",
    *SAYING,
}
"""Kept in the visitor's own browser; made in the week that it makes; or nowhere."""
ELSEWHERE |= {"asking.answer_file", "contacts.contact_code_create", "contacts.own_passes"}
"""A file that is no answer yet, a code for a contact, what a code opens: rows of no week."""
ELSEWHERE |= {"desk.campaign_trial", "desk.message_copy", "desk.message_release", "desk.registration_identity"}
ELSEWHERE |= {"desk.registrant_export", "desk.proposer_invite", "desk.proposer_removal"}
ELSEWHERE |= {"desk_api.message_copy", "desk_api.message_release"}
"""Messages on their way are no rows of the week; a number that is shown, a list that goes out leave an audit entry; who
proposes is a role."""
REGISTERING = {"mine.basket", "registration.registration_create"}
UNITS = {"mine.group_new", "mine.group", "groups.group_create", "groups.group_add"}
REGISTERING |= UNITS
NO = ("已归档", "archived", "offering.week_over", "不再接受报名")
WRITING = re.compile(r'(?:INSERT INTO|UPDATE|DELETE FROM) "?(\w+)')
Statements = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def crowd(app: Flask) -> Iterator[Crowd]:
    """Give a released week with a dozen rows of everything, on its first morning."""
    with travel(OPENING - timedelta(minutes=10)):
        own = Crowd()
        own.grow(62)
        yield own


def everything(week_id: int, names: set[str] = OWN) -> dict[str, list[Any]]:
    """Return all rows of a week, by table; of these tables only."""
    db.session.rollback()
    found = {}
    for table in (Base.metadata.tables[name] for name in sorted(names)):
        own = ROOT.c.id == week_id if table is ROOT else under(ROOT, table, week_id)
        found[table.name] = [tuple(row) for row in db.session.execute(select(table).where(own))]
    return found


def set_state(week_id: int, state: str) -> None:
    """Move a week where no action would let it go."""
    with transaction():
        db.session.execute(update(Week).where(Week.id == week_id).values(state=state))


def said(write: Write, answer: TestResponse) -> str:
    """Return what the sender reads in the end."""
    return write.client.get(answer.location).text if answer.status_code == 303 else answer.text


def test_every_write_is_refused_in_an_archived_week_and_felt_in_a_closed_one(
    app: Flask, crowd: Crowd, sign_in: SignIn, statements: Statements
) -> None:
    """Each request is sent three times: archived, closed, and what closing refuses also open.

    So the refusals count: each is of a request that changes a row of the week where it may.
    """
    writes = [write for write in Writer(app, crowd, sign_in).all() if write.endpoint not in OPEN_STILL]
    naming = {rule.endpoint for rule in app.url_map.iter_rules() if METHODS & rule.methods and "week" in rule.arguments}
    assert naming - {write.endpoint for write in writes} - OPEN_STILL == ELSEWHERE and len(writes) > 120
    writes = share(writes, 2)
    registering = [write for write in writes if write.endpoint in REGISTERING]
    set_state(crowd.week_id, "archived")
    before, sent, unsaid = everything(crowd.week_id), {}, {}
    for write in writes:
        with statements() as seen:
            answer = write.send()
        sent[write.endpoint] = [s[:60] for s in seen if s.startswith(("INSERT", "UPDATE", "DELETE"))]
        text = said(write, answer)
        if answer.status_code >= 500 or not any(no in text for no in NO):
            unsaid[write.endpoint] = (answer.status_code, text[:300])
    assert unsaid == {}
    after = everything(crowd.week_id)
    assert {name for name in before if before[name] != after[name]} == set(), sent
    set_state(crowd.week_id, "open")  # units come before the walk writes questions that each person answers
    assert _unfelt(crowd.week_id, [write for write in registering if write.endpoint in UNITS], statements) == {}
    set_state(crowd.week_id, "closed")
    unfelt = _unfelt(crowd.week_id, [write for write in writes if write.endpoint not in OF_PEOPLE], statements)
    assert unfelt.keys() == {write.endpoint for write in registering} and all(
        "不再接受报名" in text for text in unfelt.values()
    ), unfelt
    set_state(crowd.week_id, "open")
    others = [write for write in registering if write.endpoint not in UNITS]
    assert _unfelt(crowd.week_id, others, statements) == {}


def _unfelt(week_id: int, writes: list[Write], statements: Statements) -> dict[str, str]:
    """Send writes; return what was answered by those that changed nothing."""
    known, unfelt = everything(week_id), {}
    for write in writes:
        with statements() as seen:
            answer = write.send()
            if "import_confirm" in write.endpoint or "roster_confirm" in write.endpoint:
                work_off()  # a second file waits until the first one is in
        written = OWN & {found[1] for sent in seen if (found := WRITING.match(sent))}
        after = everything(week_id, written)
        if all(known[name] == rows for name, rows in after.items()):
            unfelt[write.endpoint] = f"{answer.status_code} {said(write, answer)}"
        known |= after
    return unfelt


def test_everything_of_an_archived_week_is_still_read(app: Flask, crowd: Crowd, sign_in: SignIn) -> None:
    """Every page, list, feed, export and answer of programs that names the week or what is in it."""
    visit = Visit(app, crowd, sign_in(app))
    set_state(crowd.week_id, "archived")
    rules = [
        rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and rule.endpoint not in ONE_ROW
    ]
    mine = [rule for rule in rules if "week" in rule.arguments or rule.rule.startswith(("/my", "/gate", "/api"))]
    assert len(mine) > 100
    assert {rule.endpoint: code for rule in share(mine, 0) if (code := visit.open(rule).status_code) >= 400} == {}


def test_a_lost_phone_is_stopped_in_an_archived_week_too(app: Flask, crowd: Crowd, sign_in: SignIn) -> None:
    writer = Writer(app, crowd, sign_in)
    [revocation] = writer.all("desk.device_revocation")
    set_state(crowd.week_id, "archived")
    assert writer.phone.get("/gate/").status_code == 200
    assert revocation.send().status_code == 303
    assert writer.phone.get("/gate/").status_code == 403
