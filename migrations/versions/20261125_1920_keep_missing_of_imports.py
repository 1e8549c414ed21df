"""Let an import keep the sessions that its source no longer holds."""

import sqlalchemy as sa
from alembic import op

revision = "20261125_1920"
down_revision = "20261125_1910"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the choice."""
    op.add_column(
        "programme_import", sa.Column("keep_missing", sa.Boolean(), nullable=False, server_default=sa.false())
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_column("programme_import", "keep_missing")
