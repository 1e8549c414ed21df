"""The session cookie: its name and flags by the base address, and no cache for a page that read it."""

from urllib.parse import urlsplit

from flask import Flask, Response
from flask.sessions import SecureCookieSessionInterface, SessionMixin


class PrivatePages(SecureCookieSessionInterface):
    """Flask's signed cookie; whatever was made from it is stored nowhere else."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Forbid caches to keep an answer for which the session was read."""
        if session.accessed:
            response.headers["Cache-Control"] = "no-store"
        super().save_session(app, session, response)


def init_session(app: Flask, base_url: str) -> None:
    """Name the cookie `__Host-…` and mark it Secure under https; elsewhere a plain name."""
    secure = urlsplit(base_url).scheme == "https"
    app.config.update(
        SESSION_COOKIE_NAME="__Host-eventweek" if secure else "eventweek",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.session_interface = PrivatePages()
