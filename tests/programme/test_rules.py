"""Rules of the programme, without a database."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventweek.accounts.enums import Verb
from eventweek.audit.actors import Actor, GrantValue
from eventweek.kernel.errors import FieldError
from eventweek.programme.presets import preset_kinds, preset_tag_sets
from eventweek.programme.rules.checks import cleaned, defaults, incomplete, outgrown, ring, senseless
from eventweek.programme.rules.scopes import reaches
from eventweek.programme.rules.subjects import KIND, PERSON, ROOM, SESSION, SUBJECTS, TAG_SET, VENUE, WEEK, Subject
from eventweek.programme.rules.urls import host_of
from eventweek.programme.rules.values import same
from eventweek.programme.rules.weeks import can_become

RUBBISH: list[object] = [
    *(None, True, -1, 0, 10**20, 1e30, float("nan"), "", "\x00\u202e\u200b", "\ud800", "𠮷" * 300, "x" * 100_000),
    *([], {}, [[]], [{}], [{"person": {}}], ["a", "a"], b"x", object(), "2026-13-01", "9:75", "🀄"),
]


def faults(subject: Subject, **values: object) -> set[tuple[str, str]]:
    clean, errors = cleaned(subject, values)
    return {(error.field, error.code) for error in errors}


@pytest.mark.parametrize(
    ("subject", "values", "fault"),
    [
        (ROOM, {"capacity": 0}, ("capacity", "number.range")),
        (ROOM, {"capacity": 1e30}, ("capacity", "number.whole")),
        (ROOM, {"capacity": float("nan")}, ("capacity", "number.whole")),
        (ROOM, {"capacity": "99999999999999999999"}, ("capacity", "number.whole")),
        (ROOM, {"hours": [{"opens": "8:30", "closes": "10:00"}]}, ("hours.0.opens", "hour.unknown")),
        (ROOM, {"hours": [{"opens": "08:30"}]}, ("hours.0.closes", "field.required")),
        (ROOM, {"hours": [{"opens": "08:30", "closes": "09:00", "x": 1}]}, ("hours.0.x", "field.unknown")),
        (ROOM, {"layouts": [{"layout": "round", "capacity": 3}]}, ("layouts.0.layout", "choice.unknown")),
        (ROOM, {"features": ["stage", "stage"]}, ("features.1", "list.twice")),
        (VENUE, {"latitude": "NaN"}, ("latitude", "number.range")),
        (VENUE, {"name_zh": "字" * 121}, ("name_zh", "text.too_long")),
        (WEEK, {"code": "Spring Week"}, ("code", "value.shape")),
        (WEEK, {"first_day": "2026-02-30"}, ("first_day", "day.unknown")),
        (WEEK, {"first_day": "1026-02-03"}, ("first_day", "day.unknown")),
        (SESSION, {"people": [{"person": "a", "role": "host"}] * 2}, ("people.1", "list.twice")),
        (SESSION, {"fixed_start": "2026-10-15"}, ("fixed_start", "moment.unknown")),
        (SESSION, {"links": [{"kind": "film", "url": "https://a.cn"}]}, ("links.0.kind", "choice.unknown")),
        (SESSION, {"links": [{"kind": "link", "url": "https://a.cn/" + "x" * 1000}]}, ("links.0.url", "text.too_long")),
        (SESSION, {"links": [{"kind": "link", "url": "https://a.cn"}] * 2}, ("links.1", "list.twice")),
        (SESSION, {"visible": "all"}, ("visible", "field.unknown")),
    ],
)
def test_a_wrong_value_is_named_by_field_and_code(
    subject: Subject, values: dict[str, object], fault: tuple[str, str]
) -> None:
    assert faults(subject, **values) == {fault}


def test_a_fault_is_named_where_the_sender_put_it_and_order_is_no_change() -> None:
    late, early = ({"day": None, "opens": a, "closes": b} for a, b in (("14:00", "13:00"), ("08:00", "09:00")))
    whole = defaults(ROOM) | cleaned(ROOM, {"hours": [late, early]})[0]
    assert [error.field for error in senseless(ROOM, whole)] == ["hours.0.closes"]
    assert same(ROOM.fields["hours"], [late, early], [early, late])
    assert same(SESSION.fields["tags"], ["a:b", "c:d"], ["c:d", "a:b"])
    host, chair = ({"person": p, "role": "host"} for p in "ab")
    assert not same(SESSION.fields["people"], [host, chair], [chair, host])


@pytest.mark.parametrize(
    "url",
    [
        *("javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "data:text/html,x", "ftp://a.cn/x"),
        *(
            "file:///etc/passwd",
            "//a.cn/x",
            "/x",
            "a.cn",
            "https:",
            "https://",
            "https:///x",
            "https:a.cn",
            "mailto:a@b.cn",
        ),
        *(
            "https://me:x" + "@a.cn/",
            "https://me@a.cn/",
            "https://a.cn\\@b.cn/",
            "https://a.cn/x y",
            "https://a.cn/\x00",
        ),
        *("https://a.cn/\r\nSet-Cookie: a=b", "https://a.cn\r\n.b.cn", "https://\u202ea.cn/", "https://a\ud800.cn/"),
        *('https://a.cn/"><script>', "https://a.cn:99999/", "https://a.cn:x/", "https://[::1/", "https://a..cn/"),
        *("https://" + "a" * 64 + ".cn/", "https://a.cn:0/", "https://a\u200b.cn/"),
    ],
)
def test_what_is_no_address_of_the_web_is_refused(url: str) -> None:
    assert faults(SESSION, links=[{"kind": "link", "url": url}]) == {("links.0.url", "url.shape")}


@pytest.mark.parametrize(
    ("kind", "title", "wrong"), [("link", "", True), ("link", "聊天室", False), ("live", "直播", True)]
)
def test_a_link_without_an_address_needs_words_and_is_not_to_be_watched(kind: str, title: str, wrong: bool) -> None:
    links = [{"kind": kind, "url": "", "title_zh": title, "title_en": ""}]
    found = {(error.field, error.code) for error in senseless(SESSION, {"links": links})}
    assert found == ({("links.0.url", "field.required")} if wrong else set())


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://www.jl.gov.cn/a?b=c&d=%20#e", "jl.gov.cn"),
        ("HTTP://Example.org:8080", "example.org"),
        ("https://例子.中国/路/径", "例子.中国"),
        ("https://[2001:db8::1]/x", "2001:db8::1"),
        ("https://xn--fsqu00a.xn--fiqs8s/~a/(b);c", "xn--fsqu00a.xn--fiqs8s"),
    ],
)
def test_an_address_of_the_web_stays_as_it_is(url: str, host: str) -> None:
    row = {"kind": "link", "url": f" {url}\n"}
    clean = cleaned(SESSION, {"links": [row]})[0]["links"][0]
    assert (clean["url"], host_of(clean["url"])) == (url, host)


def test_two_agreeing_rows_in_different_roles_are_fine() -> None:
    rows = [{"person": "a", "role": "host"}, {"person": "a", "role": "speaker"}]
    assert cleaned(SESSION, {"people": rows}) == ({"people": rows}, [])


FIELDS = [(subject, name) for subject in SUBJECTS.values() for name in (*subject.fields, "other")]


@given(st.sampled_from(FIELDS), st.sampled_from(RUBBISH) | st.text(max_size=9) | st.integers() | st.floats())
def test_no_value_is_a_fault_of_ours(field: tuple[Subject, str], value: object) -> None:
    """Whatever is sent, the answer is a clean value or a named error, and what is clean stays as it is."""
    subject, name = field
    clean, errors = cleaned(subject, {name: value})
    assert set(clean) | {error.field.partition(".")[0] for error in errors} == {name}
    assert cleaned(subject, clean) == (clean, [])


@pytest.mark.parametrize(
    ("subject", "values", "fault"),
    [
        (ROOM, {"hours": [("08:30", "21:00"), ("20:00", "22:00")]}, "hours.overlap"),
        (ROOM, {"hours": [("09:00", "09:00")]}, "hours.order"),
        (KIND, {"earliest": "12:00", "latest_end": "09:00"}, "hours.order"),
        (PERSON, {"availability": [("12:00", "11:00")]}, "hours.order"),
    ],
)
def test_hours_that_contradict_each_other_are_named(subject: Subject, values: dict[str, object], fault: str) -> None:
    whole: dict[str, object] = defaults(subject)
    for name, value in values.items():
        spans = [{"day": None, "opens": a, "closes": b} for a, b in value] if isinstance(value, list) else value
        whole[name] = spans
    assert [error.code for error in senseless(subject, whole)] == [fault]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"last_day": date(2027, 4, 11)}, "days.order"),
        ({"last_day": date(2027, 12, 11)}, "days.too_many"),
        ({"timezone": "Asia/Changchun"}, "timezone.unknown"),
        ({"days": [{"day": date(2027, 4, 10), "phase": "main"}]}, "days.phase"),
        ({"days": [{"day": date(2027, 4, 13), "phase": "warmup"}]}, "days.phase"),
        ({"lunch_end": "11:00"}, "hours.order"),
    ],
)
def test_a_week_must_make_sense(change: dict[str, object], fault: str) -> None:
    whole: dict[str, object] = defaults(WEEK)
    whole |= {"first_day": date(2027, 4, 12), "last_day": date(2027, 4, 16)} | change
    assert [error.code for error in senseless(WEEK, whole)] == [fault]


def test_one_language_is_enough_and_none_is_not() -> None:
    assert incomplete(TAG_SET, {"code": "a", "name_zh": "", "name_en": "A"}) == []
    assert incomplete(TAG_SET, {"code": "a"}) == [FieldError("name_zh", "field.one_language")]


def _waits(after: list[tuple[int, int]]) -> bool:
    """Follow every path: the slow way to find a ring."""

    def leads_home(start: int, at: int, seen: frozenset[int]) -> bool:
        steps = [two for one, two in after if one == at]
        return any(two == start or (two not in seen and leads_home(start, two, seen | {two})) for two in steps)

    return any(leads_home(one, one, frozenset()) for one, _two in after)


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=12))
def test_a_ring_is_found_exactly_where_following_every_path_finds_one(after: list[tuple[int, int]]) -> None:
    assert bool(ring(after)) == _waits(after)


def test_sessions_that_start_together_count_as_one_in_a_ring() -> None:
    assert ring([(1, 2)], [(2, 3)]) == []
    assert ring([(1, 2)], [(1, 2)]) != []
    assert ring([(1, 2), (3, 1)], [(2, 3)]) != []


def test_states_go_forward_and_only_a_closed_week_opens_again() -> None:
    states = ["draft", "open", "closed", "archived"]
    allowed = {(a, b) for a in states for b in [*states, "x", ""] if can_become(a, b)}
    assert allowed == {("draft", "open"), ("open", "closed"), ("closed", "open"), ("closed", "archived")}


def test_growing_is_more_people_or_minutes_or_another_place() -> None:
    old = {"city": "a", "venues": [], "fixed_start": None, "fixed_room": None, "days": [], "duration_min": 60}
    old |= {"expected": 2000}
    assert outgrown(old, old | {"expected": 1000, "duration_min": 30}) == []
    assert outgrown(old, old | {"expected": 2001, "city": "b"}) == ["city", "expected"]


@pytest.mark.parametrize(
    ("grant", "answers"),
    [
        (GrantValue("committee", 1), [True, True, False]),
        (GrantValue("city", 1, "city", "220100"), [True, False, False]),
        (GrantValue("track", 1, "track", "ai"), [True, False, False]),
        (GrantValue("reader", 1), [False, False, False]),
    ],
)
def test_a_role_reaches_its_own_sessions(grant: GrantValue, answers: list[bool]) -> None:
    actor = Actor("u", id=1, grants=(grant,))
    asked = [(1, "220100", "ai"), (1, "220200", ""), (2, "220100", "ai")]
    assert [reaches(actor, Verb.PROGRAMME_EDIT, week, city=city, track=track) for week, city, track in asked] == answers


def test_presets_are_clean() -> None:
    kinds = preset_kinds()
    assert len(kinds) == 22 and [cleaned(KIND, kind)[1] for kind in kinds] == [[]] * 22
    assert [len(tag_set["tags"]) for tag_set in preset_tag_sets()] == [6, 4, 8]
