"""State and Profile documents: what a write may do, decided on what is there (Communication 2.2).

Each change is made of a look, a rule, and a write that goes through only where nobody else has
written since the look; otherwise it is looked at again. So of many writers who name the same
entity tag one wins, on however many servers they are.
"""

from collections.abc import Callable, Mapping

import msgspec
import orjson

from lrs.documents.preconditions import Preconditions, entity_tag
from lrs.documents.store import Address, Content, DocumentStore, Kind, StoredDocument, Subject
from lrs.errors import BadRequest, DocumentConflict, Finding, PreconditionFailed, TooLarge
from lrs.store import Database
from lrs.versions import Version

Current = StoredDocument | None
Members = dict[str, msgspec.Raw]

_SIZE = 8 * 2**20


class _MergeRequirements(msgspec.Struct, frozen=True):
    """What is broken by types that cannot be merged, by what is no object, by what is no JSON."""

    types: str
    objects: str
    json: str


_MERGE: Mapping[Kind, _MergeRequirements] = {
    "state": _MergeRequirements("XAPI-00232", "XAPI-00229", "XAPI-00235"),
    "agent_profile": _MergeRequirements("XAPI-00278", "XAPI-00281", "XAPI-00284"),
    "activity_profile": _MergeRequirements("XAPI-00309", "XAPI-00313", "XAPI-00314"),
}


class Documents:
    """The documents of every organization; one may have `limit` bytes."""

    def __init__(self, database: Database, *, limit: int = _SIZE) -> None:
        self._store = DocumentStore(database)
        self.limit = limit

    async def get(self, address: Address) -> Current:
        """Return a document; None where there is none."""
        return await self._store.get(address)

    async def ids(self, subject: Subject, since: int | None = None) -> list[tuple[str, int]]:
        """Return (id, modified) of a subject's documents; `since`, exclusive, in microseconds.

        A state's subject without a registration means the states of every registration.
        """
        return await self._store.ids(subject, since)

    async def put(
        self, address: Address, content: Content, preconditions: Preconditions, version: Version
    ) -> None:
        """Store a document, durable on return.

        Raises:
            PreconditionFailed: the preconditions do not hold.
            DocumentConflict: there is a document, and the version wants a precondition then.
            BadRequest: the version wants a precondition even where there is no document.
            TooLarge: it is past the limit.
        """

        def decide(current: Current) -> Content:
            check_put(address.subject.kind, current, preconditions, version)
            return content

        await self._change(address, decide)

    async def post(self, address: Address, content: Content, preconditions: Preconditions) -> None:
        """Merge JSON objects at the top level, or store a new document; durable on return.

        Raises:
            PreconditionFailed: the preconditions do not hold.
            BadRequest: what is posted or what is there is no JSON object.
            TooLarge: it is past the limit.
        """

        def decide(current: Current) -> Content:
            check_preconditions(current, preconditions)
            return merge(address.subject.kind, current.content if current else None, content)

        await self._change(address, decide)

    async def delete(self, address: Address, preconditions: Preconditions) -> None:
        """Remove a document, if it is there.

        Raises:
            PreconditionFailed: the preconditions do not hold.
        """
        while True:
            current = await self._store.newest(address)
            check_preconditions(current, preconditions)
            if current is None or await self._store.remove(address, current):
                return

    async def delete_all(self, subject: Subject) -> None:
        """Remove every document of a subject; without a registration, of every one."""
        await self._store.remove_all(subject)

    async def erase_agent(self, organization_id: str, agent: str) -> int:
        """Remove an agent's states and profile, by its agent key; return how many documents."""
        return await self._store.remove_agent(organization_id, agent)

    async def _change(self, address: Address, decide: Callable[[Current], Content]) -> None:
        while True:
            current = await self._store.newest(address)
            content = decide(current)
            if len(content.body) > self.limit:
                raise TooLarge(f"A document may have {self.limit} bytes.")
            if await self._store.replace(address, current, content, entity_tag(content.body)):
                return


def check_preconditions(current: Current, preconditions: Preconditions) -> None:
    """Go on only where the preconditions hold.

    Raises:
        PreconditionFailed: they do not.
    """
    if preconditions.hold(current.tag if current else None):
        return
    there = f'The document\'s ETag is "{current.tag}".' if current else "There is no document."
    raise PreconditionFailed([_header_finding(there)])


def check_put(kind: Kind, current: Current, preconditions: Preconditions, version: Version) -> None:
    """Go on only where a PUT may take the place of what is there (Communication 3.1).

    Raises:
        PreconditionFailed, DocumentConflict, BadRequest: as `Documents.put`.
    """
    check_preconditions(current, preconditions)
    if preconditions.are_given:
        return
    if current is not None and kind in version.guarded_documents:
        raise DocumentConflict(
            [
                _header_finding(
                    "There is a document. Get it, look at it, and send its ETag as If-Match; "
                    'or send "If-Match: *" to replace whatever is there.'
                )
            ]
        )
    if kind in version.preconditioned_documents:
        raise BadRequest([_header_finding("Send If-None-Match: * to make a new document.")])


def merge(kind: Kind, current: Content | None, posted: Content) -> Content:
    """Return the document that a POST leaves (Communication 2.2, JSON procedure).

    Properties at the top level are replaced whole; their values keep their bytes.

    Raises:
        BadRequest: what is posted as JSON is none, or one of the two is no JSON object.
    """
    requirements = _MERGE[kind]
    if _is_json(posted):
        _check_json(posted.body, requirements)
    if current is None:
        return posted
    merged = {
        **_members(current, "what is there", requirements),
        **_members(posted, "what is posted", requirements),
    }
    return Content(msgspec.json.encode(merged), current.content_type)


def _members(content: Content, which: str, requirements: _MergeRequirements) -> Members:
    if not _is_json(content):
        detail = f"{which} is {content.content_type}, and only application/json can be merged"
        raise BadRequest([_body_finding(detail, requirements.types)])
    try:
        return msgspec.json.decode(content.body, type=Members)
    except (msgspec.DecodeError, RecursionError) as error:
        detail = f"{which} is no JSON object, so it cannot be merged"
        raise BadRequest([_body_finding(detail, requirements.objects)]) from error


def _is_json(content: Content) -> bool:
    return content.content_type.partition(";")[0].strip().lower() == "application/json"


def _check_json(body: bytes, requirements: _MergeRequirements) -> None:
    try:
        orjson.loads(body)
    except orjson.JSONDecodeError as error:
        detail = f"what is posted is not JSON: {error}"
        raise BadRequest([_body_finding(detail, requirements.json)]) from error


def _body_finding(detail: str, requirement: str) -> Finding:
    return Finding(detail=detail, rule="merge", requirement=requirement)


def _header_finding(detail: str) -> Finding:
    return Finding(
        detail=detail,
        where="If-Match",
        kind="header",
        rule="concurrency",
        requirement="XAPI-00322",
    )
