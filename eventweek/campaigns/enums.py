"""Fixed choices of campaigns."""

from enum import StrEnum


class CampaignState(StrEnum):
    """Where a message to many stands; cancelled and done are final."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    SENDING = "sending"
    DONE = "done"
    CANCELLED = "cancelled"
