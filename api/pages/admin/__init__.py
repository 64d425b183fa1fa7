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

PAGES = (
    home,
    imports,
    people,
    person,
    mentors,
    erasures,
    api_keys,
    forwarding,
    identity_providers,
    webhooks,
    deliveries,
    categories,
    settings,
    jobs,
    audit_log,
)
"""The modules of pages; fixed paths come before those that would swallow them."""
