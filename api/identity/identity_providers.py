"""Identity providers: the outside issuers whose tokens an organization takes (OpenID Connect)."""

from typing import ClassVar

from msgspec import UNSET, Struct, UnsetType, structs
from pymongo import ASCENDING, IndexModel
from pymongo.errors import DuplicateKeyError

from api.identity.key_sets import ALGORITHMS
from api.store import Database, now
from content import findings
from content.documents import Document, Documents, Page, Paging, given
from content.errors import Conflict, RuleBroken
from content.findings import Finding
from content.identity import new_id
from content.people.people import ROLES

_COLLECTION = "identity_providers"


class RoleRule(Struct, frozen=True):
    """People whose token has this value have this role."""

    value: str
    role: str


class IdentityProvider(Document, frozen=True, kw_only=True):
    """An issuer of tokens.

    `jwks_url` None means that it is discovered. `roles_claim` is the way to a claim
    (`realm_access.roles`) whose values give the roles that `roles` says; people whose token gives
    none have `default_roles`. `auto_provision` adds unknown people; `trust_email` takes the token's
    verified address for that of a person who is here already. `subject_prefix` is put before `sub`
    to make the person's external id. With `sign_in` the sign-in page offers it: `audience` is then
    the id of a public client there, which proves itself by PKCE.
    """

    kind: ClassVar[str] = "identity_provider"
    sortable: ClassVar[tuple[str, ...]] = ("name", "created_at", "updated_at")

    name: str
    issuer: str
    audience: str
    jwks_url: str | None = None
    algorithms: tuple[str, ...] = ("RS256", "ES256", "EdDSA")
    roles_claim: str | None = None
    roles: tuple[RoleRule, ...] = ()
    default_roles: tuple[str, ...] = ("learner",)
    auto_provision: bool = False
    trust_email: bool = False
    subject_prefix: str = ""
    enabled: bool = True
    sign_in: bool = False


class IdentityProviderDraft(Struct, frozen=True, kw_only=True):
    """What is needed for a new one."""

    name: str
    issuer: str
    audience: str
    jwks_url: str | None = None
    algorithms: tuple[str, ...] = ("RS256", "ES256", "EdDSA")
    roles_claim: str | None = None
    roles: tuple[RoleRule, ...] = ()
    default_roles: tuple[str, ...] = ("learner",)
    auto_provision: bool = False
    trust_email: bool = False
    subject_prefix: str = ""
    enabled: bool = True
    sign_in: bool = False


class IdentityProviderChanges(Struct, frozen=True, kw_only=True):
    """What may be changed; what is not given stays."""

    name: str | UnsetType = UNSET
    issuer: str | UnsetType = UNSET
    audience: str | UnsetType = UNSET
    jwks_url: str | UnsetType | None = UNSET
    algorithms: tuple[str, ...] | UnsetType = UNSET
    roles_claim: str | UnsetType | None = UNSET
    roles: tuple[RoleRule, ...] | UnsetType = UNSET
    default_roles: tuple[str, ...] | UnsetType = UNSET
    auto_provision: bool | UnsetType = UNSET
    trust_email: bool | UnsetType = UNSET
    subject_prefix: str | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET
    sign_in: bool | UnsetType = UNSET


async def prepare(database: Database) -> None:
    """Make the indexes; harmless when they are there. Issuer and audience of a token tell the
    organization, so that no two may have the same."""
    issued = [("issuer", ASCENDING), ("audience", ASCENDING)]
    order = [("organization_id", ASCENDING), ("name", ASCENDING), ("_id", ASCENDING)]
    await database[_COLLECTION].create_indexes([IndexModel(issued, unique=True), IndexModel(order)])


class IdentityProviders:
    """The providers of all organizations."""

    def __init__(self, database: Database) -> None:
        self._providers = Documents(database[_COLLECTION], IdentityProvider)

    async def create(self, organization_id: str, draft: IdentityProviderDraft) -> IdentityProvider:
        """A new provider. Raises RuleBroken, Conflict (identity_provider_exists)."""
        if broken := _broken(draft):
            raise RuleBroken(broken)
        moment = now()
        provider = IdentityProvider(
            id=new_id("identity_provider"),
            organization_id=organization_id,
            created_at=moment,
            updated_at=moment,
            **structs.asdict(draft),
        )
        try:
            return await self._providers.insert(provider)
        except DuplicateKeyError:
            raise _exists(draft.issuer) from None

    async def page(self, organization_id: str, paging: Paging) -> Page[IdentityProvider]:
        """One page of them. Raises RuleBroken for a wrong sort."""
        return await self._providers.page(organization_id, {}, paging)

    async def get(self, organization_id: str, provider_id: str) -> IdentityProvider:
        """A provider. Raises NotFound."""
        return await self._providers.get(organization_id, provider_id)

    async def update(
        self,
        organization_id: str,
        provider_id: str,
        changes: IdentityProviderChanges,
        expected: int | None,
    ) -> IdentityProvider:
        """Change a provider.

        Raises:
            RuleBroken, NotFound, VersionMismatch
            Conflict: identity_provider_exists.
        """
        if broken := _broken(changes):
            raise RuleBroken(broken)
        try:
            return await self._providers.change(
                organization_id, provider_id, given(changes), expected
            )
        except DuplicateKeyError:
            raise _exists(str(changes.issuer)) from None

    async def remove(self, organization_id: str, provider_id: str) -> None:
        """Take a provider away; its tokens are refused from now on. Raises NotFound."""
        provider = await self.get(organization_id, provider_id)
        mine = {"organization_id": organization_id, "_id": provider.id}
        await self._providers.collection.delete_one(mine)

    async def offered(self, organization_id: str) -> list[IdentityProvider]:
        """Those that an organization's sign-in page offers, by name."""
        offered = {"enabled": True, "sign_in": True}
        return await self._providers.all(organization_id, offered, [("name", ASCENDING)])

    async def of_issuer(self, issuer: str) -> list[IdentityProvider]:
        """Every enabled provider that is this issuer, each with an audience of its own."""
        cursor = self._providers.collection.find({"issuer": issuer, "enabled": True})
        return [self._providers.decode(fields) async for fields in cursor]


def _broken(said: IdentityProviderDraft | IdentityProviderChanges) -> list[Finding]:
    broken = findings.title("name", said.name) + findings.title("audience", said.audience)
    for where, url in (("issuer", said.issuer), ("jwks_url", said.jwks_url)):
        broken += _address(where, url)
    for position, algorithm in enumerate(_several(said.algorithms)):
        broken += findings.one_of(f"algorithms/{position}", algorithm, ALGORITHMS)
    if said.algorithms == ():
        broken.append(Finding(where="algorithms", detail="must name at least one"))
    for position, role in enumerate(_several(said.default_roles)):
        broken += findings.one_of(f"default_roles/{position}", role, ROLES)
    if said.roles is not UNSET:
        for position, rule in enumerate(said.roles):
            broken += findings.one_of(f"roles/{position}/role", rule.role, ROLES)
    return broken


def _address(where: str, url: str | UnsetType | None) -> list[Finding]:
    if url is UNSET or url is None:
        return []
    if url.startswith(("https://", "http://")) and "?" not in url and "#" not in url:
        return findings.iri(where, url)
    return [Finding(where=where, detail="must be an https address without query and fragment")]


def _several(values: tuple[str, ...] | UnsetType) -> tuple[str, ...]:
    return () if values is UNSET else values


def _exists(issuer: str) -> Conflict:
    detail = f"A provider with the issuer {issuer} and this audience is there already."
    return Conflict("identity_provider_exists", detail, "issuer")
