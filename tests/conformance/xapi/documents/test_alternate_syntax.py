"""The alternate request syntax, which 1.0.3 has and 2.0 has not (Communication 1.3)."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from aiohttp import ClientResponse, ClientSession

from tests.conformance.xapi.client import VERSION
from tests.conformance.xapi.documents.client import (
    AGENT,
    AGENT_PROFILE,
    STATE,
    Client,
    broken,
)
from tests.lrs.conftest import a_statement
from tests.lrs.messages import MULTIPART, Messenger, body_of, described, part

FORM = "application/x-www-form-urlencoded"


class Form:
    """Forms sent by a client without headers of its own."""

    def __init__(self, client: Client, session: ClientSession) -> None:
        self._client, self._session = client, session

    def of(self, **fields: Any) -> dict[str, str]:
        """Return a form with the headers that each request needs."""
        texts = {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in fields.items()
        }
        authorization = self._client.session.session.headers["Authorization"]
        return {"Authorization": authorization, VERSION: self._client.version, **texts}

    async def send(
        self, path: str, form: dict[str, str] | bytes, content_type: str = FORM
    ) -> ClientResponse:
        """POST a form."""
        return await self._session.post(
            self._client.session.make_url(path),
            data=form if isinstance(form, bytes) else urlencode(form).encode(),
            headers={"Content-Type": content_type},
        )


@pytest.fixture
def form(old: Client, anonymous: ClientSession) -> Form:
    """Forms of 1.0.3."""
    return Form(old, anonymous)


async def test_every_method_can_be_posted(old: Client, form: Form) -> None:
    """XAPI-00336: PUT, GET, HEAD, POST and DELETE of a document, headers and all in the form."""
    address = {"activityId": STATE.subject["activityId"], "agent": AGENT, "stateId": "bookmark"}
    content = json.dumps({"naïve": "☃ & = + %"}, ensure_ascii=False)

    async def send(method: str, **more: str) -> ClientResponse:
        return await form.send(f"{STATE.path}?method={method}", form.of(**address) | more)

    put = await send("PUT", content=content, **{"Content-Type": "application/json"})
    assert (put.status, await put.read()) == (204, b"")
    got = await send("GET")
    assert await got.text() == content
    assert got.headers["X-Experience-API-Version"] == "1.0.3"
    head = await send("HEAD")
    assert (head.status, await head.read()) == (200, b"")
    assert head.headers["ETag"] == got.headers["ETag"]
    posted = await send("POST", content='{"more": 1}')
    assert posted.status == 204
    assert await old.stored(STATE) == {"naïve": "☃ & = + %", "more": 1}
    assert (await send("DELETE")).status == 204
    assert await old.stored(STATE) is None


async def test_the_forms_headers_are_the_requests_headers(old: Client, form: Form) -> None:
    """XAPI-00336: If-Match, If-None-Match, Content-Type and Accept-Language, in any case."""
    fields = form.of(agent=AGENT, profileId="bookmark", content="text")
    url = f"{AGENT_PROFILE.path}?method=PUT"
    assert (await form.send(url, fields)).status == 400
    made = await form.send(url, fields | {"If-None-Match": "*", "content-type": "text/plain"})
    assert made.status == 204
    assert (await form.send(url, fields | {"If-None-Match": "*"})).status == 412
    assert (await form.send(url, fields | {"If-Match": '"other"'})).status == 412
    got = await form.send(
        f"{AGENT_PROFILE.path}?method=GET",
        form.of(agent=AGENT, profileId="bookmark"),
    )
    assert (got.content_type, await got.text()) == ("text/plain", "text")


async def test_statements_can_be_put_posted_and_found_by_form(old: Client, form: Form) -> None:
    """XAPI-00148, 00336: the answer is that of the method that is meant."""
    sent = a_statement()
    put = form.of(statementId=sent["id"], content=sent)
    assert (await form.send("/xapi/statements?method=PUT", put)).status == 204
    posted = await form.send("/xapi/statements?method=POST", form.of(content=[a_statement()]))
    assert (posted.status, len(await posted.json())) == (200, 1)
    found = await form.send("/xapi/statements?method=GET", form.of(limit="1"))
    assert (found.status, len((await found.json())["statements"])) == (200, 1)
    assert found.headers["X-Experience-API-Consistent-Through"]


async def test_a_form_may_bring_attachments(old: Client, form: Form) -> None:
    """XAPI-00336, XAPI-00127: whatever bytes they have."""
    data = b"\x00\xff\r\n\xe2\x98"
    statement = a_statement(attachments=[described(data)])
    fields: dict[str, Any] = form.of(**{"Content-Type": MULTIPART})
    fields["content"] = body_of(statement, part(data))
    answer = await form.send("/xapi/statements?method=POST", fields)
    assert (answer.status, await answer.json()) == (200, [statement["id"]])
    _, [(_, returned)] = await Messenger(old.session).get(statementId=statement["id"])
    assert returned == data


async def test_the_credential_of_the_form_is_needed(old: Client, form: Form) -> None:
    """XAPI-00336: without one, or with a wrong one, 401."""
    fields = form.of(**STATE.subject)
    for wrong in ("", "Basic eDp5"):
        answer = await form.send(f"{STATE.path}?method=GET", fields | {"Authorization": wrong})
        assert answer.status == 401


async def test_what_is_written_otherwise_is_refused(old: Client, form: Form) -> None:
    """XAPI-00336: other parameters in the query, another type, no content, no such method."""
    fields = form.of(**STATE.address)
    url = f"{STATE.path}?method=PUT"
    full = fields | {"content": "{}"}
    assert await broken(await form.send(f"{url}&stateId=1", full)) == {"stateId": "XAPI-00336"}
    as_json = await form.send(url, full, "application/json")
    assert await broken(as_json) == {"Content-Type": "XAPI-00336"}
    assert await broken(await form.send(url, fields)) == {"content": "XAPI-00336"}
    got = await form.send(f"{STATE.path}?method=GET", full)
    assert await broken(got) == {"content": "XAPI-00336"}
    other = await form.send(f"{STATE.path}?method=PATCH", fields)
    assert await broken(other) == {"method": "XAPI-00336"}
    assert (await form.send(url, b"profileId=%FF&content=1")).status == 400
    assert (await form.send(url, b"content=\xff")).status == 400
    assert (await form.send(url, urlencode(full).encode() + b"&content=2")).status == 400
    assert (await old.send("GET", f"{STATE.path}", {"method": "GET"})).status == 400
    assert await old.stored(STATE) is None


async def test_2_0_has_no_alternate_syntax(new: Client, anonymous: ClientSession) -> None:
    """2.0 took it away: 400, wherever the version is named, and however it is written."""
    for version in ("2.0.0", "2.0", "2.0.9"):
        client = new.speaking(version)
        form = Form(client, anonymous)
        fields = form.of(**STATE.address) | {"content": "{}"}
        url = f"{STATE.path}?method=PUT"
        inside = await form.send(url, fields)
        assert await broken(inside) == {"method": "XAPI-00324"}
        outside = await client.send("POST", STATE.path, {"method": "PUT"}, fields)
        assert await broken(outside) == {"method": "XAPI-00324"}
    assert await new.stored(STATE) is None
