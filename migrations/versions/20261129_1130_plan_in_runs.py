"""Keep the planner's runs: what was asked, how far each is, what came of it."""

import sqlalchemy as sa
from alembic import op

from eventweek.kernel.db import FileDigest, UtcDateTime

revision = "20261129_1130"
down_revision = "20261129_1100"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; one run of a week is open."""
    op.create_table(
        "planner_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("week_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("plan", sa.String(16), nullable=False),
        sa.Column("base", sa.String(80), nullable=False),
        sa.Column("mode", sa.String(8), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("stopping", sa.Boolean(), nullable=False),
        sa.Column("problem", FileDigest(), nullable=True),
        sa.Column("solution", FileDigest(), nullable=True),
        sa.Column("account", FileDigest(), nullable=True),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("curve", sa.JSON(), nullable=False),
        sa.Column("failure", sa.String(40), nullable=False),
        sa.Column("faults", sa.JSON(), nullable=False),
        sa.Column("actor", sa.String(120), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("scenario", sa.String(16), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("alive_until", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("seconds > 0", name=op.f("ck_planner_run_seconds")),
        sa.CheckConstraint(
            "(state IN ('done', 'stopped', 'failed')) = (ended_at IS NOT NULL)", name=op.f("ck_planner_run_ended")
        ),
        sa.ForeignKeyConstraint(["week_id"], ["week.id"], name=op.f("fk_planner_run_week_id_week"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planner_run")),
        sa.UniqueConstraint("code", name=op.f("uq_planner_run_code")),
        sa.UniqueConstraint("week_id", "number", name=op.f("uq_planner_run_week_id_number")),
    )
    op.create_index(
        "uq_planner_run_open",
        "planner_run",
        ["week_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('waiting', 'running')"),
        postgresql_where=sa.text("state IN ('waiting', 'running')"),
    )


def downgrade() -> None:
    """Take it away; scenarios that came of runs stay."""
    op.drop_table("planner_run")
