"""/admin: people, programs and the organization's own things, for those who look after them."""

from api.pages.admin import (
    api_keys,
    audit_log,
    categories,
    deliveries,
    erasures,
    jobs,
    mentors,
    people,
    person,
    webhooks,
)

TABLES = (
    people.table,
    person.table,
    mentors.table,
    erasures.table,
    api_keys.table,
    webhooks.table,
    deliveries.table,
    categories.table,
    jobs.table,
    audit_log.table,
)
"""What the pages route to; fixed paths come before those that would swallow them."""
