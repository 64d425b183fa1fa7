"""Files: bytes that people bring, typed by their content, kept in GridFS, given out by range."""

from content.files.access import lessons_with as lessons_with
from content.files.access import may_read as may_read
from content.files.contents import read as read
from content.files.file import FileFilter as FileFilter
from content.files.file import Home as Home
from content.files.file import StoredFile as StoredFile
from content.files.intake import FileLimits as FileLimits
from content.files.intake import Received as Received
from content.files.intake import discard as discard
from content.files.intake import keep as keep
from content.files.intake import receive as receive
from content.files.library import delete as delete
from content.files.library import find as find
from content.files.library import get as get
from content.files.library import named as named
from content.files.library import present as present
from content.files.library import shown_in as shown_in
from content.files.sweeper import Sweeper as Sweeper
from content.files.sweeper import sweep as sweep
from content.files.sweeper import sweep_expired as sweep_expired
