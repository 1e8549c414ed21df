"""Send the link to one's own pass again."""

from eventweek.kernel.db import transaction
from eventweek.kernel.tokens import random_code
from eventweek.outbox.actions import About, send
from eventweek.registration.queries.passes import list_passes_by_email


def send_links(week_id: int, email: str) -> None:
    """Write one message for each pass of a week that was taken with this normalised address; says nothing of how many.

    The message names the pass; whoever delivers it derives the link, so that no secret stands in the database.
    """
    with transaction():
        for own in list_passes_by_email(week_id, email):
            context = {"pass": own.code, "name": own.attendee.name}
            key = f"link:{own.code}:{random_code(12)}"
            send("registration/link", email, own.attendee.locale, context, key, about=About(person=own.code))
