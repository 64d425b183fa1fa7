"""Signing in and out, and from a token back to its person."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from api.errors import InvalidToken, OrganizationRequired, TooManyAttempts, WrongPassword
from api.identity import tokens
from api.identity.passwords import hash_password, verify_password
from api.identity.principal import Principal
from api.identity.throttle import Throttle
from api.identity.tokens import Claims, Use
from api.metrics import SIGN_INS
from api.store import Store, now
from content import store as content_store
from content.errors import NotFound
from content.people import people
from content.people.people import Person

LONGEST_AGENT = 300


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session's tokens, as they are handed out; `expires_in` is the access token's, in s."""

    person: Person
    session_id: str
    access_token: str
    browser_token: str
    refresh_token: str
    expires_in: int


@dataclass(frozen=True, slots=True)
class Sessions:
    """The sessions of all organizations; `organization_id` is the first one."""

    store: Store
    content: content_store.Store
    organization_id: str
    key: bytes
    throttle: Throttle
    access_lifetime: int
    session_lifetime: int

    async def sign_in(
        self,
        email: str,
        password: str,
        address: str,
        organization_id: str | None = None,
        *,
        user_agent: str = "",
    ) -> SignedIn:
        """Begin a session; without an organization in the one that has the person.

        Raises:
            WrongPassword: no active person has this e-mail address and password.
            OrganizationRequired: people of several organizations have both.
            TooManyAttempts: too many wrong ones before.
        """
        email = people.normal_email(email)
        try:
            await self.throttle.attempt(email, address)
            person = await self._proven(organization_id, email, password)
        except (WrongPassword, TooManyAttempts, OrganizationRequired) as error:
            SIGN_INS.labels(type(error).__name__).inc()
            raise
        SIGN_INS.labels("SignedIn").inc()
        await self.throttle.succeeded(email)
        return await self.begin(person, address, user_agent)

    async def people_of(self, organization_id: str | None, email: str) -> list[Person]:
        """The active people with this address, of one organization or of all."""
        if organization_id is None:
            found = await people.everywhere(self.content, email)
        else:
            person = await people.by_email(self.content, organization_id, email)
            found = [person] if person else []
        return [person for person in found if person.status == "active"]

    async def _proven(self, organization_id: str | None, email: str, password: str) -> Person:
        """Who has shown to be one of these people; where there is nobody, that takes as long."""
        candidates = await self.people_of(organization_id, email)
        proven = [each for each in candidates if await self._is_password_of(each, password)]
        if not candidates:
            await verify_password(None, password)
        if not proven:
            raise WrongPassword
        if len(proven) > 1:
            raise OrganizationRequired([each.organization_id for each in proven])
        return proven[0]

    async def _is_password_of(self, person: Person, password: str) -> bool:
        hashed = await self.store.password_hash(person.organization_id, person.id)
        return await verify_password(hashed, password)

    async def begin(self, person: Person, address: str, user_agent: str) -> SignedIn:
        """Begin a session of a person who has shown who they are."""
        session_id = secrets.token_urlsafe(16)
        refresh_token, hashed = tokens.new_refresh_token(session_id)
        whence = {"address": address, "user_agent": user_agent[:LONGEST_AGENT]}
        await self.store.add_session(
            session_id, person.organization_id, person.id, hashed, self._session_end(), whence
        )
        return self._signed_in(person, session_id, refresh_token)

    async def refresh(self, refresh_token: str) -> SignedIn:
        """Exchange a refresh token for new tokens; it works once.

        Raises:
            InvalidToken: used, ended or never given out.
        """
        session_id = tokens.session_of(refresh_token)
        new_token, new_hash = tokens.new_refresh_token(session_id)
        session = await self.store.rotate_session(
            session_id, tokens.refresh_hash(refresh_token), new_hash, self._session_end()
        )
        if session is None:
            raise InvalidToken("The refresh token is not valid; sign in again.")
        person = await self._active(session["organization_id"], session["person_id"])
        return self._signed_in(person, session_id, new_token)

    def read(self, token: str, use: Use) -> Claims:
        """What a token of this use says. Raises InvalidToken."""
        return tokens.read(self.key, token, use)

    async def principal(self, claims: Claims) -> Principal:
        """The person of a token.

        Raises:
            InvalidToken: the session has ended, or the person is inactive.
        """
        if await self.store.session(claims.organization_id, claims.session_id) is None:
            raise InvalidToken("The session has ended; sign in again.")
        person = await self._active(claims.organization_id, claims.person_id)
        return Principal(person, claims.session_id)

    async def renewed(self, claims: Claims) -> str | None:
        """A new browser token once half of the present one's life is over."""
        left = claims.expires_at - now().timestamp()
        if left > self.session_lifetime / 2:
            return None
        await self.store.extend_session(
            claims.organization_id, claims.session_id, self._session_end()
        )
        return self._token(claims.organization_id, claims.person_id, claims.session_id, "browser")

    async def end(self, organization_id: str, session_id: str) -> None:
        """End a session; none of its tokens works from now on."""
        await self.store.end_session(organization_id, session_id)

    async def end_all(self, person: Person) -> None:
        """End every session of a person."""
        await self.store.end_sessions_of(person.organization_id, person.id)

    async def set_password(self, person: Person, password: str) -> None:
        """Give a person a password; every session of theirs ends."""
        hashed = await hash_password(password)
        await self.store.set_password_hash(person.organization_id, person.id, hashed)
        await self.end_all(person)

    async def _active(self, organization_id: str, person_id: str) -> Person:
        try:
            person = await people.get(self.content, organization_id, person_id)
        except NotFound:
            raise InvalidToken("The person of this token is not there any more.") from None
        if person.status != "active":
            raise InvalidToken("The person of this token is inactive.")
        return person

    def _signed_in(self, person: Person, session_id: str, refresh_token: str) -> SignedIn:
        ids = person.organization_id, person.id, session_id
        return SignedIn(
            person=person,
            session_id=session_id,
            access_token=self._token(*ids, "access"),
            browser_token=self._token(*ids, "browser"),
            refresh_token=refresh_token,
            expires_in=self.access_lifetime,
        )

    def _token(self, organization_id: str, person_id: str, session_id: str, use: Use) -> str:
        return tokens.issue(
            self.key,
            organization_id=organization_id,
            person_id=person_id,
            session_id=session_id,
            use=use,
            at=now(),
            lifetime=self.access_lifetime if use == "access" else self.session_lifetime,
        )

    def _session_end(self) -> datetime:
        return now() + timedelta(seconds=self.session_lifetime)
