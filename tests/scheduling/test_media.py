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
from eventweek.programme.models import Attachment, Picture
from eventweek.programme.queries import get_week
from eventweek.scheduling.actions.importing import import_programme
from eventweek.scheduling.media import ShownFile
from eventweek.scheduling.queries import list_public_sessions
from eventweek.scheduling.queries.export import export_programme
from eventweek.scheduling.queries.media import get_public_file
from tests.factories.media import World, beside, make_attachment, make_picture, make_world

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


def _answer(own: Attachment) -> ShownFile | None:
    try:
        return get_public_file(f"{own.code}.{own.kind}")
    except Refusal as refusal:
        assert refusal.code == "file.not_found"
        return None


def test_a_file_is_public_when_it_is_published_and_no_longer(world: World) -> None:
    first, second = make_attachment("甲.pdf"), make_attachment("乙.txt", "议程".encode())
    edit_session(world.session, {"attachments": beside(first, second)}, version=None, actor=SYSTEM)
    assert (_answer(first), _answer(second)) == (None, None)
    world.release()
    assert _answer(first) == ShownFile(f"{first.code}.pdf", first.sha256, "application/pdf", "甲.pdf")
    edit_session(world.session, {"attachments": beside(second)}, version=None, actor=SYSTEM)
    assert _answer(first) and _answer(second)
    world.release()
    assert _answer(first) is None and _answer(second)
    edit_session(world.session, {"visibility": "closed"}, version=None, actor=SYSTEM)
    world.release()
    assert _answer(second) is None


def test_the_same_content_keeps_its_own_name_in_each_session(world: World) -> None:
    """Not the name that somebody else gave it: one file on disk, two rows, two addresses."""
    own, other = make_attachment("公开.pdf"), make_attachment("内部 考核.pdf")
    assert own.sha256 == other.sha256 and own.code != other.code
    edit_session(world.session, {"attachments": beside(own)}, version=None, actor=SYSTEM)
    world.release()
    shown = _answer(own)
    assert shown and shown.title == "公开.pdf" and _answer(other) is None


def test_files_keep_the_order_that_organisers_gave_them(world: World) -> None:
    files = [make_attachment(f"{name}.txt", name.encode()) for name in "abc"]
    for order in (files, files[::-1], [files[1], files[0]]):
        edit_session(world.session, {"attachments": beside(*order)}, version=None, actor=SYSTEM)
        world.release()
        shown = list_public_sessions(world.week_id)[0].attachments
        assert [own["name"] for own in shown] == [own.name for own in order]


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
    assert not _is_public(portrait) and _is_public(plan), "nobody has agreed to the portrait"
    world.agree()
    world.release()
    assert _is_public(portrait) and _is_public(plan)
    world.agree(False)
    world.release()
    assert not _is_public(portrait)
    world.agree()
    world.release()
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
    file = make_attachment()
    edit_session(world.session, {"poster": own.code, "attachments": beside(file)}, version=None, actor=SYSTEM)
    document = export_programme(get_week(world.week_id), "out")
    assert not [word for word in (own.code, "poster", file.code, "attachments") if word in str(document)]
    report = import_programme(document, actor=SYSTEM)
    assert report.problems == []
    world.release()
    assert _is_public(own) and _answer(file)
