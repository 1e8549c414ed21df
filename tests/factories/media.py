"""A released week with one session, ready to be given pictures and files."""

from dataclasses import dataclass

from eventweek.audit.actors import SYSTEM
from eventweek.programme.actions.attachments import add_attachment
from eventweek.programme.actions.pictures import add_picture
from eventweek.programme.actions.speakers.consents import note_consents
from eventweek.programme.models import Attachment, Picture
from eventweek.scheduling.actions import place_session, release_schedule
from tests.factories.programme import (
    make_organisation,
    make_person,
    make_room,
    make_session,
    make_venue,
    make_week,
)
from tests.kernel.test_images import picture
from tests.kernel.test_uploads import PDF


@dataclass
class World:
    """A session in a hall, with a person and a host; nothing has a picture."""

    week_id: int
    session: str
    person: str
    venue: str
    host: str

    def agree(self, portrait: bool = True) -> None:
        """Note that the person agrees to a public portrait, or not any more."""
        note_consents(self.week_id, self.person, {"portrait": portrait}, actor=SYSTEM)

    def release(self) -> None:
        """Publish what differs."""
        release_schedule(self.week_id, actor=SYSTEM, note="")


def make_world() -> World:
    """Make the week and publish it."""
    week, venue, person, host = make_week(), make_venue(), make_person(), make_organisation()
    parts = {
        "people": [{"person": person.code, "role": "speaker"}],
        "organisations": [{"organisation": host.code, "role": "host"}],
    }
    session = make_session(week, **parts)
    place_session(session.code, "2027-04-13T09:00", make_room(venue).code, version=None, actor=SYSTEM)
    own = World(week.id, session.code, person.code, venue.code, host.code)
    own.release()
    return own


def make_picture(width: int, height: int = 200, **words: str) -> Picture:
    """Take in a picture of that size."""
    return add_picture(picture(size=(width, height)), {"alt_zh": "图"} | words, actor=SYSTEM)


def make_attachment(name: str = "主旨报告.pdf", content: bytes = PDF) -> Attachment:
    """Take in a file."""
    return add_attachment(content, name, largest=1_000_000, actor=SYSTEM)


def beside(*attachments: Attachment, kind: str = "slides", **title: str) -> list[dict[str, str]]:
    """Return the value of a session's files in this order."""
    return [{"file": own.code, "kind": kind} | title for own in attachments]
