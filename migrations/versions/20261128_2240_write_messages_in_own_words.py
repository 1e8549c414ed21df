"""Let weeks word their messages, choose channels and hours; keep ways, bounces and WeChat consents."""

import sqlalchemy as sa
from alembic import op

from eventweek.kernel.db import UtcDateTime

revision = "20261128_2240"
down_revision = "20261128_2250"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables and the new columns of the outbox."""
    _texts()
    op.create_table(
        "wechat_consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pass_id", sa.Integer(), nullable=False),
        sa.Column("openid", sa.String(64), nullable=False),
        sa.Column("template", sa.String(64), nullable=False),
        sa.Column("given_at", UtcDateTime(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["pass_id"], ["pass.id"], name="fk_wechat_consent_pass_id_pass", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_wechat_consent"),
    )
    op.create_index("ix_wechat_consent_pass_id_template", "wechat_consent", ["pass_id", "template"])
    op.create_table(
        "suppression",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address_key", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(12), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_suppression"),
        sa.UniqueConstraint("address_key", name="uq_suppression_address_key"),
    )
    _campaigns()
    with op.batch_alter_table("message") as table:
        table.add_column(sa.Column("others", sa.JSON(), nullable=False, server_default="[]"))
        for name, length in (("week", 40), ("person", 16), ("batch", 16), ("tried", 40), ("provider_ref", 80)):
            table.add_column(sa.Column(name, sa.String(length), nullable=False, server_default=""))
        table.add_column(sa.Column("urgent", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("delivered_at", UtcDateTime(), nullable=True))
    with op.batch_alter_table("message") as table:
        for name in ("others", "week", "person", "batch", "tried", "provider_ref", "urgent"):
            table.alter_column(name, server_default=None)
    op.create_index("ix_message_week_id", "message", ["week", "id"])
    op.create_index("ix_message_batch_state", "message", ["batch", "state"])
    op.create_index("ix_message_provider_ref", "message", ["provider_ref"])


def _texts() -> None:
    pairs = (("subject", 200), ("sms", 300), ("sms_template", 64), ("wechat", 500), ("wechat_template", 64))
    op.create_table(
        "message_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("week_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("channels", sa.String(40), nullable=False),
        *(sa.Column(f"{name}_{lang}", sa.String(n), nullable=False) for name, n in pairs for lang in ("zh", "en")),
        sa.Column("body_zh", sa.Text(), nullable=False),
        sa.Column("body_en", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["week_id"], ["week.id"], name="fk_message_text_week_id_week", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_message_text"),
        sa.UniqueConstraint("week_id", "kind", name="uq_message_text_week_id_kind"),
    )
    op.create_table(
        "message_settings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("week_id", sa.Integer(), nullable=False),
        sa.Column("quiet_from", sa.String(5), nullable=False),
        sa.Column("quiet_until", sa.String(5), nullable=False),
        sa.Column("remind", sa.Boolean(), nullable=False),
        sa.Column("remind_days", sa.Integer(), nullable=False),
        sa.Column("remind_at", sa.String(5), nullable=False),
        sa.Column("sms_sign", sa.String(20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("remind_days BETWEEN 0 AND 14", name="ck_message_settings_remind_days"),
        sa.ForeignKeyConstraint(["week_id"], ["week.id"], name="fk_message_settings_week_id_week", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_message_settings"),
        sa.UniqueConstraint("week_id", name="uq_message_settings_week_id"),
    )


def _campaigns() -> None:
    pairs = (("subject", 200), ("sms", 300), ("sms_template", 64))
    op.create_table(
        "campaign",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("week_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("purpose", sa.String(100), nullable=False),
        *(sa.Column(f"{name}_{lang}", sa.String(n), nullable=False) for name, n in pairs for lang in ("zh", "en")),
        sa.Column("body_zh", sa.Text(), nullable=False),
        sa.Column("body_en", sa.Text(), nullable=False),
        sa.Column("channels", sa.String(40), nullable=False),
        sa.Column("audience", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        *(sa.Column(name, UtcDateTime(), nullable=True) for name in ("send_at", "started_at", "finished_at")),
        sa.Column("cursor", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["week_id"], ["week.id"], name="fk_campaign_week_id_week", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_campaign"),
        sa.UniqueConstraint("code", name="uq_campaign_code"),
    )
    op.create_index("ix_campaign_week_id", "campaign", ["week_id"])


def downgrade() -> None:
    """Take them away."""
    for index in ("ix_message_provider_ref", "ix_message_batch_state", "ix_message_week_id"):
        op.drop_index(index, "message")
    with op.batch_alter_table("message") as table:
        for name in ("delivered_at", "urgent", "provider_ref", "tried", "batch", "person", "week", "others"):
            table.drop_column(name)
    for name in ("campaign", "suppression", "wechat_consent", "message_settings", "message_text"):
        op.drop_table(name)
