"""Reads of registration: offerings with their seats, passes, and what a person holds."""

from eventweek.registration.queries.codes import is_proven
from eventweek.registration.queries.consents import find_consent_text
from eventweek.registration.queries.offerings import (
    OfferingFacts,
    OpenOffering,
    list_offerings,
    load_offerings,
)
from eventweek.registration.queries.passes import (
    PassFound,
    find_pass,
    find_pass_by_code,
    find_pass_by_feed_token,
    find_pass_by_manage_token,
    find_pass_by_short_code,
    find_pass_by_token,
)
from eventweek.registration.queries.registrations import (
    RegistrationFacts,
    list_clashes_of,
    list_registrations,
)

__all__ = [
    "OfferingFacts",
    "OpenOffering",
    "PassFound",
    "RegistrationFacts",
    "find_consent_text",
    "find_pass",
    "find_pass_by_code",
    "find_pass_by_feed_token",
    "find_pass_by_manage_token",
    "find_pass_by_short_code",
    "find_pass_by_token",
    "is_proven",
    "list_clashes_of",
    "list_offerings",
    "list_registrations",
    "load_offerings",
]
