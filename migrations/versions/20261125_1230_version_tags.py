"""Give tags a version and let tag sets be archived."""

import sqlalchemy as sa
from alembic import op

from eventweek.kernel.db import UtcDateTime

revision = "20261125_1230"
down_revision = "20261125_1100"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    op.add_column("tag", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("tag_set", sa.Column("archived_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    """Drop the columns."""
    op.drop_column("tag_set", "archived_at")
    op.drop_column("tag", "version")
