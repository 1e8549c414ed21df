"""Settings: the only module that reads the environment."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

LOOPBACK = ("127.0.0.1", "localhost", "::1")


class ConfigError(Exception):
    """A setting is missing or malformed; the text names it and the cure."""


@dataclass(frozen=True)
class Site:
    """What the foot of every public page says of the site; each line is shown only if set."""

    host: str = ""
    """EVENTWEEK_SITE_HOST: 主办; empty = the host of the week."""
    organiser: str = ""
    """EVENTWEEK_SITE_ORGANISER: 承办."""
    phone: str = ""
    """EVENTWEEK_SITE_PHONE: 联系电话."""
    icp: str = ""
    """EVENTWEEK_SITE_ICP: ICP备案号."""
    police: str = ""
    """EVENTWEEK_SITE_POLICE: 公安备案号."""
    identifier: str = ""
    """EVENTWEEK_SITE_IDENTIFIER: 网站标识码."""
    accessibility: str = ""
    """EVENTWEEK_SITE_ACCESSIBILITY: address of the 无障碍 statement; empty = our own page."""
    privacy: str = ""
    """EVENTWEEK_SITE_PRIVACY: address of the 隐私政策; empty = our own page."""


@dataclass(frozen=True)
class Gateway:
    """A provider of short messages; docs/channels.md says what it is asked."""

    url: str = ""
    """EVENTWEEK_SMS_URL, EVENTWEEK_WECHAT_URL: where it takes messages; its host must be one of the allowed."""
    key_id: str = ""
    """EVENTWEEK_SMS_KEY_ID, EVENTWEEK_WECHAT_KEY_ID: who we are there."""
    secret: str = field(default="", repr=False)
    """EVENTWEEK_SMS_SECRET, EVENTWEEK_WECHAT_SECRET: signs each message, 16 characters or more."""


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
    redis_url: str = ""
    """EVENTWEEK_REDIS_URL: carries jobs and counts for several processes; empty = a file under `var` and memory."""
    smtp_url: str = ""
    """EVENTWEEK_SMTP_URL: where mail goes out, `smtp://`, `smtp+starttls://`, `smtps://`; empty = files under `var`."""
    mail_from: str = "eventweek@localhost"
    """EVENTWEEK_MAIL_FROM: sender of every message."""
    mail_receipt_secret: str = field(default="", repr=False)
    """EVENTWEEK_MAIL_RECEIPT_SECRET: signs what a mail gateway tells of bounces; empty = nobody may tell."""
    sms: Gateway = Gateway()
    """EVENTWEEK_SMS_...: who carries SMS, see `Gateway`; empty = none in production, files under `var` elsewhere."""
    sms_sign: str = ""
    """EVENTWEEK_SMS_SIGN: the approved 签名 of every SMS, without brackets."""
    wechat: Gateway = Gateway()
    """EVENTWEEK_WECHAT_...: who carries WeChat subscription messages, see `Gateway`; likewise."""
    wechat_app_id: str = ""
    """EVENTWEEK_WECHAT_APP_ID: the service account whose one-time subscriptions people can agree to; empty = none."""
    channel_hosts: tuple[str, ...] = ()
    """EVENTWEEK_CHANNEL_HOSTS: `host,host`, the only ones that short messages are posted to."""
    proxies: int = 0
    """EVENTWEEK_PROXIES: how many proxies of ours stand in front; only their X-Forwarded-* entries are believed."""
    site: Site = Site()
    """EVENTWEEK_SITE_...: the foot of the public pages, see `Site`."""
    upload_mb: int = 20
    """EVENTWEEK_UPLOAD_MB: how large a file beside a session may be, in MB (1 to 200)."""
    pass_keys: tuple[tuple[str, bytes], ...] = ()
    """EVENTWEEK_PASS_KEYS: `id:hex,id:hex`, 32 bytes or more each; the last one signs new passes."""
    contact_key: bytes = b""
    """EVENTWEEK_CONTACT_KEY: hex, 32 bytes or more; hashes phones, e-mails and identity numbers to compare them."""
    identity_keys: tuple[tuple[str, bytes], ...] = ()
    """EVENTWEEK_IDENTITY_KEYS: `id:hex,id:hex`, 32 bytes or more each; the last one seals new identity numbers."""

    @property
    def database(self) -> str:
        """Return the SQLAlchemy address in use."""
        return self.database_url or f"sqlite:///{(self.var / 'eventweek.db').resolve()}"


def from_env(env: Mapping[str, str] | None = None, address: str = Config.base_url) -> Config:
    """Read the settings from the environment; `address` stands where no base address is set.

    Raises: ConfigError when production lacks a secret or https, or an address is malformed.
    """
    env = os.environ if env is None else env
    production = env.get("EVENTWEEK_PRODUCTION", "") == "1"
    var = Path(env.get("EVENTWEEK_VAR", "var"))
    base_url = env.get("EVENTWEEK_BASE_URL", address).rstrip("/")
    secret = env.get("EVENTWEEK_SECRET_KEY", "")
    _check_base(base_url, production)
    if production and len(secret) < 32:
        raise ConfigError("EVENTWEEK_SECRET_KEY must be set to at least 32 characters in production")
    return Config(
        production=production,
        var=var,
        database_url=env.get("EVENTWEEK_DATABASE_URL", ""),
        base_url=base_url,
        secret_key=secret or _kept_secret(var, "secret_key", secrets.token_urlsafe(48)),
        redis_url=_with_scheme(env, "EVENTWEEK_REDIS_URL", ("redis://", "rediss://", "unix://")),
        smtp_url=_with_scheme(env, "EVENTWEEK_SMTP_URL", ("smtp://", "smtp+starttls://", "smtps://")),
        mail_from=env.get("EVENTWEEK_MAIL_FROM", Config.mail_from),
        mail_receipt_secret=env.get("EVENTWEEK_MAIL_RECEIPT_SECRET", ""),
        sms=_gateway(env, "SMS"),
        sms_sign=env.get("EVENTWEEK_SMS_SIGN", "").strip("【】 "),
        wechat=_gateway(env, "WECHAT"),
        wechat_app_id=env.get("EVENTWEEK_WECHAT_APP_ID", ""),
        channel_hosts=_hosts(env),
        proxies=_number(env, "EVENTWEEK_PROXIES", 0, 9, Config.proxies),
        upload_mb=_number(env, "EVENTWEEK_UPLOAD_MB", 1, 200, Config.upload_mb),
        site=_site(env),
        **_keys(env, var, production),
    )


def _keys(env: Mapping[str, str], var: Path, production: bool) -> dict[str, Any]:
    """Read the keys of passes, contacts and identity numbers; outside production missing ones are made and kept."""
    names = {name: f"EVENTWEEK_{name.upper()}" for name in ("pass_keys", "contact_key", "identity_keys")}
    given = {name: env.get(setting, "") for name, setting in names.items()}
    if production and not all(given.values()):
        raise ConfigError(f"{', '.join(names.values())} must be set in production")
    fresh = {"contact_key": secrets.token_hex(32)}
    kept = {n: text or _kept_secret(var, n, fresh.get(n, f"1:{secrets.token_hex(32)}")) for n, text in given.items()}
    read = {"contact_key": _key_bytes}
    return {n: read.get(n, _keys_by_id)(names[n], text) for n, text in kept.items()}


def _check_base(base_url: str, production: bool) -> None:
    if not base_url.startswith(("http://", "https://")):
        raise ConfigError("EVENTWEEK_BASE_URL must start with http:// or https://")
    if production and base_url.startswith("http://") and urlsplit(base_url).hostname not in LOOPBACK:
        raise ConfigError("EVENTWEEK_BASE_URL must start with https:// in production: cookies need it")


def _with_scheme(env: Mapping[str, str], name: str, schemes: tuple[str, ...]) -> str:
    value = env.get(name, "")
    if value and not value.startswith(schemes):
        raise ConfigError(f"{name} must start with {' or '.join(schemes)}")
    return value


def _number(env: Mapping[str, str], name: str, least: int, most: int, usual: int) -> int:
    value = env.get(name, str(usual))
    if not (value.isascii() and value.isdigit() and least <= int(value) <= most):
        raise ConfigError(f"{name} must be a number from {least} to {most}")
    return int(value)


def _gateway(env: Mapping[str, str], name: str) -> Gateway:
    """Read a provider; a message with a person's number goes to an allowed host, over https, and signed."""
    prefix = f"EVENTWEEK_{name}"
    own = Gateway(*(env.get(f"{prefix}_{part}", "") for part in ("URL", "KEY_ID", "SECRET")))
    if not own.url:
        return own
    parts = urlsplit(own.url)
    if parts.scheme not in ("http", "https") or (parts.scheme == "http" and parts.hostname not in LOOPBACK):
        raise ConfigError(f"{prefix}_URL must start with https://")
    if parts.hostname not in _hosts(env):
        raise ConfigError(f"{prefix}_URL: name its host in EVENTWEEK_CHANNEL_HOSTS")
    if len(own.secret) < 16:
        raise ConfigError(f"{prefix}_SECRET must be set to at least 16 characters")
    return own


def _hosts(env: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(host.strip().lower() for host in env.get("EVENTWEEK_CHANNEL_HOSTS", "").split(",") if host.strip())


def _site(env: Mapping[str, str]) -> Site:
    values = {f.name: env.get(f"EVENTWEEK_SITE_{f.name.upper()}", "").strip() for f in fields(Site)}
    for name in ("accessibility", "privacy"):
        if values[name] and not values[name].startswith(("https://", "http://", "/")):
            raise ConfigError(
                f"EVENTWEEK_SITE_{name.upper()} must be an address that starts with https://, http:// or /"
            )
    return Site(**values)


def _keys_by_id(setting: str, text: str) -> tuple[tuple[str, bytes], ...]:
    pairs = [part.strip().partition(":") for part in text.split(",")]
    if len({name for name, _, _ in pairs}) < len(pairs) or not all(0 < len(name) <= 16 for name, _, _ in pairs):
        raise ConfigError(f"{setting} must be id:hex,id:hex with ids of 1 to 16 characters, each once")
    return tuple((name, _key_bytes(setting, key)) for name, _, key in pairs)


def _key_bytes(setting: str, text: str) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) < 32:
        raise ConfigError(f"{setting} must hold keys of at least 64 hexadecimal digits (32 bytes)")
    return key


def _kept_secret(var: Path, name: str, fresh: str) -> str:
    path = var / name
    if not path.exists():
        var.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(fresh)
    return path.read_text().strip()
