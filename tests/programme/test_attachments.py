"""Files are taken in by who may edit, once each, and go when nothing names them."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from eventweek.audit.actors import SYSTEM, Actor
from eventweek.kernel import files
from eventweek.kernel.actions import SWEPT_AFTER, sweep_files
from eventweek.kernel.clock import now, travel
from eventweek.kernel.db import db
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.programme.actions.attachments import add_attachment
from eventweek.programme.actions.pictures import add_picture
from eventweek.programme.actions.sessions import edit_session
from eventweek.programme.actions.uploads import KEPT, purge_attachments
from eventweek.programme.models import Attachment
from eventweek.programme.queries.values import values_of
from eventweek.programme.rules.subjects import SESSION
from tests.factories.media import beside, make_attachment
from tests.factories.programme import make_session, make_week
from tests.kernel.test_images import picture
from tests.kernel.test_uploads import PDF

pytestmark = pytest.mark.database


def _count() -> int:
    return db.session.scalar(select(func.count()).select_from(Attachment)) or 0


def test_a_file_is_kept_as_it_came_and_once(app: Flask) -> None:
    own = make_attachment("讲义.pdf")
    assert (files.read(own.sha256), own.size, own.kind, own.name) == (PDF, len(PDF), "pdf", "讲义.pdf")
    assert make_attachment("讲义.pdf").code == own.code and _count() == 1
    assert make_attachment("别的名字.pdf").code != own.code and _count() == 2


def test_the_same_picture_with_the_same_words_is_the_same_row(app: Flask) -> None:
    content = picture(size=(900, 300))
    own = add_picture(content, {"alt_zh": "图"}, actor=SYSTEM)
    assert add_picture(content, {"alt_zh": "图"}, actor=SYSTEM).code == own.code
    assert add_picture(content, {"alt_zh": "另"}, actor=SYSTEM).code != own.code


def test_a_reader_takes_nothing_in(app: Flask) -> None:
    with pytest.raises(Refusal, match=r"permission\.denied"):
        add_attachment(PDF, "a.pdf", largest=1_000_000, actor=Actor("reader"))
    assert _count() == 0


def test_a_session_names_files_that_exist_each_once(app: Flask) -> None:
    session, own = make_session(make_week()), make_attachment()
    edit_session(
        session.code, {"attachments": beside(own, kind="handout", title_zh="讲义")}, version=None, actor=SYSTEM
    )
    assert values_of(SESSION, session)["attachments"] == [
        {"file": own.code, "kind": "handout", "title_zh": "讲义", "title_en": ""}
    ]
    wrong: list[object] = [
        [{"file": "unknown", "kind": "slides"}],
        [{"file": own.code, "kind": "slides"}, {"file": own.code, "kind": "handout"}],
        [{"file": own.code, "kind": "virus"}],
        [{"kind": "slides"}],
        [{"file": own.code, "kind": "slides", "title_zh": "长" * 201}],
    ]
    for value in wrong:
        with pytest.raises(Invalid):
            edit_session(session.code, {"attachments": value}, version=None, actor=SYSTEM)


def test_what_nothing_names_goes_after_its_time_and_the_file_after_it(app: Flask) -> None:
    session, used, loose = make_session(make_week()), make_attachment("a.pdf"), make_attachment("b.txt", b"b")
    edit_session(session.code, {"attachments": beside(used)}, version=None, actor=SYSTEM)
    assert purge_attachments() == 0, "too young"
    later = now() + KEPT + timedelta(minutes=1)
    with travel(later):
        assert purge_attachments() == 1
    assert db.session.scalars(select(Attachment.name)).all() == ["a.pdf"]
    with travel(later + SWEPT_AFTER + timedelta(minutes=1)):
        assert sweep_files() == 1
    assert files.read(used.sha256) == PDF
    with pytest.raises(Refusal, match=r"file\.not_found"):
        files.read(loose.sha256)
