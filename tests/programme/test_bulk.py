"""Many sessions changed at once: preview, one transaction, one undo; what is wrong changes nothing."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from eventweek.audit.actors import SYSTEM, Actor, GrantValue
from eventweek.audit.models import AuditEntry, Revision
from eventweek.kernel.db import db
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.programme.actions.bulk import apply_bulk, plan_bulk, undo_bulk
from eventweek.programme.actions.sessions import archive_session, edit_session
from eventweek.programme.actions.tags import archive_track, create_tag, create_tag_set, create_track
from eventweek.programme.models import BulkChange, Session, Week
from eventweek.programme.queries.bulk import get_bulk, list_bulk_rows
from eventweek.programme.queries.values import values_of
from eventweek.programme.rules.bulk import LISTS
from eventweek.programme.rules.subjects import SESSION
from tests.conftest import scaled
from tests.factories.programme import make_organisation, make_session, make_week

pytestmark = pytest.mark.database
Statements = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def week(app: Flask) -> Week:
    """Give a week with a track and two tags of a set of which a session has one."""
    week = make_week()
    create_track(week.id, {"code": "returnees", "name_zh": "海归"}, actor=SYSTEM)
    create_tag_set(week.id, {"code": "colour", "name_zh": "颜色", "single": True}, actor=SYSTEM)
    for code in ("red", "blue"):
        create_tag(week.id, {"set": "colour", "code": code, "name_zh": code}, actor=SYSTEM)
    return week


def _values(code: str) -> dict[str, Any]:
    return values_of(SESSION, db.session.scalars(select(Session).where(Session.code == code)).one())


def _codes(invalid: pytest.ExceptionInfo[Invalid]) -> set[tuple[str, str]]:
    return {(error.field, error.code) for error in invalid.value.errors}


def test_a_bulk_change_writes_all_fields_and_one_undo_restores_exactly(week: Week) -> None:
    host = make_organisation()
    other = make_organisation("示例大学")
    old = [{"organisation": other.code, "role": "host"}]
    codes = [make_session(week, f"第{n}场", organisations=old, earliest="10:00").code for n in range(3)]
    before = [_values(code) for code in codes]
    wish = {
        "set": {
            "kind": "salon",
            "track": "returnees",
            "earliest": "09:00",
            "latest_end": "18:00",
            "days": ["2027-04-13"],
            "visibility": "closed",
            "registration": "none",
        },
        "add": {"tags": ["colour:red"], "organisations": [{"organisation": host.code, "role": "organiser"}]},
        "remove": {"organisations": old},
    }
    plan = plan_bulk(week.id, codes, wish, actor=SYSTEM)
    assert [_values(code) for code in codes] == before and len(plan.rows) == 3
    apply_bulk(week.id, plan.code, actor=SYSTEM)
    for code in codes:
        new = _values(code)
        assert new["kind"] == "salon" and new["tags"] == ["colour:red"] and new["latest_end"] == "18:00"
        assert new["organisations"] == [{"organisation": host.code, "role": "organiser"}]
        assert [day.isoformat() for day in new["days"]] == ["2027-04-13"] and new["visibility"] == "closed"
    undo_bulk(week.id, plan.code, actor=SYSTEM)
    assert [_values(code) for code in codes] == before


def test_each_session_says_who_changed_it(week: Week) -> None:
    code = make_session(week).code
    plan = plan_bulk(week.id, [code], {"set": {"visibility": "closed"}}, actor=SYSTEM)
    apply_bulk(week.id, plan.code, actor=SYSTEM)
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "session.edit")).one()
    assert entry.code == code and entry.changes == {"visibility": ["public", "closed"], "bulk": plan.code}
    kept = db.session.scalars(select(Revision).where(Revision.code == code, Revision.verb == "edit")).one()
    assert kept.changes == {"visibility": ["public", "closed"]}


def test_applying_and_undoing_twice_changes_nothing_more(week: Week) -> None:
    session = make_session(week)
    plan = plan_bulk(week.id, [session.code], {"set": {"visibility": "closed"}}, actor=SYSTEM)
    for verb in (apply_bulk, apply_bulk, undo_bulk, undo_bulk, apply_bulk):
        verb(week.id, plan.code, actor=SYSTEM)
    assert session.version == 3 and session.visibility == "public"


def test_what_stays_and_what_is_refused_is_told(week: Week) -> None:
    same = make_session(week, visibility="closed")
    gone, permitted = make_session(week, "归档"), make_session(week, "许可", permit_required=True)
    edit_session(permitted.code, {"permit_status": "approved"}, version=None, actor=SYSTEM)
    archive_session(gone.code, actor=SYSTEM)
    codes = [same.code, gone.code, permitted.code]
    plan = plan_bulk(week.id, codes, {"set": {"visibility": "closed"}}, actor=SYSTEM)
    assert plan.stay == 1 and {row["code"]: bool(row["changes"]) for row in plan.rows} == {
        gone.code: False,
        permitted.code: True,
    }
    moving = plan_bulk(week.id, codes, {"set": {"days": ["2027-04-13"]}}, actor=SYSTEM)
    whys = {row["code"]: [why for why, _facts in row["why"]] for row in moving.rows}
    assert whys == {same.code: [], gone.code: ["bulk.archived"], permitted.code: ["permit.locked"]}


def test_a_city_changes_only_its_own(week: Week) -> None:
    own, foreign = make_session(week), make_session(week, "外地", city="220200")
    actor = Actor("user:city", grants=(GrantValue("city", week.id, "city", "220100"),))
    plan = plan_bulk(week.id, [own.code, foreign.code], {"set": {"visibility": "closed"}}, actor=actor)
    assert [row["why"] for row in plan.rows] == [[], [["bulk.out_of_reach", {}]]]
    apply_bulk(week.id, plan.code, actor=actor)
    assert (own.visibility, foreign.visibility) == ("closed", "public")


def test_nobody_moves_sessions_out_of_the_own_track(week: Week) -> None:
    own = make_session(week, track="returnees")
    actor = Actor("user:track", grants=(GrantValue("track", week.id, "track", "returnees"),))
    plan = plan_bulk(week.id, [own.code], {"set": {"track": None}}, actor=actor)
    assert plan.rows[0]["why"] == [["bulk.out_of_reach", {}]]


@pytest.mark.parametrize(
    ("wish", "wrong"),
    [
        ({}, ("set", "bulk.nothing")),
        ({"set": {"kind": "no-such"}}, ("kind", "reference.unknown")),
        ({"set": {"kind": None}}, ("kind", "field.required")),
        ({"set": {"uid": "x"}}, ("uid", "field.unknown")),
        ({"set": {"title_zh": "x"}}, ("title_zh", "field.unknown")),
        ({"add": {"kind": "forum"}}, ("kind", "field.unknown")),
        ({"delete": {}}, ("delete", "field.unknown")),
        ({"set": ["kind"]}, ("set", "value.type")),
        ({"set": {"tags": "colour:red"}}, ("tags", "value.type")),
        ({"set": {"earliest": "25:00"}}, ("earliest", "hour.unknown")),
        ({"set": {"earliest": "18:00", "latest_end": "09:00"}}, ("latest_end", "hours.order")),
        ({"add": {"tags": ["colour:green"]}}, ("tags.0", "reference.unknown")),
        ({"set": {"visibility": "secret"}}, ("visibility", "choice.unknown")),
    ],
)
def test_a_wrong_wish_changes_nothing(week: Week, wish: dict[str, Any], wrong: tuple[str, str]) -> None:
    session = make_session(week)
    with pytest.raises(Invalid) as refused:
        plan_bulk(week.id, [session.code], wish, actor=SYSTEM)
    assert wrong in _codes(refused)
    assert session.version == 1 and db.session.scalar(select(BulkChange.id)) is None


@pytest.mark.parametrize(
    ("codes", "wrong"),
    [
        ([], "bulk.nobody"),
        (["nosuch"], "session.unknown"),
        (["a\x00", "\ud800"], "session.unknown"),
        ([f"x{n}" for n in range(10_000)], "bulk.too_many"),
    ],
)
def test_a_wrong_selection_changes_nothing(week: Week, codes: list[str], wrong: str) -> None:
    own = make_session(week)
    with pytest.raises(Invalid) as refused:
        plan_bulk(week.id, codes and [*codes, own.code], {"set": {"visibility": "closed"}}, actor=SYSTEM)
    assert _codes(refused) == {("sessions", wrong)} and own.version == 1


def test_tags_of_which_one_is_had_are_refused_for_that_session(week: Week) -> None:
    red, plain = make_session(week, "红", tags=["colour:red"]), make_session(week)
    plan = plan_bulk(week.id, [red.code, plain.code], {"add": {"tags": ["colour:blue"]}}, actor=SYSTEM)
    assert [[why for why, _facts in row["why"]] for row in plan.rows] == [["tags.single"], []]
    apply_bulk(week.id, plan.code, actor=SYSTEM)
    assert _values(red.code)["tags"] == ["colour:red"] and _values(plain.code)["tags"] == ["colour:blue"]


def test_a_session_changed_after_the_preview_stops_all(week: Week) -> None:
    one, two = make_session(week), make_session(week, "二")
    plan = plan_bulk(week.id, [one.code, two.code], {"set": {"visibility": "closed"}}, actor=SYSTEM)
    edit_session(two.code, {"title_zh": "改了"}, version=None, actor=SYSTEM)
    with pytest.raises(Refusal, match=r"bulk\.stale"):
        apply_bulk(week.id, plan.code, actor=SYSTEM)
    assert (one.visibility, two.visibility) == ("public", "public") and plan.applied_at is None


def test_what_was_chosen_and_is_archived_meanwhile_stops_all(week: Week) -> None:
    session = make_session(week)
    plan = plan_bulk(week.id, [session.code], {"set": {"track": "returnees"}}, actor=SYSTEM)
    archive_track(week.id, "returnees", actor=SYSTEM)
    with pytest.raises(Refusal, match=r"bulk\.stale"):
        apply_bulk(week.id, plan.code, actor=SYSTEM)
    assert session.track is None


def test_undo_names_what_changed_since_and_can_undo_the_rest(week: Week) -> None:
    one, two = make_session(week), make_session(week, "二")
    plan = plan_bulk(week.id, [one.code, two.code], {"set": {"visibility": "closed"}}, actor=SYSTEM)
    apply_bulk(week.id, plan.code, actor=SYSTEM)
    edit_session(two.code, {"title_zh": "改了"}, version=None, actor=SYSTEM)
    with pytest.raises(Refusal, match=r"bulk\.changed_since"):
        undo_bulk(week.id, plan.code, actor=SYSTEM)
    assert (one.visibility, two.visibility) == ("closed", "closed")
    undo_bulk(week.id, plan.code, actor=SYSTEM, rest=True)
    assert (one.visibility, two.visibility) == ("public", "closed")


def test_what_an_undo_leaves_is_shown_with_both_values(week: Week) -> None:
    one, two = make_session(week), make_session(week, "二")
    plan = plan_bulk(week.id, [one.code, two.code], {"set": {"visibility": "closed"}}, actor=SYSTEM)
    apply_bulk(week.id, plan.code, actor=SYSTEM)
    edit_session(two.code, {"visibility": "media"}, version=None, actor=SYSTEM)
    undone = undo_bulk(week.id, plan.code, actor=SYSTEM, rest=True)
    assert [row.theirs for row in list_bulk_rows(undone)] == [None, {"visibility": "media"}]


def test_what_can_no_longer_be_put_back_is_named_and_left(week: Week) -> None:
    """Nobody touched the session, but its old track cannot be chosen any more."""
    one, two = make_session(week, track="returnees"), make_session(week, "二", visibility="closed")
    plan = plan_bulk(week.id, [one.code, two.code], {"set": {"track": None, "visibility": "media"}}, actor=SYSTEM)
    apply_bulk(week.id, plan.code, actor=SYSTEM)
    archive_track(week.id, "returnees", actor=SYSTEM)
    with pytest.raises(Refusal, match=r"bulk\.changed_since") as refused:
        undo_bulk(week.id, plan.code, actor=SYSTEM)
    assert refused.value.facts["sessions"] == [one.code]
    held = list_bulk_rows(get_bulk(week.id, plan.code), refused.value.facts["sessions"])
    assert [row.theirs for row in held] == [{"track": None, "visibility": "media"}, None]
    undo_bulk(week.id, plan.code, actor=SYSTEM, rest=True)
    assert (one.visibility, two.visibility) == ("media", "closed")


def test_every_value_that_may_be_empty_is_emptied_and_comes_back(week: Week) -> None:
    host = make_organisation()
    full = {
        "organisations": [{"organisation": host.code, "role": "host"}],
        "tags": ["colour:red"],
        "track": "returnees",
        "earliest": "10:00",
        "latest_end": "18:00",
        "days": ["2027-04-13"],
    }
    code = make_session(week, **full).code
    before = _values(code)
    empty: dict[str, Any] = {"track": None, "earliest": "", "latest_end": ""} | dict.fromkeys(LISTS, [])
    plan = plan_bulk(week.id, [code], {"set": empty}, actor=SYSTEM)
    assert set(plan.rows[0]["changes"]) == set(full)
    apply_bulk(week.id, plan.code, actor=SYSTEM)
    assert {name: _values(code)[name] for name in full} == empty
    undo_bulk(week.id, plan.code, actor=SYSTEM)
    assert _values(code) == before


def test_a_change_is_of_its_week_and_undone_only_once_applied(week: Week) -> None:
    plan = plan_bulk(week.id, [make_session(week).code], {"set": {"visibility": "closed"}}, actor=SYSTEM)
    with pytest.raises(Refusal, match=r"bulk\.not_applied"):
        undo_bulk(week.id, plan.code, actor=SYSTEM)
    with pytest.raises(Refusal, match=r"bulk\.not_found"):
        apply_bulk(week.id, "no-such", actor=SYSTEM)
    with pytest.raises(Refusal, match=r"permission\.denied"):
        apply_bulk(week.id, plan.code, actor=Actor("user:reader", grants=(GrantValue("reader", week.id),)))


def test_many_sessions_take_as_many_statements_as_three(week: Week, statements: Statements) -> None:
    counts = []
    for size in (3, scaled(2000)):
        codes = [make_session(week, f"{size}-{n}").code for n in range(size)]
        with statements() as seen:
            plan = plan_bulk(week.id, codes, {"set": {"visibility": "closed"}}, actor=SYSTEM)
        planned = len(seen)
        with statements() as seen:
            apply_bulk(week.id, plan.code, actor=SYSTEM)
        applied = len(seen)
        with statements() as seen:
            undo_bulk(week.id, plan.code, actor=SYSTEM)
        counts.append((planned, applied, len(seen)))
    assert counts[0] == counts[1] and max(counts[0]) < 30
