"""The REST API under /api/v1: JSON:API documents, errors with every finding, declared routes."""

from api.rest import (
    aggregate,
    api_keys,
    attempts,
    audit,
    auth,
    categories,
    courses,
    credentials,
    description,
    enrollments,
    erasures,
    files,
    forwarding,
    launches,
    lessons,
    modules,
    my,
    notifications,
    progress,
    records,
    requirements,
    scorm,
    statements,
    transfers,
    users,
    webhooks,
)
from api.rest.route import Route


def routes() -> list[Route]:
    """Every route of the API; those with a fixed path come before those that would swallow it."""
    nouns = (
        auth,
        api_keys,
        users,
        categories,
        courses,
        modules,
        lessons,
        scorm,
        launches,
        enrollments,
        attempts,
        my,
        notifications,
        progress,
        files,
        requirements,
        records,
        statements,
        aggregate,
        forwarding,
        erasures,
        audit,
        credentials,
        transfers,
        webhooks,
        description,
    )
    return [route for noun in nouns for route in noun.table]
