"""What is not released is told nowhere: every address that is open to visitors is asked for the words of drafts."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule

from eventweek.audit.actors import SYSTEM
from eventweek.calendars.actions import render_feeds
from eventweek.kernel.db import Bilingual, db
from eventweek.kernel.limits import init_limits
from eventweek.programme.actions import parties, places
from eventweek.programme.actions.sessions import cancel_session, create_session, edit_session
from eventweek.registration.actions.offerings import open_offerings
from eventweek.registration.models import Pass
from eventweek.registration.passes import manage_token_of
from eventweek.scheduling.actions import place_session, release_schedule
from eventweek.scheduling.queries.drafts import find_placement
from tests.factories.media import beside, make_attachment, make_picture
from tests.factories.programme import make_organisation, make_person
from tests.registration.world import book, offering_of, week
from tests.replanning.world import session_of

pytestmark = pytest.mark.usefixtures("before_the_week")
MARK, PART = "Zq7Draft", "Zq7Dra"
"""A word that stands in drafts only, and what finds it in a search, whose page repeats what was asked."""
INSIDE = ("/desk", "/api/v1/desk", "/account", "/sign-in", "/invitations", "/gate", "/static", "/my/part", "/p/", "/c/")
"""What staff, devices and the speakers themselves open: they may know what is planned."""


def words(*stems: str) -> dict[str, str]:
    return {f"{stem}_{tongue}": f"{MARK} {stem}" for stem in stems for tongue in ("zh", "en")}


def draft_everything() -> list[str]:
    """Make a session that was never released, change and cancel public ones; return the codes that drafts have."""
    person, unit = make_person(f"{MARK}人"), make_organisation(f"{MARK}单位")
    place = find_placement(session_of("rs-ei-1").id)
    assert place
    links = [{"kind": "page", "url": f"https://example.org/{MARK}", **words("title")}]
    file = make_attachment(f"{MARK}.pdf")
    picture = make_picture(700, alt_zh=MARK, alt_en=MARK)
    told = words("title", "subtitle", "note", "text", "abstract")
    new = create_session(week().id, told | {"kind": "salon", "expected": 10}, actor=SYSTEM).code
    drafted = {"links": links, "attachments": beside(file), "poster": picture.code}
    drafted |= {"people": [{"person": person.code, "role": "speaker"}]}
    drafted |= {"organisations": [{"organisation": unit.code, "role": "host"}]}
    changed = session_of("rs-ei-1").code
    for code, values in ((new, drafted), (changed, told | drafted)):
        edit_session(code, values, version=None, actor=SYSTEM)
    place_session(new, "2026-10-16T20:00", place.room.code, version=None, actor=SYSTEM, override="测试")
    off = session_of("rs-ei-2").code
    cancel_session(off, reason=Bilingual(f"{MARK}原因", f"{MARK} reason"), actor=SYSTEM)
    open_offerings(week().id, actor=SYSTEM)
    sizes = [f"{own.sha256}.webp" for own in picture.renditions]
    return [new, changed, off, person.code, unit.code, f"{file.code}.pdf", *sizes]


def addresses(app: Flask, codes: list[str]) -> Iterator[tuple[Rule, str]]:
    """Yield every address that is open to visitors, with the codes of drafts where one names a thing."""
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.rule.startswith(INSIDE):
            continue
        path = rule.rule.replace("<week>", "jl2026")
        for code in codes if "<" in path else [""]:
            own = path
            for name in rule.arguments - {"week"}:
                own = own.replace(f"<{name}>", code)
            yield rule, own


def leaks(client: FlaskClient, codes: list[str], under: str = "/") -> tuple[list[tuple[str, int]], set[str]]:
    """Return the addresses whose answer holds a word of a draft, and the endpoints that answered at all."""
    found, answered = [], set()
    for rule, path in addresses(client.application, codes):
        if not path.startswith(under):
            continue
        asked = [f"/en{path}", f"{path}?q={PART}", f"{path}?words={PART}&page_size=200"]
        for address in (path, *(asked if not rule.arguments - {"week"} else ())):
            init_limits("")
            answer = client.get(address)
            body = answer.data
            answer.close()
            if answer.status_code == 200:
                answered.add(rule.endpoint)
            if MARK.encode() in body:
                found.append((address, answer.status_code))
    return found, answered


@pytest.mark.database
def test_no_open_address_says_a_word_of_a_draft(demo_app: Flask) -> None:
    book(offering_of("rs-ei-1").code)
    holder = db.session.scalars(select(Pass)).one()
    codes = draft_everything()
    render_feeds(week().id, "http://localhost")
    visitor, owner = demo_app.test_client(), demo_app.test_client()
    owner.get(f"/m/{manage_token_of(holder)}")
    found, answered = leaks(visitor, codes)
    mine, opened = leaks(owner, codes, "/my")
    assert (found, mine) == ([], [])
    assert {"public.programme", "public.session", "public.feed", "programme.sessions", "public.sitemap"} <= answered
    assert {"mine.my_week", "mine.my_ics"} <= opened
    new, file = codes[0], codes[5]
    for path in (
        f"/w/jl2026/s/{new}",
        f"/w/jl2026/s/{new}.ics",
        f"/api/v1/weeks/jl2026/sessions/{new}",
        f"/media/{file}",
    ):
        assert visitor.get(path).status_code == 404
    release_schedule(week().id, actor=SYSTEM, note="")
    assert MARK in visitor.get(f"/w/jl2026/s/{new}").text, "the words are there to be found"
    assert leaks(visitor, codes, "/w/jl2026/programme")[0] != []


def test_masters_that_change_are_told_with_the_next_release(demo_app: Flask) -> None:
    place = find_placement(session_of("rs-ei-1").id)
    assert place
    venue, room = place.room.venue.code, place.room.code
    person = make_person("示例新人")
    places.edit_venue(venue, words("name", "address", "transport"), version=None, actor=SYSTEM)
    places.edit_room(room, words("name"), version=None, actor=SYSTEM)
    parties.edit_person(person.code, words("bio"), version=None, actor=SYSTEM)
    found, _answered = leaks(demo_app.test_client(), [session_of("rs-ei-1").code, venue, person.code])
    assert found == []
