"""Pictures on the visitors' pages, at addresses of their own that only say what is published."""

import re
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventweek.audit.actors import SYSTEM
from eventweek.kernel import files
from eventweek.kernel.clock import travel
from eventweek.programme.actions.parties import edit_organisation, edit_person
from eventweek.programme.actions.places import edit_venue
from eventweek.programme.actions.sessions import edit_session
from eventweek.programme.actions.weeks import edit_week
from tests.factories.media import World, beside, make_attachment, make_picture, make_world
from tests.kernel.test_uploads import PDF

BASE = "http://127.0.0.1:8000"


@pytest.fixture
def world(app: Flask) -> World:
    return make_world()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def _poster(world: World, width: int = 1500, height: int = 2000, **words: str) -> list[str]:
    """Give the session a poster; return the addresses of its sizes."""
    own = make_picture(width, height, **words)
    edit_session(world.session, {"poster": own.code}, version=None, actor=SYSTEM)
    return [f"/media/{each.sha256}.webp" for each in own.renditions]


def test_a_draft_is_not_to_be_had_and_a_published_file_is_kept_by_caches(world: World, client: FlaskClient) -> None:
    addresses = _poster(world)
    assert [client.get(address).status_code for address in addresses] == [404, 404, 404]
    world.release()
    with client.get(addresses[0]) as answer:
        assert (answer.status_code, answer.mimetype, answer.data[:4]) == (200, "image/webp", b"RIFF")
        control = answer.cache_control
        assert control.public and control.immutable and control.max_age == 86_400
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
        assert "Set-Cookie" not in answer.headers and "Last-Modified" not in answer.headers
        etag = answer.headers["ETag"]
    with client.get(addresses[0], headers={"If-None-Match": etag}) as again:
        assert (again.status_code, again.data) == (304, b"")
    files.drop(addresses[1].removeprefix("/media/").removesuffix(".webp"))
    assert client.get(addresses[1]).status_code == 404, "a database that was restored without its files"


@pytest.mark.parametrize("name", ["x", "..%2fsecret_key", "0" * 64, "0" * 64 + ".webp", "%00.webp", "a/b.webp"])
def test_no_other_name_is_answered(world: World, client: FlaskClient, name: str) -> None:
    assert client.get(f"/media/{name}").status_code == 404


def test_the_session_shows_its_poster_in_sizes(world: World, client: FlaskClient) -> None:
    small, middle, large = _poster(world, alt_zh="海报：创业论坛", credit='<b>"示例"</b>')
    page = f"/w/spring/s/{world.session}"
    assert small not in client.get(page).text
    world.release()
    text = client.get(page).text
    assert (
        f'<img src="{small}" srcset="{small} 320w, {middle} 640w, {large} 1280w" sizes="22rem" width="1280"'
        f' height="1707" alt="海报：创业论坛" loading="lazy" decoding="async">' in text
    )
    assert f'<a href="{large}">' in text and "&lt;b&gt;&#34;示例&#34;&lt;/b&gt;" in text
    for told in (
        f'og:image" content="{BASE}{large}"',
        'og:image:width" content="1280"',
        'twitter:card" content="summary"',
    ):
        assert told in text
    assert f'"image": "{BASE}{large}"' in text
    english = client.get(f"/en{page}").text
    assert f'src="{small}"' in english, "files have one address for both languages"


def test_a_picture_without_words_is_called_by_what_it_belongs_to(world: World, client: FlaskClient) -> None:
    own = make_picture(100, alt_zh="", alt_en="")
    edit_session(world.session, {"poster": own.code}, version=None, actor=SYSTEM)
    world.release()
    text = client.get(f"/w/spring/s/{world.session}").text
    assert 'width="100" height="200" alt="海报：创业论坛"' in text and "srcset" not in text


def test_portrait_photo_floor_plan_and_logo_stand_on_their_pages(world: World, client: FlaskClient) -> None:
    portrait, photo, plan, logo = (make_picture(width, 300) for width in (700, 710, 720, 730))
    edit_person(world.person, {"portrait": portrait.code}, version=None, actor=SYSTEM)
    world.agree()
    edit_venue(world.venue, {"photo": photo.code, "floor_plan": plan.code}, version=None, actor=SYSTEM)
    edit_organisation(world.host, {"logo": logo.code}, version=None, actor=SYSTEM)
    world.release()
    pages = {
        f"/w/spring/p/{world.person}": [portrait],
        f"/w/spring/v/{world.venue}": [photo, plan],
        f"/w/spring/o/{world.host}": [logo],
        f"/w/spring/s/{world.session}": [portrait, logo],
    }
    for path, shown in pages.items():
        text = client.get(path).text
        found = set(re.findall(r' width="(7[0-9]0)" height="300"', text))
        assert found == {str(own.renditions[-1].width) for own in shown}, path
        for address in re.findall(r'src="(/media/[^"]+)"', text):
            with client.get(address) as answer:
                assert answer.status_code == 200
    assert f"/w/spring/v/{world.venue}#plan" in client.get(f"/w/spring/s/{world.session}").text


def test_the_logo_of_the_week_heads_every_page_and_is_shared(world: World, client: FlaskClient) -> None:
    before = client.get("/w/spring/").text
    assert "img/mark.svg" in before.split("<header")[1] and "og:image" not in before
    logo = make_picture(900, 300, alt_zh="双创周标志")
    edit_week("spring", {"logo": logo.code}, version=None, actor=SYSTEM)
    address = f"/media/{logo.renditions[-1].sha256}.webp"
    for path in ("/w/spring/", "/w/spring/programme", f"/w/spring/s/{world.session}"):
        text = client.get(path).text
        assert 'class="brand__logo"' in text and 'width="900" height="300" alt="双创周标志"' in text
    assert f'og:image" content="{BASE}{address}"' in client.get(f"/w/spring/s/{world.session}").text
    with client.get(address) as answer:
        assert answer.status_code == 200
    assert client.get("/api/v1/weeks/spring").json["pictures"][0]["sizes"][-1]["href"] == BASE + address  # type: ignore[index]


def test_programs_are_told_the_addresses(world: World, client: FlaskClient) -> None:
    addresses = _poster(world, 1500, 1000, alt_zh="海报", credit="示例")
    plan = make_picture(200)
    edit_venue(world.venue, {"floor_plan": plan.code}, version=None, actor=SYSTEM)
    world.release()
    session = client.get(f"/api/v1/weeks/spring/sessions/{world.session}").json or {}
    sizes = [(320, 213), (640, 427), (1280, 853)]
    assert session["pictures"] == [
        {
            "use": "poster",
            "alt": {"zh": "海报", "en": ""},
            "credit": "示例",
            "sizes": [
                {"href": BASE + address, "width": width, "height": height}
                for address, (width, height) in zip(addresses, sizes, strict=True)
            ],
        }
    ]
    venue = client.get(f"/api/v1/weeks/spring/venues/{world.venue}").json or {}
    assert [own["use"] for own in venue["pictures"]] == ["floor_plan"]
    assert (client.get(f"/api/v1/weeks/spring/people/{world.person}").json or {})["pictures"] == []


def test_files_stand_beside_the_links_and_are_saved_never_opened(world: World, client: FlaskClient) -> None:
    own, other = make_attachment("讲义 & <b>.pdf"), make_attachment("议程.txt", b"agenda")
    both = [*beside(own, kind="handout", title_zh="主旨报告"), *beside(other)]
    links = [{"kind": "page", "url": "https://example.org/x", "title_zh": "", "title_en": ""}]
    edit_session(world.session, {"attachments": both, "links": links}, version=None, actor=SYSTEM)
    page = f"/w/spring/s/{world.session}"
    assert "主旨报告" not in client.get(page).text
    world.release()
    text = client.get(page).text
    assert f'<a href="/media/{own.code}.pdf" download="讲义 &amp; b.pdf">主旨报告</a>' in text
    assert "PDF&nbsp;· 1 KB" in text and f'href="/media/{other.code}.txt"' in text and "example.org" in text
    with client.get(f"/media/{own.code}.pdf") as answer:
        assert (answer.status_code, answer.mimetype, answer.data) == (200, "application/pdf", PDF)
        assert answer.headers["Content-Disposition"] == (
            "attachment; filename=\"__ _ b.pdf\"; filename*=UTF-8''%E8%AE%B2%E4%B9%89%20%26%20b.pdf"
        )
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"].endswith("sandbox; frame-ancestors 'none'")
    session = client.get(f"/api/v1/weeks/spring/sessions/{world.session}").json or {}
    assert session["attachments"][0] == {
        "kind": "handout",
        "title": {"zh": "主旨报告", "en": ""},
        "name": "讲义 & b.pdf",
        "content_type": "application/pdf",
        "size": len(PDF),
        "href": f"{BASE}/media/{own.code}.pdf",
    }


def test_the_replay_is_shown_long_after_the_week(world: World, client: FlaskClient) -> None:
    links = [{"kind": "replay", "url": "https://video.example.org/1", "title_zh": "", "title_en": ""}]
    edit_session(world.session, {"links": links}, version=None, actor=SYSTEM)
    world.release()
    for at, shown in ((datetime(2027, 4, 1, tzinfo=UTC), False), (datetime(2029, 4, 1, tzinfo=UTC), True)):
        with travel(at):
            text = client.get(f"/w/spring/s/{world.session}").text
            assert "https://video.example.org/1" in text and ("看回放" in text) == shown
