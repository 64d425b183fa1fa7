"""/statements: the record store's statements, to look through and to watch."""

from api.pages.statements import browser
from api.pages.statements.browser import PLACES, RECENT_VERBS, reader_of
from api.pages.statements.rows import Row, row
from api.pages.statements.tail import Places
from api.pages.statements.verbs import RecentVerbs

PAGES = (browser,)

__all__ = ["PAGES", "PLACES", "RECENT_VERBS", "Places", "RecentVerbs", "Row", "reader_of", "row"]
