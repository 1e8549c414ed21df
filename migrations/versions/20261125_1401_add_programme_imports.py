"""Keep what is brought into a week from files."""

import sqlalchemy as sa
from alembic import op

from eventweek.kernel.db import UtcDateTime

revision = "20261125_1401"
down_revision = "20261125_1610"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "programme_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("week_id", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(120), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("file", sa.String(64), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("outcome", sa.JSON(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_programme_import"),
        sa.UniqueConstraint("code", name="uq_programme_import_code"),
        sa.ForeignKeyConstraint(["week_id"], ["week.id"], name="fk_programme_import_week_id_week", ondelete="CASCADE"),
    )
    op.create_index("ix_programme_import_week_id", "programme_import", ["week_id"])
    op.create_index(
        "uq_programme_import_waiting",
        "programme_import",
        ["week_id"],
        unique=True,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("programme_import")
