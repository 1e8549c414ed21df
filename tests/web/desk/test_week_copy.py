"""Copy an edition on the desk and on the command line."""

from flask import Flask
from sqlalchemy import select

from eventweek.kernel.db import db
from eventweek.programme.models import Week
from tests.conftest import SignIn
from tests.factories.programme import make_session, make_week
from tests.web.desk.sheet import submit

PAGE = "/desk/weeks/spring/copy"


def test_an_edition_is_copied_and_its_page_tells_how(app: Flask, sign_in: SignIn) -> None:
    """A year on is suggested; another weekday asks how days correspond; the new page says what came."""
    make_session(make_week(), days=["2027-04-16"])
    client = sign_in(app)
    assert PAGE in client.get("/desk/weeks/spring").text
    assert 'value="2028-04-10"' in client.get(PAGE).text
    taken = submit(client, PAGE, parts=[])
    assert taken.status_code == 422 and "“spring”已被使用" in taken.text
    asked = submit(client, PAGE, code="next", first_day="2028-04-12", parts=["sessions"])
    assert (
        asked.status_code == 422
        and "2028-04-10" in asked.text
        and asked.text.count("两届的第一天不是同一个星期几") == 2
    )
    lonely = submit(client, PAGE, code="next", parts=["plan"])
    assert lonely.status_code == 422 and "跟着场次走" in lonely.text
    values = {"code": "next", "first_day": "2028-04-12", "last_day": "2028-04-14", "anchor": "run"}
    done = submit(client, PAGE, parts=["sessions"], **values)
    assert done.location == "/desk/weeks/next"
    page = client.get(done.location).text
    assert "复制好了" in page and "怎么复制来的" in page and "没有对应的日子" in page and "创业论坛" in page
    assert db.session.scalars(select(Week.state).where(Week.code == "next")).one() == "draft"


def test_only_administrators_copy(app: Flask, sign_in: SignIn) -> None:
    make_week()
    committee = sign_in(app, "committee")
    assert committee.get(PAGE).status_code == 403 and PAGE not in committee.get("/desk/weeks/spring").text
    assert sign_in(app).get("/desk/weeks/none/copy").status_code == 404
