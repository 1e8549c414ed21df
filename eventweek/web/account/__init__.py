"""The account door: sign-in, invitations, one's own profile."""

from eventweek.web.account import invitations, views
from eventweek.web.account.frame import blueprint

__all__ = ["blueprint", "invitations", "views"]
