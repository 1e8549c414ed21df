"""Keep what is printed: what was ordered, how far it is, the file that came of it."""

import sqlalchemy as sa
from alembic import op

from eventweek.kernel.db import FileDigest, UtcDateTime

revision = "20261130_0310"
down_revision = "20261130_0300"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; a book for everybody is made once for each release and language."""
    op.create_table(
        "print_job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("week_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(20), nullable=True),
        sa.Column("paper", sa.String(8), nullable=False),
        sa.Column("sheet", sa.String(8), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("draft", sa.Boolean(), nullable=False),
        sa.Column("part", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("step", sa.String(8), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("release", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("file", FileDigest(), nullable=True),
        sa.Column("failure", sa.String(40), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("actor", sa.String(120), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("(state IN ('done', 'failed')) = (done_at IS NOT NULL)", name=op.f("ck_print_job_ended")),
        sa.CheckConstraint("(state = 'done') = (file IS NOT NULL)", name=op.f("ck_print_job_filed")),
        sa.ForeignKeyConstraint(["week_id"], ["week.id"], name=op.f("fk_print_job_week_id_week"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_job")),
        sa.UniqueConstraint("code", name=op.f("uq_print_job_code")),
        sa.UniqueConstraint("week_id", "key", name=op.f("uq_print_job_week_id_key")),
    )
    op.create_index(op.f("ix_print_job_week_id_made_at"), "print_job", ["week_id", "made_at"])


def downgrade() -> None:
    """Take it away; the files go with the sweep."""
    op.drop_table("print_job")
