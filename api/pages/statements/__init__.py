"""/statements: the record store's statements, to look through and to watch."""

from api.pages.statements.browser import RECENT_VERBS, reader_of, table
from api.pages.statements.rows import Row, row
from api.pages.statements.verbs import RecentVerbs

__all__ = ["RECENT_VERBS", "RecentVerbs", "Row", "reader_of", "row", "table"]
