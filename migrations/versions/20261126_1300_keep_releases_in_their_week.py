"""Let the database refuse a published copy of another week than its release's, and a consent to another week's text."""

import sqlalchemy as sa
from alembic import op

revision = "20261126_1300"
down_revision = "20261126_1000"
branch_labels = None
depends_on = None

RELEASE, SESSION = "fk_release_item_release_id_release", "fk_release_item_session_id_session"
OF_RELEASE, OF_SESSION = "fk_release_item_week_id_release_id_release", "fk_release_item_week_id_session_id_session"
TEXT, OF_TEXT = "fk_speaker_consent_text_id_consent_text", "fk_speaker_consent_week_id_text_id_consent_text"
ITEM, OF_ITEM = "fk_published_item_id_release_item", "fk_published_week_id_item_id_release_item"


def upgrade() -> None:
    """Give each copy its week, and name the week in every reference."""
    with op.batch_alter_table("release") as table:
        table.create_unique_constraint("uq_release_week_id_id", ["week_id", "id"])
    with op.batch_alter_table("release_item") as table:
        table.add_column(sa.Column("week_id", sa.Integer(), nullable=True))
    own = "SELECT week_id FROM release WHERE release.id = release_item.release_id"
    op.execute(f"UPDATE release_item SET week_id = ({own})")
    with op.batch_alter_table("release_item") as table:
        table.alter_column("week_id", existing_type=sa.Integer(), nullable=False)
        table.create_unique_constraint("uq_release_item_week_id_id", ["week_id", "id"])
        table.drop_constraint(RELEASE, type_="foreignkey")
        table.drop_constraint(SESSION, type_="foreignkey")
        _refer(table, OF_RELEASE, "release", "release_id")
        _refer(table, OF_SESSION, "session", "session_id")
    with op.batch_alter_table("published") as table:
        table.drop_constraint(ITEM, type_="foreignkey")
        _refer(table, OF_ITEM, "release_item", "item_id")
    with op.batch_alter_table("consent_text") as table:
        table.create_unique_constraint("uq_consent_text_week_id_id", ["week_id", "id"])
    with op.batch_alter_table("speaker_consent") as table:
        table.drop_constraint(TEXT, type_="foreignkey")
        _refer(table, OF_TEXT, "consent_text", "text_id")


def downgrade() -> None:
    """Take the weeks out again."""
    with op.batch_alter_table("speaker_consent") as table:
        table.drop_constraint(OF_TEXT, type_="foreignkey")
        table.create_foreign_key(TEXT, "consent_text", ["text_id"], ["id"], ondelete="CASCADE")
    with op.batch_alter_table("consent_text") as table:
        table.drop_constraint("uq_consent_text_week_id_id", type_="unique")
    with op.batch_alter_table("published") as table:
        table.drop_constraint(OF_ITEM, type_="foreignkey")
        table.create_foreign_key(ITEM, "release_item", ["item_id"], ["id"], ondelete="CASCADE")
    with op.batch_alter_table("release_item") as table:
        table.drop_constraint(OF_RELEASE, type_="foreignkey")
        table.drop_constraint(OF_SESSION, type_="foreignkey")
        table.create_foreign_key(RELEASE, "release", ["release_id"], ["id"], ondelete="CASCADE")
        table.create_foreign_key(SESSION, "session", ["session_id"], ["id"], ondelete="CASCADE")
        table.drop_constraint("uq_release_item_week_id_id", type_="unique")
        table.drop_column("week_id")
    with op.batch_alter_table("release") as table:
        table.drop_constraint("uq_release_week_id_id", type_="unique")


def _refer(table: object, name: str, to: str, column: str) -> None:
    pair = (["week_id", column], ["week_id", "id"])
    table.create_foreign_key(name, to, *pair, ondelete="CASCADE")  # type: ignore[attr-defined]
