"""Decide on overbooking: what was proposed from the measured show-up, and what the organiser said."""

import sqlalchemy as sa
from alembic import op

from eventweek.kernel.db import UtcDateTime

revision = "20261129_0320"
down_revision = "20261129_0310"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table of decisions."""
    op.create_table(
        "overbook_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("week_id", sa.Integer(), nullable=False),
        sa.Column("offering_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(120), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("registered", sa.Integer(), nullable=False),
        sa.Column("came", sa.Integer(), nullable=False),
        sa.Column("proposed", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.CheckConstraint(
            "proposed > 0 AND came >= 0 AND registered >= came", name=op.f("ck_overbook_decision_counts")
        ),
        sa.ForeignKeyConstraint(
            ["week_id", "offering_id"],
            ["offering.week_id", "offering.id"],
            name=op.f("fk_overbook_decision_week_id_offering"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_overbook_decision")),
    )
    op.create_index(op.f("ix_overbook_decision_offering_id"), "overbook_decision", ["offering_id"])


def downgrade() -> None:
    """Take it away."""
    op.drop_table("overbook_decision")
