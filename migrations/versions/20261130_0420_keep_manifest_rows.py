"""Keep each row of a manifest with the number of its last change, instead of a log of changes."""

import sqlalchemy as sa
from alembic import op

revision = "20261130_0420"
down_revision = "20261130_0320"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Put the rows in the place of the changes."""
    op.drop_table("manifest_delta")
    op.add_column("manifest", sa.Column("stamp", sa.String(200), nullable=False, server_default=""))
    op.create_table(
        "manifest_row",
        sa.Column("week_id", sa.Integer(), nullable=False),
        sa.Column("manifest_id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(16), nullable=False),
        sa.Column("row", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        _owner("manifest_row"),
        sa.PrimaryKeyConstraint("manifest_id", "token", name=op.f("pk_manifest_row")),
    )
    op.create_index(op.f("ix_manifest_row_manifest_id_seq"), "manifest_row", ["manifest_id", "seq"])


def downgrade() -> None:
    """Put the log back, empty: devices ask for all of it."""
    op.drop_table("manifest_row")
    op.drop_column("manifest", "stamp")
    op.create_table(
        "manifest_delta",
        sa.Column("week_id", sa.Integer(), nullable=False),
        sa.Column("manifest_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("op", sa.String(length=4), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("row", sa.JSON(), nullable=False),
        _owner("manifest_delta"),
        sa.PrimaryKeyConstraint("manifest_id", "seq", name=op.f("pk_manifest_delta")),
    )


def _owner(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_week_id_manifest_id_manifest")
    columns = ["week_id", "manifest_id"], ["manifest.week_id", "manifest.id"]
    return sa.ForeignKeyConstraint(*columns, name=name, ondelete="CASCADE")
