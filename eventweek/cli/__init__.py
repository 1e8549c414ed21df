"""Commands, one module per subject."""

from eventweek.cli import accounts, demo, editions, plan, plan_explain, plan_week, programme, serve, verify
from eventweek.cli.frame import alembic_config, main

__all__ = [
    "accounts",
    "alembic_config",
    "demo",
    "editions",
    "main",
    "plan",
    "plan_explain",
    "plan_week",
    "programme",
    "serve",
    "verify",
]
