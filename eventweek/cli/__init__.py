"""Commands, one module per subject; each is imported when it is asked for."""

from eventweek.cli.frame import alembic_config, main

__all__ = ["alembic_config", "main"]
