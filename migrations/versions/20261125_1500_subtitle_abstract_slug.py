"""Give sessions a subtitle, an abstract and a slug."""

import sqlalchemy as sa
from alembic import op

revision = "20261125_1500"
down_revision = "20261125_2100"
branch_labels = None
depends_on = None

COLUMNS = {
    "slug": sa.String(120),
    "subtitle_zh": sa.String(255),
    "subtitle_en": sa.String(255),
    "abstract_zh": sa.Text(),
    "abstract_en": sa.Text(),
}


def upgrade() -> None:
    """Add the columns; the empty text stands for rows that are there already."""
    for name, type_ in COLUMNS.items():
        op.add_column("session", sa.Column(name, type_, nullable=False, server_default=""))


def downgrade() -> None:
    """Drop the columns."""
    for name in reversed(COLUMNS):
        op.drop_column("session", name)
