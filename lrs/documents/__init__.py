"""State, Activity Profile and Agent Profile documents."""

from lrs.documents.documents import Documents as Documents
from lrs.documents.store import Address as Address
from lrs.documents.store import Content as Content
from lrs.documents.store import StoredDocument as StoredDocument
from lrs.documents.store import Subject as Subject
