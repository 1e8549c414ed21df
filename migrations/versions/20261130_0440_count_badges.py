"""Count how often a badge was printed; a week says how large its badges are."""

import sqlalchemy as sa
from alembic import op

from eventweek.kernel.db import UtcDateTime

revision = "20261130_0440"
down_revision = "20261130_0430"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column and the table."""
    op.add_column("week", sa.Column("badge_sheet", sa.String(8), nullable=False, server_default="card"))
    op.create_table(
        "badge_print",
        sa.Column("week_id", sa.Integer(), nullable=False),
        sa.Column("pass_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("prints", sa.Integer(), nullable=False),
        sa.Column("last_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["week_id", "pass_id"],
            ["pass.week_id", "pass.id"],
            name=op.f("fk_badge_print_week_id_pass"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("pass_id", name=op.f("pk_badge_print")),
        sa.CheckConstraint("prints > 0", name=op.f("ck_badge_print_prints")),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("badge_print")
    op.drop_column("week", "badge_sheet")
