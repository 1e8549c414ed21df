"""Add the files beside sessions."""

import sqlalchemy as sa
from alembic import op

from eventweek.kernel.db import FileDigest, UtcDateTime

revision = "20261126_1001"
down_revision = "20261126_1300"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("sha256", FileDigest(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("uploaded_by", sa.String(length=120), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sa.UniqueConstraint("code", name=op.f("uq_attachment_code")),
    )
    op.create_index(op.f("ix_attachment_sha256"), "attachment", ["sha256"])
    op.create_table(
        "session_attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("title_zh", sa.String(length=200), nullable=False),
        sa.Column("title_en", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["attachment.id"], name=op.f("fk_session_attachment_file_id_attachment")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name=op.f("fk_session_attachment_session_id_session"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_attachment")),
    )
    op.create_index(op.f("ix_session_attachment_session_id"), "session_attachment", ["session_id"])


def downgrade() -> None:
    """Take back."""
    op.drop_index(op.f("ix_session_attachment_session_id"), "session_attachment")
    op.drop_table("session_attachment")
    op.drop_index(op.f("ix_attachment_sha256"), "attachment")
    op.drop_table("attachment")
