"""What somebody sends to register, and what becomes of it (values)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from eventweek.registration.models import Pass


@dataclass(frozen=True)
class Item:
    """One choice of a basket: the offering's code, the number of seats, the person's own included, and what it asks.

    `answers` by the keys of its questions; for a file the receipt that it was taken in. `invitation`: own code of the
    invitation whose secret they hold, empty for what is open to all. `online`: to take part on line, not in the room.
    """

    offering: str
    seats: int = 1
    answers: Mapping[str, object] = field(default_factory=dict)
    invitation: str = ""
    online: bool = False


@dataclass(frozen=True)
class Basket:
    """What somebody sends: who they are, that they agree, and what they choose.

    `pass_id`: the holder is known by their own pass; name, phone and e-mail are then not asked. `source`: web, api,
    door, list. `consent_origin`: where they agreed, when somebody else says so. `consent_text`: the mark of the text
    that they have read; empty where nobody says. `proof`: under which they proved their phone or e-mail
    (actions/codes.py); `work`: a solved challenge (kernel/work.py).
    `answers`: to the
    questions that are asked once. `consents`: the further purposes agreed to, each with the mark of the text that was
    read or nothing. `id_type` and `id_number`: asked where a real-name session is chosen.
    """

    week_id: int
    items: tuple[Item, ...]
    name: str = ""
    phone: str = ""
    email: str = ""
    organisation: str = ""
    consent: bool = False
    consent_text: str = ""
    consent_origin: str = ""
    locale: str = "zh-CN"
    pass_id: int | None = None
    source: str = "web"
    proof: str = ""
    work: str = ""
    answers: Mapping[str, object] = field(default_factory=dict)
    consents: Mapping[str, str] = field(default_factory=dict)
    under_age: bool = False
    id_type: str = ""
    id_number: str = field(default="", repr=False)


@dataclass(frozen=True)
class Outcome:
    """What became of one choice: `confirmed`, `applied`, or `waitlisted` with its place in the queue (else 0).

    `issued`: a newcomer's pass with its token; None for who was known, and for an answer that is given again.
    """

    offering: str
    registration: str
    state: str
    seats: int
    position: int
    pass_id: int
    pass_code: str
    online: bool = False
    issued: Pass | None = field(default=None, compare=False, repr=False)

    def kept(self) -> dict[str, Any]:
        """Return what is kept to be answered again, as plain JSON; no secret is."""
        return {one.name: getattr(self, one.name) for one in fields(self) if one.name != "issued"}
