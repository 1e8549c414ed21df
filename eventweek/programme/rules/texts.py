"""Free pages and notices as the public reads them (pure): which copy is shown when, and in which order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from eventweek.kernel.text import search_key
from eventweek.programme.enums import NoticeLevel
from eventweek.programme.rules.subjects import Subject
from eventweek.programme.rules.values import Prose

PRESETS = ("faq", "transport", "contact", "privacy", "terms", "accessibility")
"""Pages that every week is expected to have, by their code; the texts of two stand on our own page of that name."""
OF_OURS = ("privacy", "accessibility")
_RANK = {str(level): n for n, level in enumerate(reversed(NoticeLevel))}
Text = dict[str, str]


@dataclass(frozen=True)
class PublicPage:
    """A page as published; `text` is empty where only the names of pages were asked for."""

    code: str
    title: Text
    text: Text
    listed: bool
    position: int
    first_at: datetime
    changed_at: datetime


@dataclass(frozen=True)
class PublicNotice:
    """A notice as published, between two instants (None: open); at most one of three codes says what it is about.

    `about`: the name of its venue or city at that time; a session's name is that of its own snapshot.
    """

    code: str
    title: Text
    text: Text
    level: str
    pinned: bool
    shown_from: datetime | None
    shown_until: datetime | None
    session: str | None
    venue: str | None
    city: str | None
    about: Text
    first_at: datetime
    changed_at: datetime

    @property
    def since(self) -> datetime:
        """Return when it was first to be seen."""
        return max(self.first_at, self.shown_from) if self.shown_from else self.first_at

    @property
    def updated(self) -> datetime:
        """Return when what is to be seen was last changed."""
        return max(self.changed_at, self.since)

    @property
    def urgent(self) -> bool:
        """Say whether it stands on every public page."""
        return self.level == NoticeLevel.URGENT

    def begun(self, at: datetime) -> bool:
        """Say whether its time has come, be it over or not."""
        return self.since <= at

    def shown(self, at: datetime) -> bool:
        """Say whether it counts at an instant."""
        return self.begun(at) and (self.shown_until is None or at < self.shown_until)


def mentions(text: PublicPage | PublicNotice, words: str) -> bool:
    """Say whether every word of a search stands in the title or the text, in either language."""
    found = search_key(" ".join((*text.title.values(), *text.text.values())))
    return all(word in found for word in search_key(words).split())


def split(subject: Subject, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the values of a copy in two parts: what names it, and its long texts."""
    long = {name for name, type_ in subject.fields.items() if isinstance(type_, Prose)}
    head = {name: _plain(value) for name, value in values.items() if name not in long}
    return head, {name: values[name] for name in sorted(long)}


def read_page(head: Mapping[str, Any], text: Mapping[str, Any] | None, first: datetime, last: datetime) -> PublicPage:
    """Return a published copy as readers receive it."""
    pair, own = (_pair(head, "title"), _pair(text or {}, "text"))
    return PublicPage(head["code"], pair, own, head["listed"], head["position"], first, last)


def read_notice(
    code: str, head: Mapping[str, Any], text: Mapping[str, Any] | None, first: datetime, last: datetime
) -> PublicNotice:
    """Return a published copy as readers receive it."""
    return PublicNotice(
        code=code,
        title=_pair(head, "title"),
        text=_pair(text or {}, "text"),
        shown_from=_instant(head["shown_from"]),
        shown_until=_instant(head["shown_until"]),
        about=_pair(head, "about"),
        first_at=first,
        changed_at=last,
        **{name: head[name] for name in ("level", "pinned", "session", "venue", "city")},
    )


def in_order(notices: Iterable[PublicNotice]) -> list[PublicNotice]:
    """Return notices as people read them: pinned ones first, then the more urgent, then the newer."""
    return sorted(notices, key=lambda n: (not n.pinned, _RANK[n.level], -n.since.timestamp(), n.code))


def _pair(values: Mapping[str, Any], stem: str) -> Text:
    return {"zh": values.get(f"{stem}_zh", ""), "en": values.get(f"{stem}_en", "")}


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
