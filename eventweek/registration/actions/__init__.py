"""What one can do in registration; each public action is one transaction."""

from eventweek.registration.actions.allotments import Allotment, Terms, allot_seats, change_hold, renew_link
from eventweek.registration.actions.answering import correct_answers
from eventweek.registration.actions.classes import drop_class, set_class
from eventweek.registration.actions.codes import CodeWish, prove_contact, purge_codes, request_code
from eventweek.registration.actions.ending import cancel_registration, change_seats, end_cancelled
from eventweek.registration.actions.files import open_record
from eventweek.registration.actions.forgetting import forget_attendees
from eventweek.registration.actions.forms import write_questions
from eventweek.registration.actions.groups import (
    Checked,
    Unit,
    add_members,
    cancel_member,
    check_members,
    register_group,
    swap_member,
)
from eventweek.registration.actions.handing import Successor, hand_over
from eventweek.registration.actions.holds import hold_seats, release_hold
from eventweek.registration.actions.identities import destroy_identities, reveal_identity
from eventweek.registration.actions.inviting import Made, Wish, invite, revoke_invitation
from eventweek.registration.actions.lapsing import bound_allotments, bound_offers
from eventweek.registration.actions.moving import move_registration
from eventweek.registration.actions.offerings import (
    close_offering,
    create_offering,
    edit_offering,
    open_offerings,
    reopen_offering,
)
from eventweek.registration.actions.offers import accept_offer, promote_registration, settle_offerings
from eventweek.registration.actions.online import Online, drop_online, join_online, set_online, switch_attendance
from eventweek.registration.actions.passes import reissue_pass, renew_feed, void_pass
from eventweek.registration.actions.proving import open_passes
from eventweek.registration.actions.registering import register
from eventweek.registration.actions.retention import purge_attendees
from eventweek.registration.actions.reviewing import Reviewed, resubmit, review_registrations
from eventweek.registration.actions.standby import join_standby, release_unclaimed
from eventweek.registration.actions.withdrawing import withdraw_consent
from eventweek.registration.baskets import Basket, Item, Outcome

__all__ = [
    "Allotment",
    "Terms",
    "allot_seats",
    "bound_allotments",
    "change_hold",
    "renew_link",
    "Basket",
    "Checked",
    "CodeWish",
    "Item",
    "Made",
    "Online",
    "Outcome",
    "Reviewed",
    "Successor",
    "Unit",
    "Wish",
    "accept_offer",
    "add_members",
    "bound_offers",
    "cancel_member",
    "cancel_registration",
    "change_seats",
    "check_members",
    "close_offering",
    "correct_answers",
    "create_offering",
    "destroy_identities",
    "drop_class",
    "drop_online",
    "edit_offering",
    "end_cancelled",
    "forget_attendees",
    "hold_seats",
    "invite",
    "join_online",
    "join_standby",
    "move_registration",
    "open_offerings",
    "promote_registration",
    "hand_over",
    "open_offerings",
    "open_passes",
    "open_record",
    "prove_contact",
    "purge_attendees",
    "purge_codes",
    "register",
    "register_group",
    "reissue_pass",
    "release_hold",
    "release_unclaimed",
    "reopen_offering",
    "resubmit",
    "review_registrations",
    "reveal_identity",
    "revoke_invitation",
    "set_class",
    "set_online",
    "settle_offerings",
    "swap_member",
    "renew_feed",
    "reopen_offering",
    "request_code",
    "switch_attendance",
    "void_pass",
    "withdraw_consent",
    "write_questions",
]
