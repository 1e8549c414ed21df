"""Personal data by program: told in the described shape, erased once, and answered as erased ever after."""

import pytest
from flask import Flask

from eventweek.registration.passes import manage_token_of
from eventweek.registration.queries.passes import find_pass
from tests.api.shapes import complaints
from tests.registration.world import book, offering_of

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("before_the_week")]
HERE = "/api/v1/personal-data"


def test_a_person_is_told_and_erased(demo_app: Flask) -> None:
    client = demo_app.test_client()
    [one] = book(offering_of("rs-ei-1").code, email="a@example.org")
    own = find_pass(one.pass_id)
    assert own
    token = {"Authorization": f"Bearer {manage_token_of(own)}"}
    told, spec = client.get(HERE, headers=token), client.get("/api/v1/openapi.json").json or {}
    assert complaints(spec, {"$ref": "#/components/schemas/PersonalData"}, told.json) == []
    assert told.json["person"]["email"] == "a@example.org" and told.headers["Cache-Control"] == "no-store"  # type: ignore[index]
    for method in ("GET", "DELETE"):
        assert client.open(HERE, method=method).status_code == 401
        assert client.open(HERE, method=method, headers={"Authorization": "Bearer x"}).status_code == 401
    done = client.delete(HERE, headers=token)
    assert (done.status_code, done.json) == (200, {"ended": 1, "kept": 0})
    assert client.delete(HERE, headers=token).json == {"ended": 0, "kept": 0}
    for path in (HERE, "/api/v1/registrations"):
        gone = client.get(path, headers=token)
        assert gone.status_code == 410 and (gone.json or {})["code"] == "pass.erased"
