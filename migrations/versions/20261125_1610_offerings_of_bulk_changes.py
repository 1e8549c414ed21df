"""Let a bulk change hold what happens to offerings."""

import sqlalchemy as sa
from alembic import op

revision = "20261125_1610"
down_revision = "20261125_1600"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("bulk_change") as table:
        table.add_column(sa.Column("offerings", sa.JSON(), nullable=True))
    op.execute("UPDATE bulk_change SET offerings = '[]'")
    with op.batch_alter_table("bulk_change") as table:
        table.alter_column("offerings", existing_type=sa.JSON(), nullable=False)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("bulk_change") as table:
        table.drop_column("offerings")
