"""Forget the words of a kind of message that is not sent: a pass is found again by a one-time code."""

import sqlalchemy as sa
from alembic import op

revision = "20261129_0330"
down_revision = "20261129_0320"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Delete what a week had written for it."""
    texts = sa.table("message_text", sa.column("kind", sa.String))
    op.execute(texts.delete().where(texts.c.kind == "link"))


def downgrade() -> None:
    """Leave the usual words to stand; what a week had written was never sent."""
