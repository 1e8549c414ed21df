"""Proposals over the API: an organisation's key, a city's, the committee's; versions, keys, refusals."""

import io
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from eventweek.kernel.db import db
from eventweek.programme.actions.proposals.writing import MOST_FILES
from eventweek.programme.models import Proposal, Session
from tests.api.test_problems import problem
from tests.factories.keys import make_key
from tests.factories.programme import make_organisation, make_week
from tests.factories.proposals import COMPLETE
from tests.kernel.test_images import picture

HERE = "/api/v1/desk/weeks/spring/proposals"
Headers = dict[str, str]
ANY = {"If-Match": "*"}


class Api:
    """A week with an organisation, and a client with the keys of who works on its proposals."""

    def __init__(self, app: Flask) -> None:
        make_week()
        self.unit, self.other = make_organisation("示例孵化器").code, make_organisation("另一家").code
        self.client: FlaskClient = app.test_client()
        self.mine = make_key("spring", "proposer", "organisation", self.unit)[1]
        self.rival = make_key("spring", "proposer", "organisation", self.other)[1]
        self.boss = make_key("spring")[1]
        self.number = 0

    def send(self, method: str, path: str, key: Headers, json: Any = None, version: str = "*") -> Any:
        """Send a request that may change something."""
        self.number += 1
        headers = key | {"If-Match": version, "Idempotency-Key": str(self.number)}
        return self.client.open(f"{HERE}{path}", method=method, headers=headers, json=json)

    def made(self, **values: object) -> str:
        """Write a complete draft; return its id."""
        answer = self.send("POST", "", self.mine, COMPLETE | {"organisation": self.unit} | values)
        assert answer.status_code == 201, answer.json
        return str(answer.json["id"])

    def submitted(self, **values: object) -> str:
        """Write a complete proposal and submit it."""
        code = self.made(**values)
        assert self.send("PUT", f"/{code}/submission", self.mine).json["state"] == "submitted"
        return code


@pytest.fixture
def api(app: Flask) -> Api:
    """Give the API of a small week."""
    return Api(app)


def test_the_whole_way_from_draft_to_session(api: Api) -> None:
    code = api.made()
    told = api.send("PATCH", f"/{code}", api.mine, {"expected": 70, "days": ["2027-04-13"]})
    assert (told.json["expected"], told.json["state"], told.json["days"]) == (70, "draft", ["2027-04-13"])
    stale = api.send("PATCH", f"/{code}", api.mine, {"expected": 90}, version='"1-00000000"')
    body = problem(stale, 412, "version.stale").json
    assert body["fields"] == [{"field": "expected", "mine": 90, "theirs": 70}]
    tag = api.send("PUT", f"/{code}/submission", api.mine).headers["ETag"]
    again = api.send("PUT", f"/{code}/submission", api.mine)
    assert again.headers["ETag"] == tag and again.json["step"] == "committee"
    assert api.send("PUT", f"/{code}/tentative-session", api.boss).json["tentative"] is True
    done = api.send("PUT", f"/{code}/decision", api.boss, {"move": "accept", "open_fields": ["text_zh"]})
    assert (done.json["state"], done.json["tentative"], done.json["open_fields"]) == ("accepted", False, ["text_zh"])
    session = db.session.scalars(select(Session)).one()
    assert done.json["session"] == session.code
    assert api.send("PATCH", f"/{code}/session", api.mine, {"text_zh": "改过"}).status_code == 200
    closed = problem(api.send("PATCH", f"/{code}/session", api.mine, {"title_zh": "x"}), 422, "input.invalid")
    assert [e["code"] for e in closed.json["errors"]] == ["proposal.field_closed"]
    db.session.refresh(session)
    assert session.text_zh == "改过"


def test_an_organisation_finds_its_own_and_nothing_else(api: Api) -> None:
    code = api.submitted()
    assert [row["id"] for row in api.client.get(HERE, headers=api.mine).json["items"]] == [code]
    assert api.client.get(HERE, headers=api.rival).json["total"] == 0
    problem(api.client.get(f"{HERE}/{code}", headers=api.rival), 404, "proposal.not_found")
    problem(api.send("PATCH", f"/{code}", api.rival, {"expected": 1}), 404, "proposal.not_found")
    problem(api.send("POST", f"/{code}/comments", api.rival, {"text": "嘿"}), 404, "proposal.not_found")
    foreign = api.send("POST", "", api.mine, COMPLETE | {"organisation": api.other})
    assert [e["code"] for e in problem(foreign, 422, "input.invalid").json["errors"]] == ["proposal.organisation"]
    for path in ("sessions", "releases", "problems", "kinds"):
        answer = api.client.get(f"/api/v1/desk/weeks/spring/{path}", headers=api.mine)
        problem(answer, 403, "permission.denied")
    problem(api.send("PUT", f"/{code}/decision", api.mine, {"move": "accept"}), 403, "permission.denied")


def test_internal_comments_are_for_reviewers(api: Api) -> None:
    code = api.submitted()
    api.send("POST", f"/{code}/comments", api.boss, {"text": "预算存疑", "internal": True})
    mine = api.send("POST", f"/{code}/comments", api.mine, {"text": "请问还缺什么", "internal": True})
    assert mine.status_code == 201 and [e["text"] for e in mine.json["items"]] == ["", "请问还缺什么"]
    every = api.client.get(f"{HERE}/{code}/comments", headers=api.boss).json["items"]
    assert [(e["text"], e["internal"]) for e in every] == [("", False), ("预算存疑", True), ("请问还缺什么", False)]
    problem(api.send("POST", f"/{code}/comments", api.boss, {"text": "x", "internal": "yes"}), 422, "input.invalid")


def test_a_comment_sent_twice_with_one_key_is_said_once(api: Api) -> None:
    code = api.submitted()
    headers = api.boss | {"Idempotency-Key": "same"}
    for _n in range(2):
        answer = api.client.post(f"{HERE}/{code}/comments", headers=headers, json={"text": "一次"})
        assert answer.status_code == 201
    assert [e["text"] for e in answer.json["items"]].count("一次") == 1


def test_many_are_foreseen_and_decided_all_or_none(api: Api) -> None:
    one, two, draft = api.submitted(), api.submitted(title_zh="第二个"), api.made(title_zh="草稿")
    address = "/api/v1/desk/weeks/spring/proposal-decisions"

    def decide(codes: list[str], key: str, **more: Any) -> Any:
        body = {"proposals": codes, "move": "accept"} | more
        return api.client.post(address, headers=api.boss | {"Idempotency-Key": key}, json=body)

    seen = decide([one, draft], "a", dry_run=True).json
    assert seen["applied"] is False and [i["code"] for i in seen["items"]] == ["", "proposal.not_found"]
    problem(decide([one, draft], "b"), 422, "proposal.bulk")
    assert db.session.scalar(select(func.count()).select_from(Session)) == 0
    done, again = decide([one, two], "c").json, decide([one, two], "c").json
    assert done == again and [i["state"] for i in done["items"]] == ["accepted", "accepted"]
    assert db.session.scalar(select(func.count()).select_from(Session)) == 2
    silent = decide([one], "d", move="reject")
    assert [e["field"] for e in problem(silent, 422, "input.invalid").json["errors"]] == ["reason"]


def test_many_drafts_are_foreseen_and_submitted_each_with_what_it_lacks(api: Api) -> None:
    good, bare = api.made(), api.made(title_zh="没填好的", expected=0)
    address = "/api/v1/desk/weeks/spring/proposal-submissions"

    def submit(key: str, who: Headers = api.mine, **body: Any) -> Any:
        return api.client.post(address, headers=who | {"Idempotency-Key": key}, json=body)

    seen = submit("a", proposals=[good, bare], dry_run=True).json
    assert seen["applied"] is False and [i["code"] for i in seen["items"]] == ["", "input.invalid"]
    assert [i["state"] for i in seen["items"]] == ["draft", "draft"]
    done = submit("b", proposals=[good, bare]).json
    assert done["applied"] is True and [i["state"] for i in done["items"]] == ["submitted", "draft"]
    assert done["items"][1]["errors"] == [{"field": "expected", "code": "field.required", "detail": "请填写这一项。"}]
    assert submit("b", proposals=[good, bare]).json == done
    assert [i["code"] for i in submit("c", proposals=[good]).json["items"]] == [""]
    other = submit("d", api.rival, proposals=[bare]).json
    assert [i["code"] for i in other["items"]] == ["proposal.not_found"]
    problem(submit("e", api.boss, proposals=[bare]), 403, "permission.denied")
    problem(submit("f", proposals=[]), 422, "proposal.nobody")
    for wrong in ({"proposals": "all"}, {"proposals": [bare], "dry_run": 1}, {"proposals": [bare], "move": "x"}):
        problem(submit("g", **wrong), 422, "input.invalid")


def sent(content: bytes, name: str = "场地.txt", **words: str) -> dict[str, Any]:
    """Return a form with a file."""
    return {"data": {"file": (io.BytesIO(content), name), **words}, "content_type": "multipart/form-data"}


def test_files_come_in_are_listed_handed_out_and_taken_away(api: Api) -> None:
    code, other = api.made(), api.made(title_zh="另一份")
    where = f"{HERE}/{code}/files"
    made = api.client.post(where, headers=api.mine, **sent(b"plan of the hall"))
    assert made.status_code == 201 and made.json, made.text
    told = (made.json["name"], made.json["content_type"], made.json["size"])
    assert told == ("场地.txt", "text/plain; charset=utf-8", 16)
    again = api.client.post(where, headers=api.mine, **sent(b"plan of the hall"))
    assert again.json == made.json
    assert (api.client.get(where, headers=api.mine).json or {})["items"] == [made.json]
    shown = api.client.get(f"{HERE}/{code}", headers=api.mine).json or {}
    assert [file["id"] for file in shown["files"]] == [made.json["id"]]
    got = api.client.get(made.headers["Location"], headers=api.mine)
    assert got.data == b"plan of the hall" and got.content_type == "text/plain; charset=utf-8"
    assert got.headers["Content-Disposition"].endswith("filename*=UTF-8''%E5%9C%BA%E5%9C%B0.txt")
    assert got.headers["Content-Disposition"].startswith("attachment") and got.headers["Cache-Control"] == "no-store"
    problem(api.client.get(f"{HERE}/{other}/files/{made.json['id']}", headers=api.mine), 404, "file.not_found")
    one = made.headers["Location"]
    for _n in range(2):
        assert api.client.delete(one, headers=api.mine | ANY).status_code == 204
    assert (api.client.get(where, headers=api.mine).json or {})["items"] == []
    problem(api.client.get(one, headers=api.mine), 404, "file.not_found")


def test_files_are_for_those_whom_the_proposal_concerns(api: Api) -> None:
    code = api.made()
    where = f"{HERE}/{code}/files"
    one = api.client.post(where, headers=api.mine, **sent(b"plan")).headers["Location"]
    for key in (api.rival, api.boss):  # a draft is its organisation's own
        for address in (where, one):
            problem(api.client.get(address, headers=key), 404, "proposal.not_found")
    problem(api.client.post(where, headers=api.rival, **sent(b"theirs")), 404, "proposal.not_found")
    problem(api.client.delete(one, headers=api.rival | ANY), 404, "proposal.not_found")
    problem(api.client.delete(one, headers=api.mine), 428, "precondition.missing")
    problem(api.client.delete(one, headers=api.mine | {"If-Match": '"9-00000000"'}), 412, "version.stale")
    for answer in (
        api.client.post(where, headers=api.boss, **sent(b"x")),
        api.client.delete(one, headers=api.boss | ANY),
    ):
        problem(answer, 403, "permission.denied")
    problem(api.client.get(one), 401, "token.missing")
    assert api.send("PUT", f"/{code}/submission", api.mine).status_code == 200
    assert api.client.get(one, headers=api.boss).data == b"plan"
    problem(api.client.post(where, headers=api.mine, **sent(b"late")), 422, "proposal.state")
    problem(api.client.delete(one, headers=api.mine | ANY), 422, "proposal.state")
    assert len((api.client.get(where, headers=api.boss).json or {})["items"]) == 1


def test_files_have_the_limits_of_the_desk(api: Api) -> None:
    where = f"{HERE}/{api.made()}/files"
    for content, code in ((b"", "upload.empty"), (b"MZ\x90\x00", "upload.unknown"), (picture(), "upload.picture")):
        problem(api.client.post(where, headers=api.mine, **sent(content)), 422, code)
    problem(api.client.post(where, headers=api.mine, json={}), 415, "request.form")
    problem(api.client.post(where, headers=api.mine, **sent(b"x", evil="1")), 422, "input.invalid")
    told = {"CONTENT_LENGTH": "999000000"}
    huge = api.client.post(where, headers=api.mine, environ_overrides=told, **sent(b"x"))
    problem(huge, 413, "request.too_large")
    for n in range(MOST_FILES):
        assert api.client.post(where, headers=api.mine, **sent(f"no {n}".encode())).status_code == 201
    problem(api.client.post(where, headers=api.mine, **sent(b"one more")), 422, "proposal.files")
    assert len((api.client.get(where, headers=api.mine).json or {})["items"]) == MOST_FILES


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"move": "dance"}, "move"),
        ({"move": "accept", "open_fields": "all"}, "open_fields"),
        ({"move": "accept", "open_fields": ["kind"]}, "open_fields"),
        ({"move": "reject"}, "reason"),
        ({"move": "accept", "colour": "red"}, "colour"),
    ],
)
def test_a_wrong_decision_names_its_field(api: Api, body: dict[str, Any], field: str) -> None:
    code = api.submitted()
    told = problem(api.send("PUT", f"/{code}/decision", api.boss, body), 422, "input.invalid").json
    assert [error["field"] for error in told["errors"]] == [field]
    assert db.session.scalars(select(Proposal.state)).one() == "submitted"
