"""Submissions as they are kept: found and shown."""

from msgspec import structs

from content.assignments.submission import STATUSES, Submission, SubmissionFilter
from content.documents import Page, Paging
from content.errors import RuleBroken
from content.findings import one_of
from content.store import Store


async def get(store: Store, organization_id: str, submission_id: str) -> Submission:
    """The submission. Raises NotFound."""
    return await store.of(Submission).get(organization_id, submission_id)


async def find(
    store: Store, organization_id: str, filters: SubmissionFilter, paging: Paging
) -> Page[Submission]:
    """One page of submissions. Raises RuleBroken for a wrong status, page or sort."""
    if filters.status is not None and (wrong := one_of("status", filters.status, STATUSES)):
        raise RuleBroken(wrong)
    query = {name: value for name, value in structs.asdict(filters).items() if value is not None}
    return await store.of(Submission).page(organization_id, query, paging)
