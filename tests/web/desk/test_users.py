"""Users on the desk: invite, take up, give roles, disable; what others see instead."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from eventweek.accounts.models import User
from eventweek.kernel.db import db
from eventweek.programme.models import Grant
from tests.conftest import SignIn
from tests.factories.accounts import PASSWORD, make_user

WEAK = "password1234"


def token(client: FlaskClient, path: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(path).text)
    assert found
    return found[1]


def post(client: FlaskClient, path: str, page: str = "/account", **values: object) -> tuple[int, str]:
    answer = client.post(path, data={"csrf_token": token(client, page), **values}, follow_redirects=True)
    return answer.status_code, answer.text


def test_from_the_invitation_to_the_desk(demo_app: Flask, sign_in: SignIn) -> None:
    """The administrator copies the link, the invited one sets a password and is at the desk with the role."""
    admin, guest = sign_in(demo_app), demo_app.test_client()
    status, page = post(
        admin,
        "/desk/invitations/new",
        email="Li@Example.org",
        name="李<b>雷",
        role="city",
        week="jl2026",
        scope="city:220200",
    )
    link = re.search(r'value="http://127.0.0.1:8000(/invitations/[\w-]+)"', page)
    assert status == 200 and link and "已邀请 li@example.org" in page and "李&lt;b&gt;雷" in page
    assert link[1] not in admin.get("/desk/users").text
    assert "li@example.org" in guest.get("/en" + link[1]).text
    weak = post(guest, link[1], link[1], name="李雷", password=WEAK)
    assert weak[0] == 422 and "这个密码太常见" in weak[1] and 'value="李雷"' in weak[1]
    assert post(guest, link[1], link[1], name="李雷", password=PASSWORD)[0] == 200
    assert "李雷" in guest.get("/desk/w/jl2026/").text
    assert guest.get("/desk/users").status_code == 403
    again = demo_app.test_client().get(link[1])
    assert again.status_code == 404 and "请管理员重新邀请" in again.text
    grant = db.session.scalars(
        select(Grant).join(User, User.id == Grant.user_id).where(User.email == "li@example.org")
    ).one()
    assert (grant.role, grant.scope_kind, grant.scope_code) == ("city", "city", "220200")


def test_a_wrong_invitation_says_what_to_do(demo_app: Flask, sign_in: SignIn) -> None:
    admin = sign_in(demo_app)
    for values, words in [
        ({"email": ""}, "填写邮箱"),
        ({"email": "x"}, "邮箱地址不对"),
        ({"email": "a@example.org", "role": "city", "week": "jl2026"}, "这个角色要选一个范围"),
        ({"email": "a@example.org", "role": "king", "week": "jl2026"}, "没有这个角色"),
        ({"email": "a@example.org", "role": "reader", "week": "jl1999"}, "没有这一届活动周"),
    ]:
        status, page = post(admin, "/desk/invitations/new", **values)
        assert status == 422 and words in page


def test_revoking_and_asking_for_a_new_password(app: Flask, sign_in: SignIn) -> None:
    admin = sign_in(app)
    user = make_user("wang@example.org")
    status, page = post(admin, f"/desk/users/{user.code}/invitation")
    assert "已邀请 wang@example.org" in page
    status, page = post(admin, f"/desk/users/{user.code}/invitation")
    assert status == 200 and "已有一个没用过的邀请" in page
    code = re.search(r"/desk/invitations/(\w+)/revocation", admin.get("/desk/users").text)
    assert code
    assert "邀请已撤回" in post(admin, code[0])[1]
    assert "没有这个" not in admin.get("/desk/users").text and "wang@example.org" in admin.get("/desk/users").text
    assert post(admin, "/desk/invitations/nothing/revocation")[0] == 404


def test_roles_are_kept_added_and_dropped(demo_app: Flask, sign_in: SignIn) -> None:
    admin = sign_in(demo_app)
    user = make_user("wang@example.org")
    own = f"/desk/users/{user.code}"
    status, page = post(admin, f"{own}/grants", role="reader", week="jl2026", scope="")
    assert status == 200 and "角色已改" in page and 'value="jl2026:reader:committee:"' in page
    post(admin, f"{own}/grants", keep="jl2026:reader:committee:", role="city", week="jl2026", scope="city:220100")
    roles = select(Grant.role).where(Grant.user_id == user.id).order_by(Grant.role)
    assert db.session.scalars(roles).all() == ["city", "reader"]
    status, page = post(admin, f"{own}/grants", keep="jl2026:reader:committee:", role="track", week="jl2026")
    assert status == 422 and "这个角色要选一个范围" in page
    post(admin, f"{own}/grants", keep="jl2026:city:city:220100")
    db.session.rollback()
    assert db.session.scalars(roles).all() == ["city"]
    assert post(admin, "/desk/users/nobody/grants")[0] == 404


def test_disabling_and_the_last_administrator(app: Flask, sign_in: SignIn) -> None:
    admin = sign_in(app)
    me = db.session.scalars(select(User.code)).one()
    status, page = post(admin, f"/desk/users/{me}/administrator", administrator="")
    assert status == 422 and "最后一位在用的管理员" in page
    user = make_user("wang@example.org")
    assert "所有登录都已退出" in post(admin, f"/desk/users/{user.code}/disablement")[1]
    assert "已启用" in post(admin, f"/desk/users/{user.code}/enablement")[1]
    assert "已保存" in post(admin, f"/desk/users/{user.code}/administrator", administrator="1")[1]
    assert post(admin, f"/desk/users/{me}/disablement")[0] == 422


@pytest.mark.parametrize("role", ["committee", "reader", "door"])
def test_others_may_not(demo_app: Flask, sign_in: SignIn, role: str) -> None:
    client, user = sign_in(demo_app, role), make_user("wang@example.org")
    page = client.get("/en/desk/users")
    assert page.status_code == 403 and "wang@example.org" not in page.text and "Ask an administrator" in page.text
    for path in ("grants", "disablement", "enablement", "administrator", "invitation"):
        assert post(client, f"/desk/users/{user.code}/{path}", administrator="1")[0] == 403
    assert not db.session.get_one(User, user.id).administrator
