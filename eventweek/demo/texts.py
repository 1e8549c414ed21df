"""What the demo week tells beside its programme: pages, and notices at their dates."""

import re
from datetime import datetime, timedelta

from sqlalchemy import select

from eventweek.audit.actors import DEMO
from eventweek.demo.shift import ZONE, shifted
from eventweek.demo.source import PAGES as OWN
from eventweek.demo.source import SOURCE, read_notices
from eventweek.kernel.db import db
from eventweek.programme.actions.texts import create_page, publish_notice, publish_page
from eventweek.programme.models import Notice, Week
from eventweek.programme.presets import PAGES, preset_page
from eventweek.programme.queries.facts import facts_of_page
from eventweek.registration.rules import RETENTION_DAYS

NO_ADDRESS = "（演示地址）"
"""What stands in the given data for an address."""
CODES = ("faq", "transport", "contact", "terms", "privacy")


def publish_texts(week: Week, shift: timedelta) -> None:
    """Write and publish the pages, and publish the notices as of their own dates. No transaction of its own."""
    facts = facts_of_page(week, RETENTION_DAYS)
    for own in facts.values():
        own["venues"] = re.sub(f"[：:] ?{NO_ADDRESS}", "", own["venues"])
    for position, code in enumerate(CODES, start=1):
        # the demo has its own where the usual text leaves something to fill in
        folder = OWN if (OWN / f"{code}.zh.md").exists() else PAGES
        create_page(week.id, preset_page(code, facts, folder) | {"position": position}, actor=DEMO)
        publish_page(week.id, code, actor=DEMO)
    for row in read_notices():
        key = f"{SOURCE}:{row['id']}"
        notice = db.session.scalars(select(Notice).where(Notice.week_id == week.id, Notice.source_key == key)).one()
        publish_notice(week.id, notice.code, actor=DEMO)
        at = datetime.fromisoformat(shifted(row["published"], shift)).replace(tzinfo=ZONE)
        notice.first_published_at = notice.published_at = at
