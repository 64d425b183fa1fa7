"""What requests are served with: made once for a server process, shared by every request."""

import asyncio
from dataclasses import dataclass

from aiohttp import web

from api.audit import AuditLog
from api.downloads import DownloadLinks
from api.erasures import Erasures
from api.idempotency import IdempotencyKeys
from api.identity.api_keys import ApiKeys
from api.identity.bearer import BearerTokens
from api.identity.code_flow import CodeFlow
from api.identity.identity_providers import IdentityProviders
from api.identity.password_resets import PasswordResets
from api.identity.sessions import Sessions
from api.mail import Mailer
from api.rate_limits import RateLimits
from api.settings import Settings
from api.store import Database, Store
from api.webhooks import Webhooks
from content import store as content_store
from content.certificates.badge_keys import BadgeKeys
from content.compliance.concerns import Concerns
from content.compliance.registrar import Registrar
from content.packages import PackageFiles, PackageLimits
from content.printing import Press
from content.progress.progress import Progress
from content.telling.outbox import Outbox
from lrs.aggregation import Aggregation
from lrs.credentials import Credentials
from lrs.documents import Documents
from lrs.forwarding.forwarder import Forwarder
from lrs.forwarding.targets import Targets
from lrs.ledger.ledger import Ledger
from lrs.log import StatementLog
from lrs.metadata import Metadata
from scorm_runtime.runtime import Runtime
from scorm_runtime.sink import StatementSink


@dataclass(slots=True)
class Lifecycle:
    """What changes while a server runs, for /health/ready."""

    stopping: bool = False
    follower: asyncio.Task[None] | None = None


@dataclass(frozen=True, slots=True)
class Services:
    """The parts of one running server."""

    settings: Settings
    database: Database
    store: Store
    content: content_store.Store
    sessions: Sessions
    api_keys: ApiKeys
    bearer_tokens: BearerTokens
    identity_providers: IdentityProviders
    code_flow: CodeFlow
    rate_limits: RateLimits
    idempotency_keys: IdempotencyKeys
    password_resets: PasswordResets
    mailer: Mailer | None
    audit: AuditLog
    erasures: Erasures
    log: StatementLog
    record: StatementSink
    outbox: Outbox
    webhooks: Webhooks
    documents: Documents
    metadata: Metadata
    credentials: Credentials
    aggregation: Aggregation
    targets: Targets
    forwarder: Forwarder
    ledger: Ledger
    progress: Progress
    concerns: Concerns
    registrar: Registrar
    files: PackageFiles
    downloads: DownloadLinks
    package_limits: PackageLimits
    press: Press
    badge_keys: BadgeKeys
    runtime: Runtime
    lifecycle: Lifecycle


SERVICES = web.AppKey("services", Services)
