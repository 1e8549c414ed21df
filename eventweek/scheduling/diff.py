"""What the next release would change, session by session."""

from dataclasses import dataclass

from eventweek.kernel.db import Bilingual
from eventweek.scheduling.enums import Action, Difference
from eventweek.scheduling.queries.drafts import Draft
from eventweek.scheduling.snapshot import Facts, group

_TELL_TALE = ("search", "lead", "industry", "schema", "withdrawn")


@dataclass(frozen=True)
class Change:
    """One session: the published snapshot, the one to come, and the fields that differ.

    UNPLACED has no `after`: the public keeps what was published until the session is placed or cancelled.
    """

    session_code: str
    title: Bilingual
    action: Action
    before: Facts | None
    after: Facts | None

    @property
    def group(self) -> Difference:
        """Return what people call this change."""
        return group(self.action, self.before, self.after)

    @property
    def fields(self) -> list[str]:
        """Return the names of the facts that differ, in the order of the snapshot."""
        if self.before is None or self.after is None:
            return []
        before, after = self.before, self.after
        return [k for k in after | before if k not in _TELL_TALE and before.get(k) != after.get(k)]


def change(draft: Draft) -> Change:
    """Return a draft that differs as a change to show."""
    assert draft.action is not None
    return Change(draft.session.code, draft.session.title, draft.action, draft.before, draft.after)
