"""Add the links of sessions."""

import sqlalchemy as sa
from alembic import op

revision = "20261125_1800"
down_revision = "20261125_1230"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "session_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("url", sa.String(length=1000), nullable=False),
        sa.Column("title_zh", sa.String(length=200), nullable=False),
        sa.Column("title_en", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name=op.f("fk_session_link_session_id_session"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_link")),
    )
    op.create_index(op.f("ix_session_link_session_id"), "session_link", ["session_id"])


def downgrade() -> None:
    """Take back."""
    op.drop_index(op.f("ix_session_link_session_id"), "session_link")
    op.drop_table("session_link")
