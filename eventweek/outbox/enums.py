"""Fixed choices of messages."""

from enum import StrEnum


class Channel(StrEnum):
    """By what a message reaches somebody."""

    EMAIL = "email"
    SMS = "sms"
    WECHAT = "wechat"


class MessageState(StrEnum):
    """Where a message stands. `running` is on its way, `delivered` only where the provider tells."""

    WAITING = "waiting"
    RUNNING = "running"
    SENT = "sent"
    DELIVERED = "delivered"
    DEAD = "dead"


LOCALES = ("zh-CN", "en")
BOTH = "both"
"""The locale of a mail to somebody whose language nobody knows: Chinese first, then English, in one mail."""
SETTLED = (MessageState.SENT, MessageState.DELIVERED, MessageState.DEAD)
