"""Pictures are taken in by who may edit, never change, and go when nothing shows them."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from eventweek.audit.actors import SYSTEM, Actor
from eventweek.kernel import files
from eventweek.kernel.clock import now, travel
from eventweek.kernel.db import db
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.programme.actions.parties import create_person, edit_person
from eventweek.programme.actions.pictures import add_picture, reword_picture
from eventweek.programme.actions.uploads import KEPT, purge_pictures
from eventweek.programme.models import Picture
from eventweek.programme.queries.pictures import digest_of
from eventweek.programme.queries.values import values_of
from eventweek.programme.rules.subjects import PERSON
from tests.kernel.test_images import picture

pytestmark = pytest.mark.database
WORDS = {"alt_zh": "一张海报", "alt_en": "A poster", "credit": "示例摄影"}


def _count() -> int:
    return db.session.scalar(select(func.count()).select_from(Picture)) or 0


def test_the_sizes_are_kept_and_the_file_is_not(app: Flask) -> None:
    content = picture(size=(2000, 1000))
    own = add_picture(content, WORDS, actor=SYSTEM)
    assert [(r.width, r.height, len(files.read(r.sha256)) == r.size) for r in own.renditions] == [
        (320, 160, True),
        (640, 320, True),
        (1280, 640, True),
    ]
    kept = [path for path in files.path_of("0" * 64).parent.parent.rglob("*") if path.is_file()]
    assert len(kept) == 3 and all(path.read_bytes() != content for path in kept)
    assert [digest_of(own, width) == own.renditions[n].sha256 for width, n in ((1, 0), (321, 1), (9999, 2))] == [
        True
    ] * 3
    with pytest.raises(Refusal, match=r"file\.not_found"):
        digest_of(own, 0)


def test_who_may_not_edit_keeps_nothing(app: Flask) -> None:
    with pytest.raises(Refusal, match=r"permission\.denied"):
        add_picture(picture(), WORDS, actor=Actor(id=1, label="reader"))
    assert _count() == 0 and not list(files.path_of("0" * 64).parent.parent.glob("*/*"))


def test_wrong_words_are_named(app: Flask) -> None:
    with pytest.raises(Invalid) as invalid:
        add_picture(picture(), {"alt_zh": "字" * 301, "credit": 5, "file": "x"}, actor=SYSTEM)
    assert [error.field for error in invalid.value.errors] == ["alt_zh", "credit", "file"] and _count() == 0


def test_other_words_are_another_picture_of_the_same_files(app: Flask) -> None:
    own = add_picture(picture(), WORDS, actor=SYSTEM)
    assert reword_picture(own.code, WORDS, actor=SYSTEM).code == own.code
    other = reword_picture(own.code, {"alt_en": "Another"}, actor=SYSTEM)
    assert other.code != own.code and (other.alt.zh, other.alt.en) == ("一张海报", "Another")
    assert [r.sha256 for r in other.renditions] == [r.sha256 for r in own.renditions]
    with pytest.raises(Refusal, match=r"subject\.not_found"):
        reword_picture("nothing", WORDS, actor=SYSTEM)


def test_a_portrait_is_a_field_like_any_other(app: Flask) -> None:
    own = add_picture(picture(), WORDS, actor=SYSTEM)
    person = create_person({"name_zh": "王示例", "portrait": own.code}, actor=SYSTEM)
    assert values_of(PERSON, person)["portrait"] == own.code
    with pytest.raises(Invalid) as invalid:
        edit_person(person.code, {"portrait": "nothing"}, version=None, actor=SYSTEM)
    assert [(e.field, e.code) for e in invalid.value.errors] == [("portrait", "reference.unknown")]
    edit_person(person.code, {"portrait": None}, version=None, actor=SYSTEM)
    assert db.session.get(type(person), person.id).portrait_id is None  # type: ignore[union-attr]


def test_a_picture_that_nothing_shows_goes_after_a_month(app: Flask) -> None:
    shown, gone = (add_picture(picture(), {"credit": credit}, actor=SYSTEM).code for credit in ("a", "b"))
    create_person({"name_zh": "王示例", "portrait": shown}, actor=SYSTEM)
    assert purge_pictures() == 0
    with travel(now() + KEPT + timedelta(minutes=1)):
        assert purge_pictures() == 1 and purge_pictures() == 0
    assert gone != shown and db.session.scalars(select(Picture.code)).all() == [shown]
