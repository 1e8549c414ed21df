"""Pictures in the forms of the desk: taken in, replaced, reworded and taken away; a refused one loses nothing typed."""

import io
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from eventweek.audit.models import AuditEntry
from eventweek.kernel.db import db
from eventweek.programme.models import Organisation, Person, Picture, Session, Venue
from tests.conftest import SignIn
from tests.kernel.test_images import picture, png
from tests.web.desk.sheet import submit

SESSIONS = "/desk/w/jl2026/sessions"


@pytest.fixture
def desk(demo_app: Flask, sign_in: SignIn) -> FlaskClient:
    """Give an administrator's client of the demo week."""
    return sign_in(demo_app)


def _file(content: bytes, name: str = "海报.jpg") -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


def _one(model: Any) -> Any:
    db.session.expire_all()
    return db.session.scalars(select(model).order_by(model.id)).first()


def _count() -> int:
    return db.session.scalar(select(func.count()).select_from(Picture)) or 0


@pytest.mark.parametrize(
    ("path", "model", "name"),
    [
        ("/desk/venues/{}", Venue, "photo"),
        ("/desk/venues/{}", Venue, "floor_plan"),
        ("/desk/organisations/{}", Organisation, "logo"),
        ("/desk/people/{}", Person, "portrait"),
        (SESSIONS + "/{}/edit", Session, "poster"),
    ],
)
def test_a_picture_is_taken_in_reworded_replaced_and_taken_away(
    desk: FlaskClient, path: str, model: Any, name: str
) -> None:
    address = path.format(_one(model).code)
    words = {f"{name}__alt_zh": "会展中心南门", f"{name}__credit": "示例摄影"}
    assert submit(desk, address, **{f"{name}__file": _file(picture())}, **words).status_code == 303
    first = getattr(_one(model), name)
    assert (first.alt.zh, first.credit, [r.width for r in first.renditions]) == (
        "会展中心南门",
        "示例摄影",
        [320, 640, 800],
    )
    page = desk.get(address).text
    assert f'src="/desk/pictures/{first.code}/320" width="320" height="240" alt="会展中心南门"' in page
    assert 'enctype="multipart/form-data"' in page
    with desk.get(f"/desk/pictures/{first.code}/640") as shown:
        assert (shown.mimetype, shown.headers["Cache-Control"]) == ("image/webp", "no-store")
    assert submit(desk, address, **{f"{name}__alt_en": "South gate"}).status_code == 303
    second = getattr(_one(model), name)
    assert (second.alt.zh, second.alt.en) == ("会展中心南门", "South gate")
    assert [r.sha256 for r in second.renditions] == [r.sha256 for r in first.renditions]
    assert submit(desk, address, **{f"{name}__file": _file(picture(size=(100, 50)))}).status_code == 303
    third = getattr(_one(model), name)
    assert ([r.width for r in third.renditions], third.alt.en) == ([100], "South gate")
    assert submit(desk, address, **{f"{name}__drop": "y"}).status_code == 303
    assert getattr(_one(model), name) is None


def test_a_form_sent_as_it_stands_changes_nothing(desk: FlaskClient) -> None:
    address = f"/desk/people/{_one(Person).code}"
    submit(desk, address, portrait__file=_file(picture()), portrait__alt_zh="肖像")
    before = (_count(), _one(Person).version, db.session.scalar(select(func.count()).select_from(AuditEntry)))
    assert submit(desk, address).status_code == 303
    assert submit(desk, address, portrait__file=(io.BytesIO(b""), "")).status_code == 303, "no file was chosen"
    assert (_count(), _one(Person).version, db.session.scalar(select(func.count()).select_from(AuditEntry))) == before


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "这个文件是空的"),
        (b"%PDF-1.7 not a picture", "这不是能用的图片"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "这不是能用的图片"),
        (picture() + b"<script>alert(1)</script>", "夹带了网页代码"),
        (picture()[:400], "不完整或已损坏"),
        (png(30_000, 30_000), "像素太多，最多 5000 万像素"),
        (b"\x00\x00\x00\x18ftypheic" + b"\x00" * 40, "HEIC"),
    ],
)
def test_a_refused_picture_says_why_and_nothing_typed_is_lost(desk: FlaskClient, content: bytes, sentence: str) -> None:
    """Neither the words of the picture nor any other field; and the picture that stood still stands."""
    address = f"/desk/people/{_one(Person).code}"
    submit(desk, address, portrait__file=_file(picture()), portrait__alt_zh="肖像")
    stands, made = _one(Person).portrait.code, _count()
    answer = submit(
        desk,
        address,
        portrait__file=_file(content),
        portrait__alt_zh="新肖像",
        name_zh="改过的名字",
        bio_zh="改过的简介",
    )
    assert answer.status_code == 422 and sentence in answer.text
    for kept in ("改过的名字", "改过的简介", 'value="新肖像"', f'name="portrait" value="{stands}"'):
        assert kept in answer.text
    assert 'aria-describedby="portrait-h portrait-e" aria-invalid="true"' in answer.text
    assert (_one(Person).portrait.code, _one(Person).name.zh != "改过的名字", _count()) == (stands, True, made)


def test_a_picture_taken_in_stays_when_another_field_is_wrong(desk: FlaskClient) -> None:
    """It is not to be chosen a second time: the form shown again holds it, also where only rows were asked for."""
    address = f"{SESSIONS}/{_one(Session).code}/edit"
    answer = submit(desk, address, poster__file=_file(picture()), expected="zwölf")
    made = db.session.scalars(select(Picture)).one()
    assert answer.status_code == 422 and f'name="poster" value="{made.code}"' in answer.text
    assert _one(Session).poster is None
    more = submit(desk, address, do="more:people", poster__file=_file(picture(size=(50, 50))))
    assert more.status_code == 200 and 'name="poster" value=""' not in more.text


def test_words_without_a_picture_and_too_long_ones_are_told(desk: FlaskClient) -> None:
    address = f"/desk/organisations/{_one(Organisation).code}"
    assert "还没有选图片" in submit(desk, address, logo__alt_zh="标志").text
    long = submit(desk, address, logo__file=_file(picture()), logo__credit="长" * 201)
    assert long.status_code == 422 and "最多 200 个字" in long.text and _count() == 0


def test_whoever_saves_second_sees_both_pictures(desk: FlaskClient) -> None:
    address = f"/desk/people/{_one(Person).code}"
    old = str(_one(Person).version)
    submit(desk, address, portrait__file=_file(picture()), portrait__alt_zh="先存的")
    second = submit(desk, address, version=old, portrait__file=_file(picture()), portrait__alt_zh="后存的")
    assert second.status_code == 422 and "先存的 · " in second.text and "后存的 · " in second.text
    take = submit(desk, address, version=old, take="portrait", portrait__alt_zh="没选中的")
    assert _one(Person).portrait.alt.zh == "先存的", take.status_code


def test_readers_take_nothing_in(demo_app: Flask, sign_in: SignIn) -> None:
    address = f"/desk/people/{_one(Person).code}"
    reader = sign_in(demo_app, "reader")
    assert submit(reader, address, portrait__file=_file(picture())).status_code == 403
    assert demo_app.test_client().post(address, data={"portrait-file": _file(picture())}).status_code in (303, 400)
    assert _count() == 0
