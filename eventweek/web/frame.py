"""What every page shares: the language in the path, addresses, and who may call a view."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from flask import current_app, request

from eventweek.accounts.enums import Verb
from eventweek.kernel.db import Bilingual

View = TypeVar("View", bound=Callable[..., Any])


def anybody(view: View) -> View:
    """Declare that anybody may call this view; a view that declares nothing is refused."""
    view.access = "anybody"  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """Declare that anybody who is signed in may call this view."""
    view.access = "signed_in"  # type: ignore[attr-defined]
    return view


def needs(verb: Verb) -> Callable[[View], View]:
    """Declare that a view needs a permission in some week; its action asks again for the week at hand."""

    def declare(view: View) -> View:
        view.access = verb  # type: ignore[attr-defined]
        return view

    return declare


def takes_files(longest: int | Callable[[], int]) -> Callable[[View], View]:
    """Declare that a view takes files: somebody who is signed in may send it so many bytes (asked when it comes)."""

    def declare(view: View) -> View:
        view.takes = longest  # type: ignore[attr-defined]
        return view

    return declare


class LanguagePath:
    """WSGI middleware: `/en/...` is the English face of `/...`; the language is in the path, never in a cookie."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self.app = app

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Move `/en` from PATH_INFO to SCRIPT_NAME."""
        path = environ.get("PATH_INFO", "")
        if path == "/en" or path.startswith("/en/"):
            environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + "/en"
            environ["PATH_INFO"] = path[3:] or "/"
        return self.app(environ, start_response)


def language() -> str:
    """Return the language of this request's path: `en` or `zh-CN`."""
    return "en" if request.script_root.endswith("/en") else "zh-CN"


def best(text: Bilingual) -> str:
    """Return a stored text in the page's language, else in the other."""
    return text.best(language())[0]


def language_url(wanted: str) -> str:
    """Return this page's address in another language."""
    query = f"?{request.query_string.decode('ascii', 'ignore')}" if request.query_string else ""
    return ("/en" if wanted == "en" else "") + request.path + query


def static_url(name: str) -> str:
    """Return the language-free address of a static file."""
    return f"{current_app.static_url_path}/{name}"
