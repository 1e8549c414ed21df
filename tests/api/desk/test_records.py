"""Every subject of the table of fields, over the API of the desk."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from eventweek.api.v1.desk.resources import RESOURCES, Resource
from tests.factories.keys import make_key

DESK = "/api/v1/desk"
NEW: dict[str, dict[str, Any]] = {
    "city": {"code": "999901", "name_zh": "示例市"},
    "feature": {"code": "fog", "name_zh": "烟雾机"},
    "venue": {"name_zh": "示例馆"},
    "room": {"name_zh": "示例厅", "capacity": 80, "layouts": [{"layout": "board", "capacity": 20}]},
    "organisation": {"name_zh": "示例单位"},
    "person": {
        "name_zh": "示例人",
        "bio_en": "Bio.",
        "availability": [{"day": "2026-10-15", "opens": "09:00", "closes": "12:00"}],
    },
    "kind": {"code": "fair", "name_zh": "集市", "family": "show"},
    "tag_set": {"code": "mood", "name_zh": "气氛"},
    "tag": {"code": "calm", "name_zh": "安静"},
    "track": {"code": "north", "name_zh": "北线"},
    "series": {"code": "chain", "name_zh": "系列", "kind": "repeat"},
    "session": {"title_zh": "示例场次", "fixed_start": "2026-10-15T09:30"},
    "page": {"code": "example", "title_zh": "示例页", "text_zh": "正文"},
    "notice": {"title_zh": "示例公告", "shown_from": "2026-10-15T09:30", "city": "220100"},
}


def address(own: Resource) -> str:
    """Return the address of a subject's list in the demo week."""
    return DESK + own.address.replace("<week>", "jl2026")


def first(client: FlaskClient, headers: dict[str, str], plural: str) -> str:
    """Return the id of the first thing of a list."""
    path = f"{DESK}/{plural}" if plural in ("venues",) else f"{DESK}/weeks/jl2026/{plural}"
    answer = client.get(path, headers=headers, query_string={"page_size": 1}).json
    assert answer
    return str(answer["items"][0]["id"])


def new(client: FlaskClient, headers: dict[str, str], own: Resource) -> dict[str, Any]:
    """Return what makes one of a subject in the demo week."""
    named = {"room": ("venue", "venues"), "tag": ("set", "tag-sets"), "session": ("kind", "kinds")}.get(own.noun)
    return NEW[own.noun] | ({named[0]: first(client, headers, named[1])} if named else {})


@pytest.mark.database
@pytest.mark.parametrize("own", RESOURCES, ids=lambda own: own.noun)
def test_a_record_lives(demo_client: FlaskClient, own: Resource) -> None:
    """Make, read, change, archive, restore and delete one; each change names the version it was made for."""
    _key, key = make_key("jl2026")
    body = new(demo_client, key, own)
    made = demo_client.post(address(own), json=body, headers=key | {"Idempotency-Key": "1"})
    assert made.status_code == 201, made.text
    again = demo_client.post(address(own), json=body, headers=key | {"Idempotency-Key": "1"})
    assert again.status_code == 201 and again.json == made.json
    other = demo_client.post(address(own), json={**body, "x": 1}, headers=key | {"Idempotency-Key": "1"})
    assert other.status_code == 422 and other.json and other.json["code"] == "idempotency.mismatch"
    where, first = made.headers["Location"], made.headers["ETag"]
    read = demo_client.get(where, headers=key)
    assert read.status_code == 200 and read.json == made.json and read.headers["ETag"] == first
    assert demo_client.get(where, headers=key | {"If-None-Match": first}).status_code == 304
    stem = "title" if own.noun in ("session", "page", "notice") else "name"
    sent = {f"{stem}_en": "Changed"}
    changed = demo_client.patch(where, json=sent, headers=key | {"If-Match": first})
    assert changed.status_code == 200 and changed.json and changed.json[f"{stem}_en"] == "Changed", changed.text
    stale = demo_client.patch(where, json={f"{stem}_en": "Mine"}, headers=key | {"If-Match": first})
    assert stale.status_code == 412 and stale.json
    assert stale.json["fields"] == [{"field": f"{stem}_en", "mine": "Mine", "theirs": "Changed"}]
    shelf = demo_client.put(f"{where}/archive", headers=key | {"If-Match": changed.headers["ETag"]})
    assert shelf.status_code == 200 and shelf.json and shelf.json["archived_at"].endswith("Z")
    assert demo_client.delete(f"{where}/archive", headers=key | {"If-Match": first}).status_code == 412
    back = demo_client.delete(f"{where}/archive", headers=key | {"If-Match": shelf.headers["ETag"]})
    assert back.json and back.json["archived_at"] is None
    past = demo_client.get(f"{where}/history", headers=key, query_string={"page_size": 3}).json
    assert past and past["total"] == 4 and [one["verb"] for one in past["items"]] == ["restore", "archive", "edit"]
    assert past["items"][2]["changes"][f"{stem}_en"][1] == "Changed"
    assert (past["items"][2]["version"], past["items"][2]["subject"]) == (changed.json["version"], own.noun)
    gone = demo_client.delete(where, headers=key | {"If-Match": back.headers["ETag"]})
    if own.noun == "session":
        assert gone.status_code == 405
    else:
        assert (gone.status_code, gone.data) == (204, b"")
        assert demo_client.get(where, headers=key).status_code == 404
        assert demo_client.get(f"{where}/history", headers=key).status_code == 404


def test_unknown_fields_are_named(demo_client: FlaskClient) -> None:
    _key, key = make_key("jl2026")
    for own in RESOURCES:
        body = json.dumps({"nonsense": 1, "version": 2})
        headers = key | {"Idempotency-Key": own.noun, "Content-Type": "application/json"}
        answer = demo_client.post(address(own), data=body, headers=headers)
        assert answer.status_code == 422 and answer.json
        assert {e["field"] for e in answer.json["errors"] if e["code"] == "field.unknown"} == {"nonsense", "version"}


@pytest.mark.parametrize("noun", ["page", "notice"])
def test_a_text_is_published_and_withdrawn(demo_client: FlaskClient, noun: str) -> None:
    """The public reads the copy of the version that was named, until it is taken back."""
    own = next(one for one in RESOURCES if one.noun == noun)
    _key, key = make_key("jl2026")
    made = demo_client.post(
        address(own),
        json=NEW[noun] | {"shown_from": None} if noun == "notice" else NEW[noun],
        headers=key | {"Idempotency-Key": "1"},
    )
    where, etag = made.headers["Location"], made.headers["ETag"]
    assert made.json and made.json["published_at"] is None
    out = demo_client.put(f"{where}/publication", headers=key | {"If-Match": etag})
    assert out.status_code == 200 and out.json and out.json["published_at"].endswith("Z")
    public = f"/api/v1/weeks/jl2026/{own.plural}/{made.json['id']}"
    told = demo_client.get(public)
    assert told.json and told.json["title"]["zh"] == NEW[noun]["title_zh"]
    assert demo_client.get(public, headers={"If-None-Match": told.headers["ETag"]}).status_code == 304
    assert made.json["id"] in [
        item["code"] for item in demo_client.get(f"/api/v1/weeks/jl2026/{own.plural}").json["items"]
    ]
    assert demo_client.delete(f"{where}/publication", headers=key | {"If-Match": etag}).status_code == 412
    back = demo_client.delete(f"{where}/publication", headers=key | {"If-Match": out.headers["ETag"]})
    assert back.json and back.json["withdrawn_at"].endswith("Z")
    assert demo_client.get(public).status_code == 404
    _reader, weak = make_key("jl2026", role="reader")
    assert demo_client.put(f"{where}/publication", headers=weak | {"If-Match": "*"}).status_code == 403
