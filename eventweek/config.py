"""Settings: the only module that reads the environment."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


class ConfigError(Exception):
    """A setting is missing or malformed; the text names it and the cure."""


@dataclass(frozen=True)
class Config:
    """Everything an installation can set; docs/settings.md lists each field."""

    production: bool = False
    """EVENTWEEK_PRODUCTION: 1 refuses to start on a missing secret and never loads the demo."""
    var: Path = Path("var")
    """EVENTWEEK_VAR: folder of the database, files and generated secrets."""
    database_url: str = ""
    """EVENTWEEK_DATABASE_URL: SQLAlchemy address; empty = SQLite under `var`."""
    base_url: str = "http://127.0.0.1:8000"
    """EVENTWEEK_BASE_URL: scheme and host of every link we write; never taken from a request."""
    secret_key: str = ""
    """EVENTWEEK_SECRET_KEY: signs cookies; generated under `var` outside production."""

    @property
    def database(self) -> str:
        """Return the SQLAlchemy address in use."""
        return self.database_url or f"sqlite:///{(self.var / 'eventweek.db').resolve()}"


def from_env(env: Mapping[str, str] | None = None, address: str = Config.base_url) -> Config:
    """Read the settings from the environment; `address` stands where no base address is set.

    Raises: ConfigError when production lacks a secret or the base address is not http(s).
    """
    env = os.environ if env is None else env
    production = env.get("EVENTWEEK_PRODUCTION", "") == "1"
    var = Path(env.get("EVENTWEEK_VAR", "var"))
    base_url = env.get("EVENTWEEK_BASE_URL", address).rstrip("/")
    if not base_url.startswith(("http://", "https://")):
        raise ConfigError("EVENTWEEK_BASE_URL must start with http:// or https://")
    secret = env.get("EVENTWEEK_SECRET_KEY", "")
    if production and len(secret) < 32:
        raise ConfigError("EVENTWEEK_SECRET_KEY must be set to at least 32 characters in production")
    return Config(production, var, env.get("EVENTWEEK_DATABASE_URL", ""), base_url, secret or _kept_secret(var))


def _kept_secret(var: Path) -> str:
    path = var / "secret_key"
    if not path.exists():
        var.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text().strip()
