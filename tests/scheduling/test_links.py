"""Links beside a session: kept in order, frozen by a release, carried by the document; older items say the same."""

import json
from typing import Any

import pytest
from flask import Flask

from eventweek.audit.actors import SYSTEM
from eventweek.calendars.ics import Edition, entry
from eventweek.kernel.db import db
from eventweek.programme.actions.sessions import edit_session
from eventweek.programme.rules.documents import read_document
from eventweek.scheduling.actions import place_session, release_schedule
from eventweek.scheduling.actions.importing import import_programme
from eventweek.scheduling.models import Published
from eventweek.scheduling.queries import list_public_sessions
from eventweek.scheduling.queries.export import export_programme
from eventweek.web.desk.differences import tell
from tests.factories.programme import make_room, make_session, make_venue, make_week
from tests.factories.releases import list_changes, retell

pytestmark = pytest.mark.database
REPLAY = {"kind": "replay", "url": "https://video.jl.gov.cn/回放/7", "title_zh": "", "title_en": ""}
SLIDES = {"kind": "slides", "url": "https://a.cn/s.pdf", "title_zh": "主旨报告", "title_en": "Keynote"}


def _released(app: Flask, *links: dict[str, str]) -> tuple[Any, str]:
    week = make_week()
    code = make_session(week, links=list(links)).code
    place_session(code, "2027-04-13T09:00", make_room(make_venue()).code, version=None, actor=SYSTEM)
    release_schedule(week.id, actor=SYSTEM, note="")
    return week, code


def test_links_are_public_after_a_release_in_their_order(app: Flask) -> None:
    week, code = _released(app, SLIDES)
    edit_session(code, {"links": [REPLAY, SLIDES]}, version=None, actor=SYSTEM)
    assert [link["kind"] for link in list_public_sessions(week.id)[0].links] == ["slides"]
    change = list_changes(week.id)[0]
    assert change.fields == ["links"]
    with app.test_request_context("/"):
        assert [(t.word, t.before) for t in tell(change.before, change.after, "UTC")] == [("链接", "幻灯片 主旨报告")]
    release_schedule(week.id, actor=SYSTEM, note="")
    assert list_public_sessions(week.id)[0].links == [
        {"kind": "replay", "url": REPLAY["url"], "zh": "", "en": ""},
        {"kind": "slides", "url": SLIDES["url"], "zh": "主旨报告", "en": "Keynote"},
    ]
    edit_session(code, {"links": []}, version=None, actor=SYSTEM)
    assert list_changes(week.id)[0].fields == ["links"]


def test_an_item_of_schema_2_is_read_and_does_not_differ(app: Flask) -> None:
    week, _code = _released(app)
    pointer = db.session.query(Published).one()
    older = pointer.item.snapshot | {"schema": 2}
    assert "links" not in older
    retell(pointer.item, **older)
    db.session.commit()
    assert list_changes(week.id) == [] and list_public_sessions(week.id)[0].links == []


def test_the_document_carries_links_without_loss(app: Flask) -> None:
    week, _code = _released(app, REPLAY, SLIDES)
    whole = export_programme(week, "desk")
    assert whole["sessions"][0]["links"] == [{k: v for k, v in link.items() if v} for link in (REPLAY, SLIDES)]
    assert (
        import_programme(read_document(json.dumps(whole).encode()), actor=SYSTEM).counts["sessions", "unchanged"] == 1
    )
    whole["sessions"][0]["links"].reverse()
    assert import_programme(whole, actor=SYSTEM).counts["sessions", "changed"] == 1
    assert export_programme(week, "desk") == whole


def test_the_calendar_names_the_replay_and_keeps_our_address(app: Flask) -> None:
    week, code = _released(app, SLIDES, REPLAY)
    text = entry(list_public_sessions(week.id)[0], Edition("https://e.cn", "spring", "", "Asia/Shanghai", "zh-CN"))
    plain = text.decode().replace("\r\n ", "")
    assert f"URL:https://e.cn/w/spring/s/{code}" in plain
    assert f"回放：{REPLAY['url']}\\n" in plain and SLIDES["url"] not in plain
