"""Free pages and notices: copies, clocks, scopes and what is refused."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from eventweek.audit.actors import SYSTEM, Actor, GrantValue
from eventweek.audit.models import AuditEntry
from eventweek.kernel.clock import travel
from eventweek.kernel.db import db
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.programme.actions import texts
from eventweek.programme.actions.weeks import create_week, set_week_state
from eventweek.programme.presets import preset_page
from eventweek.programme.queries.facts import facts_of_week
from eventweek.programme.queries.texts import find_public_page, is_changed, list_public_notices, list_public_pages
from eventweek.programme.rules.placeholders import fill, unknown
from eventweek.programme.rules.texts import PRESETS, PublicNotice, in_order
from tests.factories.programme import SPRING, make_session, make_venue, make_week

NOON = datetime(2027, 4, 12, 4, tzinfo=UTC)
FAQ = {"code": "faq", "title_zh": "常见问题", "text_zh": "第一版"}


def _notice(**values: Any) -> PublicNotice:
    pair = {"zh": "公告", "en": ""}
    usual: dict[str, Any] = {"code": "a", "title": pair, "text": pair, "level": "ordinary", "pinned": False}
    usual |= {"shown_from": None, "shown_until": None, "session": None, "venue": None, "city": None, "about": pair}
    return PublicNotice(**usual | {"first_at": NOON, "changed_at": NOON} | values)


@pytest.mark.parametrize(
    ("span", "minutes", "begun", "shown"),
    [
        ((None, None), -1, False, False),
        ((None, None), 0, True, True),
        ((30, None), 29, False, False),
        ((30, 60), 30, True, True),
        ((30, 60), 60, True, False),
        ((-30, None), 0, True, True),
    ],
)
def test_the_clock_decides_what_is_shown(
    span: tuple[int | None, int | None], minutes: int, begun: bool, shown: bool
) -> None:
    start, end = (None if m is None else NOON + timedelta(minutes=m) for m in span)
    notice, at = _notice(shown_from=start, shown_until=end), NOON + timedelta(minutes=minutes)
    assert (notice.begun(at), notice.shown(at)) == (begun, shown)


def test_a_scheduled_notice_is_as_new_as_its_beginning() -> None:
    later = NOON + timedelta(hours=2)
    assert _notice(shown_from=later).since == _notice(shown_from=later).updated == later
    assert _notice(changed_at=later).updated == later and _notice(changed_at=later).since == NOON


def test_pinned_then_urgent_then_newer_comes_first() -> None:
    old = NOON - timedelta(days=1)
    notices = [
        _notice(code="old", first_at=old, changed_at=old),
        _notice(code="new"),
        _notice(code="urgent", level="urgent", first_at=old),
        _notice(code="pinned", pinned=True, first_at=old),
    ]
    assert [notice.code for notice in in_order(notices)] == ["pinned", "urgent", "new", "old"]


def test_placeholders_are_names_and_nothing_else() -> None:
    text = "{week} {week.__class__} {0} {{week}} {contact}"
    assert fill(text, {"week": "{contact}", "contact": "x"}) == "{contact} {week.__class__} {0} {{contact}} x"
    assert unknown(text) == ["week.__class__", "0"]


@pytest.mark.database
def test_editing_leaks_nothing_and_publishing_is_one_copy(app: Flask) -> None:
    week = make_week()
    page = texts.create_page(week.id, FAQ, actor=SYSTEM)
    assert list_public_pages(week.id) == [] and find_public_page(week.id, "faq") is None
    texts.publish_page(week.id, "faq", version=page.version, actor=SYSTEM)
    first = page.first_published_at
    texts.edit_page(week.id, "faq", {"text_zh": "第二版", "title_zh": "问答"}, version=None, actor=SYSTEM)
    own = find_public_page(week.id, "faq")
    assert own and (own.text["zh"], own.title["zh"]) == ("第一版", "常见问题") and is_changed(page)
    version = page.version
    texts.publish_page(week.id, "faq", actor=SYSTEM)
    assert page.version == version + 1 and not is_changed(page) and page.first_published_at == first
    texts.publish_page(week.id, "faq", actor=SYSTEM)
    assert page.version == version + 1
    own = find_public_page(week.id, "faq")
    assert own and (own.text["zh"], own.title["zh"]) == ("第二版", "问答")
    verbs = db.session.scalars(select(AuditEntry.verb).where(AuditEntry.subject == "page")).all()
    assert verbs == ["page.create", "page.publish", "page.edit", "page.publish"]


@pytest.mark.database
def test_withdrawn_texts_keep_their_times(app: Flask) -> None:
    week = make_week()
    notice = texts.create_notice(week.id, {"title_zh": "闭馆"}, actor=SYSTEM)
    with travel(NOON):
        texts.publish_notice(week.id, notice.code, actor=SYSTEM)
    with travel(NOON + timedelta(hours=1)):
        texts.withdraw_notice(week.id, notice.code, actor=SYSTEM)
        texts.withdraw_notice(week.id, notice.code, actor=SYSTEM)
    assert list_public_notices(week.id) == []
    assert (notice.publication, notice.published_at, notice.withdrawn_at) == (
        "withdrawn",
        NOON,
        NOON + timedelta(hours=1),
    )
    with travel(NOON + timedelta(hours=2)):
        texts.publish_notice(week.id, notice.code, actor=SYSTEM)
    assert notice.first_published_at == NOON and notice.withdrawn_at is None
    assert len(list_public_notices(week.id)) == 1


def test_a_page_that_was_public_keeps_its_address(app: Flask) -> None:
    week = make_week()
    texts.create_page(week.id, FAQ, actor=SYSTEM)
    texts.edit_page(week.id, "faq", {"code": "questions"}, version=None, actor=SYSTEM)
    texts.publish_page(week.id, "questions", actor=SYSTEM)
    with pytest.raises(Invalid) as found:
        texts.edit_page(week.id, "questions", {"code": "faq"}, version=None, actor=SYSTEM)
    assert found.value.errors[0].code == "page.code_stays"
    texts.withdraw_page(week.id, "questions", actor=SYSTEM)
    with pytest.raises(Refusal, match="subject.used"):
        texts.delete_page(week.id, "questions", actor=SYSTEM)
    texts.publish_page(week.id, "questions", actor=SYSTEM)
    texts.archive_page(week.id, "questions", actor=SYSTEM)
    assert list_public_pages(week.id) == [] and find_public_page(week.id, "questions")
    with pytest.raises(Refusal, match="text.archived"):
        texts.publish_page(week.id, "questions", actor=SYSTEM)


def test_an_archived_week_keeps_its_texts_and_takes_no_more(app: Flask) -> None:
    week = make_week()
    texts.create_page(week.id, FAQ, actor=SYSTEM)
    texts.publish_page(week.id, "faq", actor=SYSTEM)
    for state in ("closed", "archived"):
        set_week_state("spring", state, actor=SYSTEM)
    for act in (texts.publish_page, texts.withdraw_page, texts.archive_page):
        with pytest.raises(Refusal, match=r"week\.archived"):
            act(week.id, "faq", actor=SYSTEM)
    assert find_public_page(week.id, "faq")


@pytest.mark.database
@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({"title_zh": "", "title_en": ""}, "title_zh", "field.one_language"),
        ({"shown_from": "2027-04-12T10:00", "shown_until": "2027-04-12T10:00"}, "shown_until", "hours.order"),
        ({"session": "{session}", "city": "220100"}, "city", "notice.one_scope"),
        ({"venue": "{venue}", "city": "220100"}, "city", "notice.one_scope"),
        ({"session": "{foreign}"}, "session", "reference.unknown"),
        ({"level": "loud"}, "level", "choice.unknown"),
        ({"text_zh": "字" * 100_000}, "text_zh", "text.too_long"),
        ({"shown_from": "9999-99-99T99:99"}, "shown_from", "moment.unknown"),
        ({"pinned": "yes"}, "pinned", "value.type"),
        ({"colour": "red"}, "colour", "field.unknown"),
    ],
)
def test_what_a_notice_cannot_be(app: Flask, values: dict[str, Any], field: str, code: str) -> None:
    week, venue = make_week(), make_venue()
    other = create_week(SPRING | {"code": "other"}, actor=SYSTEM)
    known = {"session": make_session(week).code, "foreign": make_session(other).code, "venue": venue.code}
    given = {n: known.get(v.strip("{}"), v) if isinstance(v, str) else v for n, v in values.items()}
    with pytest.raises(Invalid) as found:
        texts.create_notice(week.id, {"title_zh": "公告"} | given, actor=SYSTEM)
    assert [(e.field, e.code) for e in found.value.errors] == [(field, code)]
    assert list_public_notices(week.id) == []


def test_times_are_on_the_clock_of_the_week(app: Flask) -> None:
    week = make_week()
    notice = texts.create_notice(week.id, {"title_zh": "公告", "shown_from": "2027-04-12T12:00"}, actor=SYSTEM)
    assert notice.shown_from and notice.shown_from.astimezone(UTC) == NOON


def test_text_is_cleaned(app: Flask) -> None:
    week = make_week()
    values = {"code": "a", "title_zh": "a\u202eb\x00\uffff", "text_zh": "一\u200b二\r\n三"}
    page = texts.create_page(week.id, values, actor=SYSTEM)
    assert (page.title.zh, page.text_zh) == ("ab", "一二\n三")


def test_who_may_write_and_who_may_publish(app: Flask) -> None:
    week = make_week()
    texts.create_page(week.id, FAQ, actor=SYSTEM)

    def somebody(role: str, scope: str = "", code: str = "") -> Actor:
        return Actor(label=role, id=1, administrator=False, grants=(GrantValue(role, week.id, scope, code),))

    for actor in (somebody("reader"), somebody("city", "city", "220100"), somebody("door")):
        for act in (texts.publish_page, texts.withdraw_page):
            with pytest.raises(Refusal, match="permission.denied"):
                act(week.id, "faq", actor=actor)
        with pytest.raises(Refusal, match="permission.denied"):
            texts.create_notice(week.id, {"title_zh": "公告"}, actor=actor)
    texts.publish_page(week.id, "faq", actor=somebody("committee"))


def test_an_empty_page_and_an_older_version_are_not_published(app: Flask) -> None:
    week = make_week()
    page = texts.create_page(week.id, {"code": "faq", "title_zh": "常见问题"}, actor=SYSTEM)
    with pytest.raises(Refusal, match="text.empty"):
        texts.publish_page(week.id, "faq", actor=SYSTEM)
    seen = page.version
    texts.edit_page(week.id, "faq", {"text_zh": "正文"}, version=seen, actor=SYSTEM)
    with pytest.raises(Refusal, match="version.stale"):
        texts.publish_page(week.id, "faq", version=seen, actor=SYSTEM)


@pytest.mark.parametrize("code", PRESETS)
def test_each_usual_page_holds_the_data_of_the_week(app: Flask, code: str) -> None:
    week = make_week(contact_zh="0431-12345", contact_en="0431-12345")
    facts = {name: facts_of_week(week, tongue) for name, tongue in (("zh", "zh-CN"), ("en", "en"))}
    places = {"venues": "", "retention_days": "180"}
    values = preset_page(code, {name: fact | places for name, fact in facts.items()})
    whole = "".join(str(value) for value in values.values())
    assert "0431-12345" in values["text_zh"] and "0431-12345" in values["text_en"]
    assert "{" not in whole and values["title_zh"] and values["title_en"]
    texts.create_page(week.id, values, actor=SYSTEM)
