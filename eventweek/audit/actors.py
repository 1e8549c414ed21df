"""Who acts: a plain value that every action receives by keyword."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class GrantValue:
    """A role held in one week (None: in all), narrowed to a scope such as `city` and its code."""

    role: str
    week_id: int | None = None
    scope_kind: str = ""
    scope_code: str = ""


@dataclass(frozen=True)
class Actor:
    """A user, a visitor, a device or the system; `label` is what the audit shows and holds no contact data.

    `name`: what a page of their own calls somebody who is signed in; nothing keeps it.
    """

    label: str
    id: int | None = None
    administrator: bool = False
    grants: tuple[GrantValue, ...] = field(default=())
    name: str = field(default="", repr=False, compare=False)


SYSTEM = Actor("system", administrator=True)
DEMO = Actor("demo", administrator=True)
VISITOR = Actor("visitor")
