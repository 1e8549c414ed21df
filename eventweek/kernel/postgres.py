"""What is ours of the PostgreSQL driver."""

from typing import Any

from psycopg import Cursor


class BriefCursor(Cursor[Any]):
    """A cursor that says of columns their name and type only: SQLAlchemy asks after every statement, for no more."""

    @property
    def description(self) -> Any:
        """Return the columns of the result (PEP 249), None where there is none."""
        result = self.pgresult
        if result is None or not result.nfields:
            return None
        rest = (None,) * 5
        return [
            ((result.fname(n) or b"").decode(self.connection.info.encoding), result.ftype(n), *rest)
            for n in range(result.nfields)
        ]
