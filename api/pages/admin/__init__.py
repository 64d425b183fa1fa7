"""/admin: people, programs and the organization's own things, for those who look after them."""

from api.pages.admin import (
    api_keys,
    audit_log,
    categories,
    deliveries,
    erasures,
    forwarding,
    home,
    identity_providers,
    imports,
    jobs,
    mentors,
    people,
    person,
    settings,
    webhooks,
)

TABLES = (
    home.table,
    imports.table,
    people.table,
    person.table,
    mentors.table,
    erasures.table,
    api_keys.table,
    forwarding.table,
    identity_providers.table,
    webhooks.table,
    deliveries.table,
    categories.table,
    settings.table,
    jobs.table,
    audit_log.table,
)
"""What the pages route to; fixed paths come before those that would swallow them."""
