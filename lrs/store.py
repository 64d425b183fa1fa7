"""The record store's collections and indexes, in one table; nothing else names them.

| collection                      | one document per                    | described in          |
|---------------------------------|-------------------------------------|-----------------------|
| statements                      | statement                           | lrs.statements.store  |
| documents                       | State or Profile document           | lrs.documents.store   |
| activities, agents              | activity, agent that is mentioned   | lrs.metadata.store    |
| attachments.files, .chunks      | attachment, piece of one (GridFS)   | lrs.attachments.store |
| lrs_credentials                 | xAPI client                         | lrs.credentials.store |
| lrs_writers, lrs_lanes          | writing process, of no organization | lrs.writing.store     |
| forwarding_targets, _positions  | record store that is forwarded to   | lrs.forwarding.store  |
| forwarding_dead_letters         | statement that such a one refused   | lrs.forwarding.store  |
| ledger_heads, ledger_links      | chain, link of one                  | lrs.ledger.store      |
| ledger_leaves                   | checkpoint: its entries' hashes     | lrs.ledger.store      |
| ledger_keys                     | key that signs                      | lrs.ledger.keys       |

Shard key of each that belongs to organizations: {organization_id: 1, _id: 1}; but of GridFS
{_id: 1} and {files_id: 1, n: 1}, whose ids begin with the organization.
"""

from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import ConnectionFailure, PyMongoError
from pymongo.write_concern import WriteConcern

Document = dict[str, Any]
Database = AsyncDatabase[Document]

STATEMENTS = "statements"
DOCUMENTS = "documents"
ACTIVITIES, AGENTS = "activities", "agents"
ATTACHMENT_FILES, ATTACHMENT_CHUNKS = "attachments.files", "attachments.chunks"
CREDENTIALS = "lrs_credentials"
WRITERS, LANES = "lrs_writers", "lrs_lanes"
FORWARDING_TARGETS, FORWARDING_POSITIONS = "forwarding_targets", "forwarding_positions"
DEAD_LETTERS = "forwarding_dead_letters"
LEDGER_HEADS, LEDGER_LINKS, LEDGER_LEAVES = "ledger_heads", "ledger_links", "ledger_leaves"
LEDGER_KEYS = "ledger_keys"

DURABLE = WriteConcern(w="majority", j=True)
DUPLICATE_KEY = 11000
"""MongoDB's code of an error."""

_PASSING = ("TransientTransactionError", "UnknownTransactionCommitResult", "RetryableWriteError")


def _index(*fields: str, **options: Any) -> IndexModel:
    return IndexModel([(field, ASCENDING) for field in fields], **options)


def _where_there(field: str) -> Document:
    return {"partialFilterExpression": {field: {"$exists": True}}}


INDEXES = {
    STATEMENTS: [
        _index("organization_id", "stored", name="by_stored"),
        _index("organization_id", "keys", "stored", name="by_key"),
        _index(
            "organization_id",
            "stored",
            name="voided_by_stored",
            partialFilterExpression={"voided": True},
        ),
        _index("organization_id", "target", name="by_target", **_where_there("target")),
        _index(
            "organization_id", "attachments", name="by_attachment", **_where_there("attachments")
        ),
    ],
    DOCUMENTS: [
        _index("organization_id", "kind", "agent", "activity", "modified", name="by_subject"),
    ],
    ATTACHMENT_FILES: [
        _index(
            "metadata.organization_id",
            "metadata.sha2",
            name="by_hash",
            unique=True,
            **_where_there("metadata.sha2"),
        ),
        _index("metadata.organization_id", "metadata.used_at", name="by_use"),
    ],
    ATTACHMENT_CHUNKS: [_index("files_id", "n", name="by_place", unique=True)],
    CREDENTIALS: [
        _index("key", name="by_key", unique=True),
        _index("organization_id", "name", name="by_name"),
    ],
    LANES: [
        _index("writer", name="by_writer"),
        _index("closed", name="by_closing", sparse=True, expireAfterSeconds=86_400),
    ],
    FORWARDING_TARGETS: [_index("organization_id", "_id")],
    DEAD_LETTERS: [
        _index("organization_id", "target_id", "stored"),
        _index("organization_id", "target_id", "retry", "stored"),
        _index("organization_id", "keys"),
    ],
    LEDGER_LINKS: [
        _index("organization_id", "number", name="by_number", unique=True),
        _index("organization_id", "kind", "number", name="by_kind"),
        _index("organization_id", "touches", name="by_touch", **_where_there("touches")),
    ],
    LEDGER_LEAVES: [_index("organization_id", "log", "through", name="by_place")],
    LEDGER_KEYS: [_index("organization_id", "made_at", name="by_age")],
}


async def prepare(database: Database) -> None:
    """Make the collections' indexes; repeatable."""
    for collection, indexes in INDEXES.items():
        await database[collection].create_indexes(indexes)


class DuplicateIds(Exception):
    """What was to be written has an id that is taken; nothing was written."""


def is_passing(error: PyMongoError) -> bool:
    """Say whether the database only did not answer in time, or is electing a primary."""
    return (
        isinstance(error, ConnectionFailure)
        or error.timeout
        or any(map(error.has_error_label, _PASSING))
    )
