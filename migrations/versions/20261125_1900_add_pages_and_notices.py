"""Add free pages and notices with their published copies."""

import sqlalchemy as sa
from alembic import op

from eventweek.kernel.db import UtcDateTime

revision = "20261125_1900"
down_revision = "20261125_1401"
branch_labels = None
depends_on = None

COPY = (
    ("published", sa.JSON()),
    ("published_text", sa.JSON()),
    ("first_published_at", UtcDateTime()),
    ("published_at", UtcDateTime()),
    ("withdrawn_at", UtcDateTime()),
    ("archived_at", UtcDateTime()),
)


def _texts() -> list[sa.Column]:
    words = [("title_zh", sa.String(120)), ("title_en", sa.String(120)), ("text_zh", sa.Text()), ("text_en", sa.Text())]
    return [sa.Column(name, own, nullable=False) for name, own in words] + [
        sa.Column(name, own, nullable=True) for name, own in COPY
    ]


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "page",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("week_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        *_texts(),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["week_id"], ["week.id"], name="fk_page_week_id_week", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_page"),
        sa.UniqueConstraint("week_id", "code", name="uq_page_week_id_code"),
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("week_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("source_key", sa.String(80), nullable=False),
        *_texts(),
        sa.Column("level", sa.String(12), nullable=False),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("shown_from", UtcDateTime(), nullable=True),
        sa.Column("shown_until", UtcDateTime(), nullable=True),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("venue_id", sa.Integer(), nullable=True),
        sa.Column("city_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["week_id"], ["week.id"], name="fk_notice_week_id_week", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["week_id", "session_id"],
            ["session.week_id", "session.id"],
            name="fk_notice_week_id_session_id_session",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name="fk_notice_venue_id_venue", ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name="fk_notice_city_id_city", ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name="pk_notice"),
        sa.UniqueConstraint("code", name="uq_notice_code"),
        sa.UniqueConstraint("week_id", "source_key", name="uq_notice_week_id_source_key"),
        sa.CheckConstraint(
            "(session_id IS NOT NULL AND venue_id IS NULL AND city_id IS NULL) "
            "OR (session_id IS NULL AND (venue_id IS NULL OR city_id IS NULL))",
            name="ck_notice_scope",
        ),
        sa.CheckConstraint("shown_from < shown_until", name="ck_notice_shown"),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("notice")
    op.drop_table("page")
