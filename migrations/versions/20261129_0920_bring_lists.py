"""Bring lists: what organisers upload to register many people, and where those agreed."""

import sqlalchemy as sa
from alembic import op

from eventweek.kernel.db import UtcDateTime

revision = "20261129_0920"
down_revision = "20261129_0300"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table of lists, and the origin of a consent."""
    op.create_table(
        "roster",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("week_id", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(120), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("file", sa.String(64), nullable=True),
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("consent_from", sa.String(12), nullable=False),
        sa.Column("consent_note", sa.String(200), nullable=False),
        sa.Column("send", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("outcome", sa.JSON(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["week_id"], ["week.id"], name=op.f("fk_roster_week_id_week"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster")),
        sa.UniqueConstraint("code", name=op.f("uq_roster_code")),
    )
    op.create_index(op.f("ix_roster_week_id"), "roster", ["week_id"])
    waiting = sa.text("state = 'waiting'")
    op.create_index(
        "uq_roster_waiting", "roster", ["week_id"], unique=True, sqlite_where=waiting, postgresql_where=waiting
    )
    op.add_column("consent", sa.Column("origin", sa.String(200), nullable=False, server_default=""))
    with op.batch_alter_table("consent") as table:
        table.alter_column("origin", server_default=None)


def downgrade() -> None:
    """Take them away."""
    with op.batch_alter_table("consent") as table:
        table.drop_column("origin")
    op.drop_table("roster")
