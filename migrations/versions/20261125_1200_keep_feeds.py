"""Keep feeds."""

import sqlalchemy as sa
from alembic import op

import eventweek.kernel.db

revision = "20261125_1200"
down_revision = "20261125_1030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "feed_body",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("week_id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(length=12), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("rendering", sa.String(length=16), nullable=False),
        sa.Column("etag", sa.String(length=64), nullable=False),
        sa.Column("last_modified", eventweek.kernel.db.UtcDateTime(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("gzip", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["week_id"], ["week.id"], name=op.f("fk_feed_body_week_id_week"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_body")),
        sa.UniqueConstraint(
            "week_id", "scope", "code", "language", name=op.f("uq_feed_body_week_id_scope_code_language")
        ),
    )
    op.create_table(
        "feed_entry",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("week_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("entry", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["week_id"], ["week.id"], name=op.f("fk_feed_entry_week_id_week"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_feed_entry")),
    )
    with op.batch_alter_table("feed_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feed_entry_week_id"), ["week_id"], unique=False)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("feed_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_feed_entry_week_id"))

    op.drop_table("feed_entry")
    op.drop_table("feed_body")
