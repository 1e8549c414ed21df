"""eventweek: plan, publish, fill and open a province's innovation week."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Flask

    from eventweek.config import Config

# What an application needs is imported by those who make one: the planner is a library that needs none of it.


def create_app(config: "Config | None" = None, *, doors: bool = True) -> "Flask":
    """Build the application from `config` (default: the environment).

    `doors`: with pages and API; a command that answers no request begins half a second sooner without them.
    """
    from flask import Flask

    from eventweek import web
    from eventweek.api import v1 as api
    from eventweek.config import from_env
    from eventweek.kernel.db import db, engine_options

    config = config or from_env()
    config.var.mkdir(parents=True, exist_ok=True)
    app = Flask(__name__, template_folder="../templates", static_folder="../static")
    app.config.update(
        SECRET_KEY=config.secret_key,
        SQLALCHEMY_DATABASE_URI=config.database,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(config.database),
        MAX_CONTENT_LENGTH=1024 * 1024,
        MAX_FORM_MEMORY_SIZE=256 * 1024,
        TRUSTED_HOSTS=web.trusted_hosts(config.base_url),
    )
    app.extensions["eventweek"] = config
    install(config)
    db.init_app(app)
    web.init_languages(app)
    if doors:
        web.init_app(app)
        api.init_app(app)
        app.register_error_handler(Exception, _answer)
    return app


def install(config: "Config") -> None:
    """Set what a process has once: its keys, the folder of its files, its counts of requests, its garbage collector."""
    from eventweek.kernel import files, keys
    from eventweek.kernel.limits import init_limits
    from eventweek.kernel.memory import collect_rarely

    collect_rarely()
    keys.install(keys.Keys(config.pass_keys, config.contact_key, config.identity_keys))
    files.install(config.var / "files")
    init_limits(config.redis_url)


def _answer(error: Exception) -> Any:
    """Answer an error as the door speaks: problems under /api, pages elsewhere."""
    from flask import request

    from eventweek import web
    from eventweek.api import v1 as api

    return (api if request.path.startswith("/api/") else web).answer(error)
