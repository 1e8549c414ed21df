"""Add pictures, the columns that name them, and the files that are public."""

import sqlalchemy as sa
from alembic import op

from eventweek.kernel.db import FileDigest, UtcDateTime

revision = "20261125_1810"
down_revision = "20261126_1100"
branch_labels = None
depends_on = None

SHOWN = (
    ("venue", "photo"),
    ("venue", "floor_plan"),
    ("organisation", "logo"),
    ("person", "portrait"),
    ("session", "poster"),
)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "picture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("alt_zh", sa.String(length=300), nullable=False),
        sa.Column("alt_en", sa.String(length=300), nullable=False),
        sa.Column("credit", sa.String(length=200), nullable=False),
        sa.Column("uploaded_by", sa.String(length=120), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_picture")),
        sa.UniqueConstraint("code", name=op.f("uq_picture_code")),
    )
    op.create_table(
        "picture_rendition",
        sa.Column("picture_id", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("sha256", FileDigest(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["picture_id"], ["picture.id"], name=op.f("fk_picture_rendition_picture_id_picture"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("picture_id", "width", name=op.f("pk_picture_rendition")),
    )
    op.create_index(op.f("ix_picture_rendition_sha256"), "picture_rendition", ["sha256"])
    op.create_table(
        "published_file",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("sha256", FileDigest(), nullable=False),
        sa.Column("content_type", sa.String(length=100), nullable=False),
        sa.Column("title", sa.String(length=240), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name=op.f("fk_published_file_session_id_session"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("session_id", "name", name=op.f("pk_published_file")),
    )
    op.create_index(op.f("ix_published_file_name"), "published_file", ["name"])
    for table, name in SHOWN:  # in words: batch mode would drop the table, and with it what hangs on its rows
        key = f"CONSTRAINT fk_{table}_{name}_id_picture REFERENCES picture (id)"
        op.execute(f"ALTER TABLE {table} ADD COLUMN {name}_id INTEGER {key}")


def downgrade() -> None:
    """Take back."""
    for table, name in reversed(SHOWN):
        op.drop_column(table, f"{name}_id")
    op.drop_index(op.f("ix_published_file_name"), "published_file")
    op.drop_table("published_file")
    op.drop_index(op.f("ix_picture_rendition_sha256"), "picture_rendition")
    op.drop_table("picture_rendition")
    op.drop_table("picture")
