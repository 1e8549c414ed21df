"""Find what changed since a time, for programs that keep a copy."""

from alembic import op

revision = "20261126_1400"
down_revision = "20261125_1810"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index."""
    op.create_index("ix_revision_subject_at", "revision", ["subject", "at"])


def downgrade() -> None:
    """Take it away."""
    op.drop_index("ix_revision_subject_at", "revision")
