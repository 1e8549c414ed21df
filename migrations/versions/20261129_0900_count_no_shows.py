"""Count no-shows: the rule of a week that wants it, who has a strike, and every step of one."""

import sqlalchemy as sa
from alembic import op

from eventweek.kernel.db import UtcDateTime

revision = "20261129_0900"
down_revision = "20261129_0920"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "strike_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("week_id", sa.Integer(), nullable=False),
        sa.Column("misses", sa.Integer(), nullable=False),
        sa.Column("effect", sa.String(8), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("misses BETWEEN 1 AND 10", name=op.f("ck_strike_rule_misses")),
        sa.ForeignKeyConstraint(["week_id"], ["week.id"], name=op.f("fk_strike_rule_week_id_week"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_strike_rule")),
        sa.UniqueConstraint("week_id", name=op.f("uq_strike_rule_week_id")),
    )
    op.create_table(
        "strike",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("given_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_strike_registration_id_registration"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_strike")),
        sa.UniqueConstraint("code", name=op.f("uq_strike_code")),
        sa.UniqueConstraint("registration_id", name=op.f("uq_strike_registration_id")),
    )
    op.create_index(op.f("ix_strike_state"), "strike", ["state"])
    op.create_table(
        "strike_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("strike_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("to_state", sa.String(8), nullable=False),
        sa.Column("actor", sa.String(120), nullable=False),
        sa.Column("reason", sa.String(12), nullable=False),
        sa.Column("words", sa.String(500), nullable=False),
        sa.ForeignKeyConstraint(
            ["strike_id"], ["strike.id"], name=op.f("fk_strike_step_strike_id_strike"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_strike_step")),
    )
    op.create_index(op.f("ix_strike_step_strike_id"), "strike_step", ["strike_id"])


def downgrade() -> None:
    """Take them away."""
    for name in ("strike_step", "strike", "strike_rule"):
        op.drop_table(name)
