"""Somebody at the pages without a script: forms are read from a page, filled in, and sent."""

from dataclasses import dataclass
from typing import Any

from aiohttp import FormData
from lxml import html

from tests.api.callers import Client

Fields = list[tuple[str, str]]


@dataclass(frozen=True)
class Answer:
    """A page, and where a redirection led."""

    status: int
    page: Any
    location: str

    @property
    def text(self) -> str:
        """What is written on the page."""
        return " ".join(self.page.text_content().split())

    def form(self, action: str) -> Fields:
        """The fields of the form with this action, as a browser would send them."""
        form = next(each for each in self.page.forms if each.get("action") == action)
        sent: Fields = []
        for each in form.xpath(".//input[@name] | .//select[@name] | .//textarea[@name]"):
            kind = each.get("type", "text")
            if kind in ("checkbox", "radio") and each.get("checked") is None:
                continue
            if each.tag == "select":
                chosen = each.xpath("./option[@selected]") or each.xpath("./option")
                value = chosen[0].get("value", "") if chosen else ""
            else:
                value = each.value if each.tag == "textarea" else each.get("value", "")
            sent.append((each.get("name"), (value or "").lstrip("\n")))
        return sent


@dataclass(frozen=True)
class Surfer:
    """A signed-in browser without a script."""

    client: Client
    headers: dict[str, str]

    @classmethod
    async def sign_in(cls, client: Client, email: str, password: str) -> "Surfer":
        """Sign in on the page."""
        origin = str(client.make_url("/")).rstrip("/")
        own = {"Sec-Fetch-Site": "same-origin", "Origin": origin}
        fields = {"email": email, "password": password}
        answer = await client.post("/sign-in", data=fields, headers=own, allow_redirects=False)
        assert answer.status == 303
        client.session.cookie_jar.clear()
        cookie = f"lyceum_session={answer.cookies['lyceum_session'].value}"
        return cls(client, {**own, "Cookie": cookie})

    async def open(self, path: str) -> Answer:
        """The page at an address."""
        return await self._ask("GET", path)

    async def send(self, path: str, fields: Fields | None = None, **others: str) -> Answer:
        """What a form's action answers; `others` take the place of fields of their names."""
        named = {name.replace("__", "/"): value for name, value in others.items()}
        kept = [each for each in fields or [] if each[0] not in named]
        return await self._ask("POST", path, data=[*kept, *named.items()])

    async def upload(self, path: str, content: bytes, **fields: str) -> Answer:
        """What a form with a file answers."""
        form = FormData(fields)
        form.add_field("file", content, filename="file.txt", content_type="text/plain")
        return await self._ask("POST", path, data=form)

    async def _ask(self, method: str, path: str, **options: Any) -> Answer:
        answer = await self.client.request(
            method, path, headers=self.headers, allow_redirects=False, **options
        )
        text = await answer.text()
        location = answer.headers.get("Location", "")
        return Answer(answer.status, html.fromstring(text or "<p></p>"), location)
