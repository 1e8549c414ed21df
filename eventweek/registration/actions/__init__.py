"""What one can do in registration; each public action is one transaction."""

from eventweek.registration.actions.ending import cancel_registration, change_seats, end_cancelled
from eventweek.registration.actions.forgetting import forget_attendees
from eventweek.registration.actions.links import send_links
from eventweek.registration.actions.offerings import (
    close_offering,
    create_offering,
    edit_offering,
    open_offerings,
    reopen_offering,
)
from eventweek.registration.actions.passes import reissue_pass, void_pass
from eventweek.registration.actions.registering import register
from eventweek.registration.actions.retention import purge_attendees
from eventweek.registration.baskets import Basket, Item, Outcome

__all__ = [
    "Basket",
    "Item",
    "Outcome",
    "cancel_registration",
    "change_seats",
    "close_offering",
    "create_offering",
    "edit_offering",
    "end_cancelled",
    "forget_attendees",
    "open_offerings",
    "purge_attendees",
    "register",
    "reissue_pass",
    "reopen_offering",
    "send_links",
    "void_pass",
]
