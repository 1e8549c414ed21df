"""Add the logo of a week."""

from alembic import op

revision = "20261126_1000"
down_revision = "20261126_1400"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    key = "CONSTRAINT fk_week_logo_id_picture REFERENCES picture (id)"  # in words, as in the migration before
    op.execute(f"ALTER TABLE week ADD COLUMN logo_id INTEGER {key}")


def downgrade() -> None:
    """Take back."""
    op.drop_column("week", "logo_id")
