"""Commands, one module per subject."""

from eventweek.cli import demo, programme, serve
from eventweek.cli.frame import alembic_config, main

__all__ = ["alembic_config", "demo", "main", "programme", "serve"]
