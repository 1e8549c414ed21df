"""Fixtures of registration."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from eventweek.kernel.clock import travel


@pytest.fixture
def before_the_week() -> Iterator[None]:
    """Hold the time a week before the demo's first day."""
    with travel(datetime(2026, 10, 8, 4, tzinfo=UTC)):
        yield
