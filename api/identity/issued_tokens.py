"""Tokens of outside issuers: verified by the issuer's keys, and whom they act for."""

from collections.abc import Mapping
from typing import Any

import jwt

from api.errors import InvalidToken
from api.identity.identity_providers import IdentityProvider, IdentityProviders
from api.identity.key_sets import KeySets
from api.identity.principal import Principal
from content import store as content_store
from content.errors import Conflict, RuleBroken
from content.people import people, provisioning
from content.people.people import Person, PersonChanges

SKEW_SECONDS = 60
_REQUIRED = ["iss", "sub", "aud", "exp"]


def issuer_of(token: str) -> str | None:
    """The issuer that a token claims to be from; our own name none. Nothing is verified."""
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        return None
    issuer = claims.get("iss")
    return issuer if isinstance(issuer, str) else None


class IssuedTokens:
    """Reads the tokens of every organization's identity providers."""

    def __init__(
        self, providers: IdentityProviders, keys: KeySets, content: content_store.Store
    ) -> None:
        self._providers, self._keys, self._content = providers, keys, content

    async def principal(self, token: str, issuer: str) -> Principal:
        """The person whom a token of this issuer acts for; added or changed as it says.

        Raises:
            InvalidToken: not good here, or of a person who is unknown or inactive.
            IssuerUnavailable: the issuer's keys are not known and can't be fetched.
        """
        candidates = await self._providers.of_issuer(issuer)
        provider = _for_audience(candidates, _unverified(token).get("aud"))
        if provider is None:
            raise InvalidToken("No identity provider here has the token's issuer and audience.")
        claims = await self._verified(token, provider)
        person = await self._person(provider, claims)
        if person.status != "active":
            raise InvalidToken("The person of this token is inactive.")
        return Principal(person)

    async def _verified(self, token: str, provider: IdentityProvider) -> Mapping[str, Any]:
        header = jwt.get_unverified_header(token)
        if header.get("alg") not in provider.algorithms:
            allowed = ", ".join(provider.algorithms)
            raise InvalidToken(f"The token has to be signed by one of {allowed}.")
        key = await self._keys.key(provider.issuer, provider.jwks_url, header)
        try:
            claims: Mapping[str, Any] = jwt.decode(
                token,
                key,
                [header["alg"]],
                audience=provider.audience,
                issuer=provider.issuer,
                leeway=SKEW_SECONDS,
                options={"require": _REQUIRED},
            )
        except jwt.ExpiredSignatureError:
            raise InvalidToken("The token has expired; get another from its issuer.") from None
        except jwt.InvalidTokenError as error:
            raise InvalidToken(f"The token is not valid here: {error}.") from None
        return claims

    async def _person(self, provider: IdentityProvider, claims: Mapping[str, Any]) -> Person:
        organization_id, said = provider.organization_id, said_of(provider, claims)
        store, by_email = self._content, _email_is_trusted(provider, claims)
        try:
            present = await provisioning.find_present(
                store, organization_id, said, by_email=by_email
            )
            if present is None and not provider.auto_provision:
                raise InvalidToken("The person of this token is not known here.")
            changes = said if present is None else _changes(provider, claims, said)
            made = await provisioning.provision(store, organization_id, changes, present)
        except Conflict as error:
            return await self._known(organization_id, said, error)
        except RuleBroken as error:
            raise InvalidToken(f"The token does not say enough of its person: {error}") from None
        return made.person

    async def _known(self, organization_id: str, said: PersonChanges, error: Conflict) -> Person:
        """Who was added by another request at the same moment, or can't be changed as it says."""
        external_id = str(said.external_id)
        found = await people.by_external_id(self._content, organization_id, external_id)
        if found is None:
            raise InvalidToken(f"The person of this token can't be taken in: {error}") from None
        return found


def said_of(provider: IdentityProvider, claims: Mapping[str, Any]) -> PersonChanges:
    """What a token says of a new person."""
    said: dict[str, Any] = {
        "external_id": provider.subject_prefix + str(claims["sub"]),
        "roles": roles_of(provider, claims) or provider.default_roles,
    }
    for name in ("name", "email", "locale"):
        if isinstance(claims.get(name), str):
            said[name] = claims[name]
    if isinstance(claims.get("zoneinfo"), str):
        said["time_zone"] = claims["zoneinfo"]
    return PersonChanges(**said)


def roles_of(provider: IdentityProvider, claims: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The roles that a token gives; None where the provider does not decide about roles."""
    if provider.roles_claim is None:
        return None
    value: Any = claims
    for step in provider.roles_claim.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    held = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    given = [rule.role for rule in provider.roles if rule.value in held]
    return tuple(dict.fromkeys(given)) or provider.default_roles


def _changes(
    provider: IdentityProvider, claims: Mapping[str, Any], said: PersonChanges
) -> PersonChanges:
    """What a token changes of a person who is here: the link to the issuer, and the roles where
    the provider decides about them. Name and address are the person's own by now."""
    roles = roles_of(provider, claims)
    if roles is None:
        return PersonChanges(external_id=said.external_id)
    return PersonChanges(external_id=said.external_id, roles=roles)


def _email_is_trusted(provider: IdentityProvider, claims: Mapping[str, Any]) -> bool:
    return provider.trust_email and claims.get("email_verified", True) is True


def _for_audience(candidates: list[IdentityProvider], audience: Any) -> IdentityProvider | None:
    named = audience if isinstance(audience, list) else [audience]
    return next((each for each in candidates if each.audience in named), None)


def _unverified(token: str) -> Mapping[str, Any]:
    claims: Mapping[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims
