"""A released week with one session, ready to be given pictures and files."""

from dataclasses import dataclass

from eventweek.audit.actors import SYSTEM
from eventweek.programme.actions.pictures import add_picture
from eventweek.programme.models import Picture
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


@dataclass
class World:
    """A session in a hall, with a person and a host; nothing has a picture."""

    week_id: int
    session: str
    person: str
    venue: str
    host: str

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
