"""Statements in a server's log, and its pages as somebody's browser asks for them."""

import uuid
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientResponse
from lxml import html

from api.services import Services
from tests.api.callers import ADMIN, PASSWORD, Api, Client, add_person, signed_in

ADL = "http://adlnet.gov/expapi/verbs/"
AUTHORITY = {"objectType": "Agent", "mbox": "mailto:lms@example.org"}
ADA = {"name": "Ada Lovelace", "mbox": "mailto:ada@example.org"}
GOLF = {
    "id": "https://example.org/golf",
    "definition": {"name": {"en": "Golf Explained", "de": "Golf erklärt"}},
}


def verb(word: str) -> dict[str, Any]:
    """One of ADL's verbs."""
    return {"id": ADL + word, "display": {"en": word}}


def a_statement(**parts: Any) -> dict[str, Any]:
    """A statement with an id; `parts` replace its own."""
    made = {"id": str(uuid.uuid4()), "actor": ADA, "verb": verb("completed"), "object": GOLF}
    return {**made, **parts}


def voiding(statement_id: str) -> dict[str, Any]:
    """A statement that voids another."""
    return a_statement(
        verb=verb("voided"), object={"objectType": "StatementRef", "id": statement_id}
    )


async def record(services: Services, *statements: dict[str, Any], tenant: str = "") -> list[str]:
    """Record statements, in the installation's organization unless another is named."""
    organization_id = tenant or services.sessions.organization_id
    return await services.log.record(organization_id, statements, authority=AUTHORITY)


@dataclass(frozen=True)
class Browser:
    """A signed-in person's requests for pages."""

    api: Api

    @classmethod
    async def of(cls, client: Client) -> "Browser":
        """The administrator's."""
        return cls(await signed_in(client, *ADMIN))

    @classmethod
    async def with_role(cls, services: Services, client: Client, role: str) -> "Browser":
        """That of a new person with a role."""
        await add_person(services, f"{role}@example.org", role)
        return cls(await signed_in(client, f"{role}@example.org", PASSWORD))

    async def get(self, path: str, **options: Any) -> ClientResponse:
        """The answer to a request for a page."""
        headers = {**self.api.headers, **options.pop("headers", {})}
        return await self.api.client.get(path, headers=headers, **options)

    async def page(self, path: str, status: int = 200, **options: Any) -> "Page":
        """The page at a path."""
        response = await self.get(path, **options)
        text = await response.text()
        assert response.status == status, text
        return Page(html.document_fromstring(text), str(response.url.relative()))


@dataclass(frozen=True)
class Page:
    """A page's tree, and the address where it was found."""

    tree: Any
    address: str

    @property
    def ids(self) -> list[str]:
        """The statements on it, in order."""
        return [str(each) for each in self.tree.xpath("//li/@data-statement")]

    @property
    def sentences(self) -> list[str]:
        """Their sentences, in order."""
        return [
            " ".join(each.text_content().split())
            for each in self.tree.xpath("//li//p[@class='said']")
        ]

    @property
    def text(self) -> str:
        """All that it says."""
        return " ".join(self.tree.text_content().split())

    def link(self, text: str) -> str:
        """The address of the link with this text."""
        (found,) = (a for a in self.tree.iter("a") if " ".join(a.text_content().split()) == text)
        return str(found.get("href"))
