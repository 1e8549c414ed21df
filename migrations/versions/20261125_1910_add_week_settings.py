"""Add what organisers set of a week: its look, the official foot, default texts and deadlines as offsets."""

import sqlalchemy as sa
from alembic import op

revision = "20261125_1910"
down_revision = "20261125_1900"
branch_labels = None
depends_on = None

TEXTS = {
    "short_name_zh": 40,
    "short_name_en": 40,
    "accent": 7,
    "organiser_zh": 200,
    "organiser_en": 200,
    "phone": 60,
    "icp": 60,
    "police": 60,
    "identifier": 40,
    "confirmation_zh": 1000,
    "confirmation_en": 1000,
    "consent_zh": 1000,
    "consent_en": 1000,
}
NUMBERS = ("registration_opens_days", "registration_closes_min", "cancelling_ends_min")


def upgrade() -> None:
    """Add the columns."""
    for name, longest in TEXTS.items():
        op.add_column("week", sa.Column(name, sa.String(longest), nullable=False, server_default=""))
    for name in NUMBERS:
        op.add_column("week", sa.Column(name, sa.Integer(), nullable=True))


def downgrade() -> None:
    """Drop the columns."""
    for name in (*reversed(NUMBERS), *reversed(TEXTS)):
        op.drop_column("week", name)
