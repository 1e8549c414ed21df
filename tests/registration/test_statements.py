"""How many statements a registration costs, the whole request counted, on both databases."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask

from tests.registration.world import offering_of, resize

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("before_the_week")]
Statements = Callable[[], AbstractContextManager[list[str]]]
MOST = 14
WRITTEN = (
    "attendee",
    "consent",
    "pass",
    "pass_token",
    "registration",
    "registration_event",
    "seat_delta",
    "message",
    "stored_answer",
    "audit_entry",
)


def send(app: Flask, offering: str, name: str, **headers: str) -> Any:
    """Register somebody over the API."""
    known = {} if "Authorization" in headers else {"name": "王小明", "email": f"{name}@example.org", "consent": True}
    body = {**known, "items": [{"offering": offering, "seats": 1}]}
    address = "/api/v1/weeks/jl2026/registrations"
    return app.test_client().post(address, json=body, headers={"Idempotency-Key": name, **headers})


def test_a_newcomer_costs_at_most_14_statements(demo_app: Flask, statements: Statements) -> None:
    offering = offering_of("rs-ei-1").code
    assert send(demo_app, offering, "first").status_code == 201
    with statements() as seen:
        assert send(demo_app, offering, "second").status_code == 201
    assert len(seen) <= MOST, "\n".join(seen)
    assert [table for table in WRITTEN if not any(s.startswith(f"INSERT INTO {table} ") for s in seen)] == []


def test_a_known_pass_costs_at_most_14_statements(demo_app: Flask, statements: Statements) -> None:
    own = send(demo_app, offering_of("rs-ei-1").code, "first").json["pass"]
    offering = offering_of("rs-ei-2").code
    with statements() as seen:
        made = send(demo_app, offering, "second", Authorization=f"Bearer {own['manage_token']}")
    assert made.status_code == 201 and made.json["pass"] == own
    assert len(seen) <= MOST, "\n".join(seen)


def test_who_is_refused_because_it_is_full_costs_three_reads_and_no_write(
    demo_app: Flask, statements: Statements
) -> None:
    offering = offering_of("rs-ei-1").code
    resize(offering, 1, queue_open=False)
    assert send(demo_app, offering, "first").status_code == 201
    with statements() as seen:
        refused = send(demo_app, offering, "second")
    assert refused.status_code == 422 and refused.json["errors"][0]["code"] == "seat.full"
    assert len(seen) == 3 and all(s.startswith("SELECT") for s in seen), "\n".join(seen)
