"""What a published snapshot shows is public, file by file, and nothing else is."""

import pytest
from flask import Flask

from eventweek.audit.actors import SYSTEM
from eventweek.kernel.db import Bilingual
from eventweek.kernel.errors import Refusal
from eventweek.programme.actions.parties import edit_person
from eventweek.programme.actions.places import edit_venue
from eventweek.programme.actions.sessions import cancel_session, edit_session
from eventweek.programme.actions.weeks import edit_week
from eventweek.programme.models import Picture
from eventweek.programme.queries import get_week
from eventweek.scheduling.actions.importing import import_programme
from eventweek.scheduling.queries.export import export_programme
from eventweek.scheduling.queries.media import get_public_file
from tests.factories.media import World, make_picture, make_world

pytestmark = pytest.mark.database


@pytest.fixture
def world(app: Flask) -> World:
    return make_world()


def _is_public(own: Picture) -> bool:
    """Say whether every size is public; one size alone would be a fault."""
    answers = set()
    for each in own.renditions:
        try:
            answers.add(get_public_file(f"{each.sha256}.webp").sha256 == each.sha256)
        except Refusal as refusal:
            assert refusal.code == "file.not_found"
            answers.add(False)
    assert len(answers) == 1
    return answers.pop()


def test_a_picture_is_public_when_it_is_published_and_no_longer(world: World) -> None:
    """Not while it is a draft; after the release; not after another one took its place and that was released."""
    first, second = make_picture(700), make_picture(500)
    edit_session(world.session, {"poster": first.code}, version=None, actor=SYSTEM)
    assert not _is_public(first)
    world.release()
    assert _is_public(first)
    edit_session(world.session, {"poster": second.code}, version=None, actor=SYSTEM)
    assert (_is_public(first), _is_public(second)) == (True, False)
    world.release()
    assert (_is_public(first), _is_public(second)) == (False, True)
    cancel_session(world.session, reason=Bilingual("停办", ""), actor=SYSTEM)
    world.release()
    assert _is_public(second), "its page stands, with the poster"


def test_the_pictures_of_a_session_that_is_not_public_are_not(world: World) -> None:
    own = make_picture(400)
    edit_session(world.session, {"poster": own.code, "visibility": "invited"}, version=None, actor=SYSTEM)
    world.release()
    assert not _is_public(own)
    edit_session(world.session, {"visibility": "public"}, version=None, actor=SYSTEM)
    world.release()
    assert _is_public(own)


def test_a_portrait_and_a_floor_plan_follow_their_sessions(world: World) -> None:
    portrait, plan = make_picture(400), make_picture(300)
    edit_person(world.person, {"portrait": portrait.code}, version=None, actor=SYSTEM)
    edit_venue(world.venue, {"floor_plan": plan.code}, version=None, actor=SYSTEM)
    assert not _is_public(portrait) and not _is_public(plan)
    world.release()
    assert _is_public(portrait) and _is_public(plan)
    edit_session(world.session, {"people": []}, version=None, actor=SYSTEM)
    world.release()
    assert not _is_public(portrait) and _is_public(plan), "nobody shows the portrait now"


def test_the_logo_of_a_week_is_public_at_once(world: World) -> None:
    logo = make_picture(640)
    assert not _is_public(logo)
    edit_week("spring", {"logo": logo.code}, version=None, actor=SYSTEM)
    assert _is_public(logo)
    edit_week("spring", {"logo": None}, version=None, actor=SYSTEM)
    assert not _is_public(logo)


@pytest.mark.parametrize("name", ["", "x", "0" * 64 + ".webp", "../secret_key", "%", "0" * 5000, "图.webp"])
def test_no_other_name_leads_to_a_file(world: World, name: str) -> None:
    with pytest.raises(Refusal, match=r"file\.not_found"):
        get_public_file(name)


def test_an_import_leaves_pictures_where_they_are(world: World) -> None:
    """No document holds a file: what goes out and comes in again touches none."""
    own = make_picture(400)
    edit_session(world.session, {"poster": own.code}, version=None, actor=SYSTEM)
    document = export_programme(get_week(world.week_id), "out")
    assert own.code not in str(document) and "poster" not in str(document)
    report = import_programme(document, actor=SYSTEM)
    assert report.problems == []
    world.release()
    assert _is_public(own)
