"""Whom a campaign is for, what it may say, when it can still be changed (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from eventweek.campaigns.enums import CampaignState
from eventweek.programme.rules.placeholders import NAMES as OF_THE_WEEK
from eventweek.registration.enums import LIVE, State

NAMES = ("name", "link", *OF_THE_WEEK)
"""What the text of a campaign may name in braces."""
TRANSITIONS: dict[CampaignState, frozenset[CampaignState]] = {
    CampaignState.DRAFT: frozenset({CampaignState.SCHEDULED, CampaignState.CANCELLED}),
    CampaignState.SCHEDULED: frozenset({CampaignState.SENDING, CampaignState.DRAFT, CampaignState.CANCELLED}),
    CampaignState.SENDING: frozenset({CampaignState.DONE, CampaignState.CANCELLED}),
    CampaignState.DONE: frozenset(),
    CampaignState.CANCELLED: frozenset(),
}
STATES = tuple(str(state) for state in LIVE)
WAYS = ("room", "online")
"""How somebody takes part: with a seat, or on line."""


@dataclass(frozen=True)
class Audience:
    """Who holds a registration of one of these states for what fits; an empty field asks for nothing.

    `session`, `kind`, `city`: codes; `day`: a local day as `2026-10-15`; `way`: `room` or `online`.
    """

    states: tuple[str, ...] = (str(State.CONFIRMED),)
    session: str = ""
    kind: str = ""
    city: str = ""
    day: str = ""
    way: str = ""

    def told(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return {field.name: _plain(getattr(self, field.name)) for field in fields(self)}


def read_audience(told: Mapping[str, Any]) -> Audience:
    """Return an audience from plain JSON; what is left out asks for nothing."""
    names = {field.name for field in fields(Audience)}
    own = {name: value for name, value in told.items() if name in names}
    return Audience(**own | {"states": tuple(own.get("states") or Audience.states)})


def can_move(before: CampaignState, after: CampaignState) -> bool:
    """Say whether a campaign may go from one state to another."""
    return after in TRANSITIONS[before]


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
