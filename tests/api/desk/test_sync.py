"""Keep a copy over the desk's API: what changed since, what was archived, what is gone."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventweek.audit.actors import SYSTEM
from eventweek.kernel.clock import now, travel
from eventweek.programme.actions.places import archive_venue, delete_venue
from eventweek.programme.actions.sessions import edit_session
from eventweek.scheduling.actions.placements import place_session
from tests.api.test_problems import problem
from tests.factories.keys import make_key
from tests.factories.programme import make_room, make_session, make_venue, make_week

DESK = "/api/v1/desk"
INSTANT = "%Y-%m-%dT%H:%M:%SZ"


@pytest.mark.database
def test_only_what_changed_since_is_told_and_what_is_gone(app: Flask, client: FlaskClient) -> None:
    at = now()
    with travel(at - timedelta(days=2)):
        week = make_week()
        old, gone, room = make_venue(), make_venue(name="要删的馆"), make_room(make_venue(name="有厅的馆"))
        still, edited, moved = (make_session(week, title) for title in ("没动", "改了", "排了"))
    key = make_key("spring")[1]
    delete_venue(gone.code, actor=SYSTEM)
    archive_venue(old.code, actor=SYSTEM)
    edit_session(edited.code, {"title_zh": "改过"}, version=None, actor=SYSTEM)
    place_session(moved.code, "2027-04-12T09:30", room.code, version=None, actor=SYSTEM)
    since = {"changed_since": (at - timedelta(days=1)).strftime(INSTANT)}

    venues = client.get(f"{DESK}/venues", query_string=since, headers=key).json
    assert venues and [(one["id"], bool(one["archived_at"])) for one in venues["items"]] == [(old.code, True)]
    assert [one["id"] for one in venues["deleted"]] == [gone.code]
    assert since["changed_since"] < venues["next_since"] < now().strftime(INSTANT)
    own = client.get(f"{DESK}/weeks/spring/sessions", query_string=since, headers=key).json
    assert own and {one["id"] for one in own["items"]} == {edited.code, moved.code} and own["deleted"] == []
    in_use = client.get(f"{DESK}/venues", query_string=since | {"archived": "false"}, headers=key).json
    assert in_use and in_use["items"] == []
    every = client.get(f"{DESK}/weeks/spring/sessions", headers=key).json
    assert every and {one["id"] for one in every["items"]} >= {still.code} and "deleted" not in every
    later = client.get(f"{DESK}/venues", query_string={"changed_since": "2098-01-01T00:00:00+08:00"}, headers=key).json
    assert later and (later["items"], later["deleted"]) == ([], [])


RUBBISH = ["", "yesterday", "2026-10-15", "2026-10-15T09:30", "9999-01-01T00:00Z", "\x00", "９" * 50]


@pytest.mark.database
@pytest.mark.parametrize("rubbish", RUBBISH)
def test_a_time_without_its_zone_is_refused(app: Flask, client: FlaskClient, rubbish: str) -> None:
    make_week()
    key = make_key("spring")[1]
    answer = client.get(f"{DESK}/venues", query_string={"changed_since": rubbish}, headers=key)
    refused = problem(answer, 422, "input.invalid").json
    assert refused and [error["code"] for error in refused["errors"]] == ["json.instant"]


def test_the_difference_takes_as_many_statements_for_sixty(
    app: Flask, client: FlaskClient, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    week = make_week()
    key = make_key("spring")[1]
    client.get(f"{DESK}/venues", headers=key)  # the use of a key is noted once a minute
    since, counts = {"changed_since": "2001-01-01T00:00:00Z", "page_size": "200"}, []
    for size in (3, 60):
        for n in range(size):
            make_session(week, f"{size}-{n}")
        with statements() as seen:
            told = client.get(f"{DESK}/weeks/spring/sessions", query_string=since, headers=key).json
        assert told and told["total"] >= size
        counts.append(len(seen))
    assert counts[0] == counts[1]
