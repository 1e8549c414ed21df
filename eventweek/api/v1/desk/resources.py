"""The table of what the desk's API offers: each subject, its address, its verbs."""

from dataclasses import dataclass, replace
from typing import Any

from eventweek.accounts.enums import Verb
from eventweek.audit.actors import Actor
from eventweek.programme.actions import parties, places, sessions, tags, texts
from eventweek.programme.actions.verbs import Verbs
from eventweek.programme.rules import subjects
from eventweek.programme.rules.subjects import Subject
from eventweek.scheduling.actions.rooms import delete_room
from eventweek.scheduling.actions.sessions import edit_planned, restore_planned


@dataclass(frozen=True)
class Resource:
    """A subject, the word of its address, its verbs; `extras`: what may be sent beside its fields when it changes.

    `publish` and `withdraw` are the verbs of a subject of which the public reads a copy.
    """

    subject: Subject
    plural: str
    verbs: Verbs
    weekly: bool = False
    verb: Verb = Verb.MASTERS_EDIT
    extras: tuple[str, ...] = ()
    publish: Any = None
    withdraw: Any = None

    @property
    def noun(self) -> str:
        """Return the noun of the endpoints."""
        return self.subject.name

    @property
    def address(self) -> str:
        """Return the address of the list, after `/api/v1/desk`."""
        return f"{'/weeks/<week>' if self.weekly else ''}/{self.plural}"


def _of_session(verb: Any) -> Any:
    """Let a verb that finds its session by code alone take the week first, like those of other parts of a week."""

    def act(_week_id: int, code: str, *given: Any, actor: Actor, **more: Any) -> Any:
        return verb(code, *given, actor=actor, **more)

    return act


_SESSION = Verbs(
    create=sessions.create_session,
    edit=_of_session(edit_planned),
    archive=_of_session(sessions.archive_session),
    restore=_of_session(restore_planned),
)
_WRITTEN: dict[str, Any] = {"weekly": True, "verb": Verb.PROGRAMME_EDIT}


def _of_text(noun: str) -> dict[str, Any]:
    """Return the verbs that make a text public and take it back."""
    return {verb: getattr(texts, f"{verb}_{noun}") for verb in ("publish", "withdraw")}


RESOURCES = (
    Resource(subjects.CITY, "cities", Verbs.of(places, "city")),
    Resource(subjects.FEATURE, "features", Verbs.of(places, "feature")),
    Resource(subjects.VENUE, "venues", Verbs.of(places, "venue")),
    Resource(subjects.ROOM, "rooms", replace(Verbs.of(places, "room"), delete=delete_room)),
    Resource(subjects.ORGANISATION, "organisations", Verbs.of(parties, "organisation")),
    Resource(subjects.PERSON, "people", Verbs.of(parties, "person")),
    Resource(subjects.KIND, "kinds", Verbs.of(tags, "kind"), weekly=True),
    Resource(subjects.TAG_SET, "tag-sets", Verbs.of(tags, "tag_set"), weekly=True),
    Resource(subjects.TAG, "tags", Verbs.of(tags, "tag"), weekly=True),
    Resource(subjects.TRACK, "tracks", Verbs.of(tags, "track"), weekly=True),
    Resource(subjects.SERIES, "series", Verbs.of(sessions, "series"), weekly=True, verb=Verb.PROGRAMME_EDIT),
    Resource(subjects.SESSION, "sessions", _SESSION, weekly=True, verb=Verb.PROGRAMME_EDIT, extras=("override",)),
    Resource(subjects.PAGE, "pages", Verbs.of(texts, "page"), **_WRITTEN, **_of_text("page")),
    Resource(subjects.NOTICE, "notices", Verbs.of(texts, "notice"), **_WRITTEN, **_of_text("notice")),
)
