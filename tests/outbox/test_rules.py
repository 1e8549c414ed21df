"""When a message waits for the morning."""

from datetime import UTC, datetime

import pytest

from eventweek.outbox.rules import quiet_until


@pytest.mark.parametrize(
    ("at", "starts", "ends", "until"),
    [
        ((14, 30), "22:00", "08:00", (15, 0, 0)),
        ((13, 59), "22:00", "08:00", None),
        ((14, 0), "22:00", "08:00", (15, 0, 0)),
        ((23, 59), "22:00", "08:00", (15, 0, 0)),
        ((0, 0), "22:00", "08:00", None),
        ((5, 0), "12:00", "14:00", (14, 6, 0)),
        ((6, 0), "12:00", "14:00", None),
        ((5, 0), "12:00", "12:00", None),
    ],
)
def test_quiet_hours_end_in_the_morning_of_the_week(
    at: tuple[int, int], starts: str, ends: str, until: tuple[int, int, int] | None
) -> None:
    """Instants of 14 October 2026 in UTC; the week's clock is eight hours ahead."""
    found = quiet_until(datetime(2026, 10, 14, *at, tzinfo=UTC), "Asia/Shanghai", starts, ends)
    assert found == (datetime(2026, 10, *until, tzinfo=UTC) if until else None)
