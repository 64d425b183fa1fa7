"""Where the four packages are joined: the services of one server."""

import base64
import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

from cryptography.fernet import Fernet, MultiFernet

from api import audit, erasure_store, idempotency, rate_limits
from api import store as api_store
from api.audit import AuditLog
from api.audit_chain import AuditSource
from api.background import TELLING, working
from api.downloads import DownloadLinks
from api.erasures import Erasures
from api.first_start import Installation, authority_template, installation
from api.idempotency import IdempotencyKeys
from api.identity import api_keys, identity_providers, password_resets
from api.identity.api_keys import ApiKeys
from api.identity.bearer import BearerTokens
from api.identity.code_flow import CodeFlow
from api.identity.identity_providers import IdentityProviders
from api.identity.issued_tokens import IssuedTokens
from api.identity.issuer_client import IssuerClient
from api.identity.key_sets import KeySets
from api.identity.password_resets import PasswordResets
from api.identity.sessions import Sessions
from api.identity.throttle import Throttle
from api.identity.xapi_tokens import XAPITokens
from api.mail import mailer_of
from api.metrics import count_statements
from api.rate_limits import RateLimits
from api.recording import LogSink
from api.services import Lifecycle, Services
from api.settings import Settings
from api.settings.rates import read_rates
from api.store import Database, Store
from api.webhooks import Webhooks
from content import organizations
from content import store as content_store
from content.certificates.badge_keys import BadgeKeys
from content.compliance.concerns import Concerns
from content.compliance.marks import Marks
from content.compliance.registrar import Registrar
from content.packages import PackageFiles, PackageLimits, finish_abandoned
from content.printing import Press
from content.progress.progress import Progress
from content.telling.outbox import Outbox
from lrs import store as lrs_store
from lrs.aggregation import Aggregation
from lrs.credentials import Credentials
from lrs.documents import Documents
from lrs.erasure import Erasure
from lrs.forwarding.forwarder import Forwarder
from lrs.forwarding.targets import Targets
from lrs.ledger.keys import Keys
from lrs.ledger.ledger import Ledger, Pace
from lrs.ledger.source import Source, StatementSource
from lrs.log import Limits, StatementLog
from lrs.metadata import Metadata
from scorm_runtime.runtime import Runtime

SPARE = timedelta(minutes=1)
KEPT = (
    api_store,
    api_keys,
    audit,
    erasure_store,
    idempotency,
    identity_providers,
    password_resets,
    rate_limits,
)


async def prepare(database: Database) -> None:
    """Make every package's collections and indexes."""
    await lrs_store.prepare(database)
    await content_store.prepare(database)
    for kept in KEPT:
        await kept.prepare(database)


@asynccontextmanager
async def open_services(settings: Settings, database: Database) -> AsyncIterator[Services]:
    """The services of one server process over a database that has been installed.

    Raises:
        NotInstalled: `first_start.install` did not run.
    """
    installed = await installation(database)
    services = await _services(settings, database, installed)
    services.log.subscribe(services.progress.observe)
    services.log.subscribe(services.concerns.observe)
    services.log.subscribe(count_statements)
    await services.log.start()
    await services.runtime.prepare()
    await finish_abandoned(services.content)
    await services.files.prune()
    try:
        async with working(services):
            yield services
    finally:
        await services.press.close()
        await services.log.stop()
        await services.metadata.settled()


async def _services(settings: Settings, database: Database, installed: Installation) -> Services:
    store, content = Store(database), content_store.Store(database)
    home_page = (await organizations.get(content, installed.organization_id)).public_url
    audit_log, lifetime = AuditLog(database), timedelta(seconds=settings.launch_lifetime)
    log = StatementLog(database, limits=Limits(waiting_statements=settings.statement_queue))
    cipher = _cipher(installed, "forwarding")
    record = LogSink(log, home_page)
    targets = Targets(database, log, cipher)
    documents, metadata = Documents(database, limit=settings.max_document), Metadata(database, log)
    ledger = open_ledger(settings, database, installed, lambda: log.consistent_through)
    records = Erasure(database, log.attachments, documents, metadata, ledger)
    files = PackageFiles(content, settings.data / "cache")
    sessions = _sessions(settings, store, content, installed)
    keys = ApiKeys(database, content)
    providers = IdentityProviders(database)
    key_sets = KeySets(public_only=settings.issuer_addresses == "public")
    bearer_tokens = BearerTokens(sessions, keys, IssuedTokens(providers, key_sets, content))
    mailer, concerns = mailer_of(settings), Concerns(content, Marks(content))
    return Services(
        settings=settings,
        database=database,
        store=store,
        content=content,
        sessions=sessions,
        api_keys=keys,
        bearer_tokens=bearer_tokens,
        identity_providers=providers,
        code_flow=CodeFlow(
            IssuerClient(public_only=settings.issuer_addresses == "public"),
            bearer_tokens,
            sessions.key,
            settings.public_origin,
        ),
        password_resets=PasswordResets(
            database,
            sessions,
            mailer,
            origin=settings.public_origin,
            lifetime=timedelta(seconds=settings.reset_lifetime),
        ),
        mailer=mailer,
        rate_limits=RateLimits(database, read_rates(settings.rate_limits)),
        idempotency_keys=IdempotencyKeys(database, _derived(installed.signing_key, "idempotency")),
        audit=audit_log,
        erasures=Erasures(
            database, content, audit_log, records, targets, ledger, settle=lifetime + SPARE
        ),
        log=log,
        record=record,
        outbox=Outbox(content, record, TELLING),
        webhooks=Webhooks(_cipher(installed, "webhooks")),
        documents=documents,
        metadata=metadata,
        credentials=Credentials(
            database,
            home_page=home_page,
            authority=authority_template(settings),
            read_token=XAPITokens(bearer_tokens),
        ),
        aggregation=Aggregation(database, seconds=settings.aggregate_time),
        targets=targets,
        forwarder=Forwarder(database, log, cipher),
        ledger=ledger,
        progress=Progress(content, log, concerns.progressed),
        concerns=concerns,
        registrar=Registrar(content, log),
        files=files,
        downloads=DownloadLinks(_derived(installed.signing_key, "downloads")),
        package_limits=PackageLimits(upload=settings.max_upload, unpacked=settings.max_unpacked),
        badge_keys=BadgeKeys(content, _cipher(installed, "badges")),
        press=Press(settings.data / "cache" / "fonts"),
        runtime=Runtime(
            database,
            record,
            files,
            _derived(installed.signing_key, "launches"),
            lifetime=lifetime,
        ),
        lifecycle=Lifecycle(),
    )


def open_ledger(
    settings: Settings, database: Database, installed: Installation, through: Callable[[], int]
) -> Ledger:
    """The ledger of all organizations, of statements that are complete `through` a time."""
    ciphers = [_cipher(installed, "ledger")]
    if settings.ledger_secret:
        ciphers.insert(0, _cipher(installed, f"ledger {settings.ledger_secret}"))
    keys = Keys(database, MultiFernet(ciphers))
    pace = Pace(
        entries=settings.checkpoint_entries,
        every=timedelta(seconds=settings.checkpoint_interval),
    )
    sources: list[Source] = [StatementSource(database, through), AuditSource(database)]
    return Ledger(database, keys, sources, pace, settings.ledger_known_keys.split(","))


def _cipher(installed: Installation, purpose: str) -> Fernet:
    """What secrets of one kind are kept by."""
    return Fernet(base64.urlsafe_b64encode(_derived(installed.signing_key, purpose)))


def _derived(key: bytes, purpose: str) -> bytes:
    """A key for one purpose alone, made of the installation's."""
    return hashlib.blake2b(purpose.encode(), key=key, digest_size=32).digest()


def _sessions(
    settings: Settings, store: Store, content: content_store.Store, installed: Installation
) -> Sessions:
    return Sessions(
        store=store,
        content=content,
        organization_id=installed.organization_id,
        key=installed.signing_key,
        throttle=Throttle(store, settings.sign_in_attempts),
        access_lifetime=settings.access_token_lifetime,
        session_lifetime=settings.session_lifetime,
    )
