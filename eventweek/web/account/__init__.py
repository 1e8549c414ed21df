"""The account door: sign-in, invitations, one's own profile."""

from eventweek.web.account import views
from eventweek.web.account.frame import blueprint

__all__ = ["blueprint", "views"]
