"""The web door's frame: language by path, headers, error pages, access on every view."""

from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, make_response, redirect, render_template, request, url_for
from flask_babel import Babel
from flask_babel import gettext as _
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.middleware.proxy_fix import ProxyFix

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import can
from eventweek.kernel.errors import Refusal
from eventweek.language import sentence
from eventweek.language.status import status_of
from eventweek.web import account, desk, gate, public
from eventweek.web.account.onward import onward
from eventweek.web.actor import current_actor, init_actor
from eventweek.web.frame import LanguagePath, best, language, language_url, static_url
from eventweek.web.rendering import Templates, say
from eventweek.web.session import init_session
from eventweek.web.trace import init_trace

DOORS = (public, account, desk, gate)
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def trusted_hosts(base_url: str) -> list[str]:
    """Return the hosts that a request may name: the configured one and loopback."""
    return [urlsplit(base_url).hostname or "", "127.0.0.1", "localhost"]


def init_languages(app: Flask) -> None:
    """Let sentences be told in the language of the request, Chinese where there is none."""
    app.jinja_environment = Templates
    Babel(app, default_locale="zh_Hans_CN", locale_selector=lambda: "en" if language() == "en" else "zh_Hans_CN")
    app.jinja_env.globals["_"] = say


def init_app(app: Flask) -> None:
    """Hang doors, guards, headers and error pages on the application."""
    app.wsgi_app = LanguagePath(app.wsgi_app)  # type: ignore[method-assign]
    if app.extensions["eventweek"].proxies:
        count = app.extensions["eventweek"].proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count)  # type: ignore[method-assign]
    init_trace(app)
    app.before_request(_let_files_in)  # before the guard of forms, which reads the whole request
    csrf = CSRFProtect(app)
    init_session(app, app.extensions["eventweek"].base_url)
    init_actor(app)
    csrf.exempt("eventweek.web.public.basket.pick")  # it asks for the origin
    for door in DOORS:
        app.register_blueprint(door.blueprint)
    app.register_blueprint(public.own_blueprint)
    app.register_blueprint(public.speaker_blueprint)
    app.before_request(_guard)
    app.after_request(_headers)
    app.jinja_env.filters["best"] = best
    app.jinja_env.globals.update(language=language, language_url=language_url, static_url=static_url)


def answer(error: Exception) -> Any:
    """Answer an error as a page; an unknown one is logged under the request's id."""
    if isinstance(error, HTTPException):
        return _http_error(error)
    return _refusal(error) if isinstance(error, Refusal) else _fault(error)


def _guard() -> Any:
    parts = (request.view_args or {}).items()
    if not all(str(part).isprintable() for name, part in parts if name != "token"):
        abort(404)  # PostgreSQL takes no NUL, and no code of ours holds such characters; views parse tokens themselves
    if not request.endpoint or request.endpoint == "static":
        return None
    access = getattr(current_app.view_functions[request.endpoint], "access", None)
    if access is None:
        raise RuntimeError(f"{request.endpoint} declares no access")
    return None if access in ("anybody", "key") else _staff_only(access)  # a key is the API's to ask for


def _let_files_in() -> None:
    """Take more bytes than usual where the view declares it, from who is signed in, opened a link or picked."""
    longest = getattr(current_app.view_functions.get(request.endpoint or ""), "takes", 0)
    if longest and request.method == "POST" and (current_actor() or public.is_known() or public.holds_link()):
        request.max_content_length = longest() if callable(longest) else longest


def _staff_only(access: Verb | str) -> Any:
    actor = current_actor()
    if actor is None:
        return _to_sign_in()
    if isinstance(access, Verb) and not can(actor, access):
        raise Refusal("permission.denied", verb=str(access))
    return None


def _to_sign_in() -> Any:
    """Lead to the sign-in page and back here; after a form, back to the page that held it."""
    back = request.script_root + request.full_path.rstrip("?")
    if request.method not in {"GET", "HEAD", "OPTIONS"}:
        page = urlsplit(request.referrer or "")
        back = page.path if page.netloc == request.host else ""
    return redirect(url_for("account.sign_in", next=onward(back) or None), 303)


def _headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _page(status: int, title: str, cure: str) -> tuple[str, int]:
    return render_template("shared/error.html", title=title, cure=cure, request_id=g.get("request_id", "")), status


def _http_error(error: HTTPException) -> Any:
    if error.response is not None or (error.code or 500) < 400:
        return error
    if isinstance(error, SecurityError):
        return Response("This host is not ours.\n", 400, mimetype="text/plain")
    if isinstance(error, CSRFError):
        return _page(400, _("这一页放得太久"), _("回到上一页，刷新后再提交一次。"))
    if error.code == 404:
        return _page(404, _("没有这个页面"), _("地址可能写错了，或这场活动已取消。看日程，或搜索。"))
    if error.code == 413:
        return _page(413, _("内容太大"), _("一次最多 %(n)s MB。减小后再发。", n=_megabytes()))
    return _page(error.code or 500, _("这个请求办不了"), _("回到首页重新开始。"))


def _megabytes() -> int:
    return (request.max_content_length or 0) // (1024 * 1024)


def _refusal(error: Refusal) -> Any:
    status = status_of(error.code)
    title = {403: _("这里你还进不去"), 429: _("慢一点")}.get(status, _("这个请求办不了"))
    title = _("这一处归别人管") if error.code.startswith("reach.") else title
    response = make_response(_page(status, title, sentence(error)))
    if status == 429:
        response.headers["Retry-After"] = str(error.facts["seconds"])
    return response


def _fault(error: Exception) -> tuple[str, int]:
    current_app.logger.exception("fault %s", g.get("request_id", ""))
    return _page(500, _("这里出了故障"), _("已经记下。过一会儿再试，或把下面的编号告诉工作人员。"))
