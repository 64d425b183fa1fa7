"""ETag, If-Match and If-None-Match, in both versions (Communication 3.1; 2.0: 4.1.4)."""

import hashlib

from tests.conformance.xapi.documents.client import (
    PROFILES,
    RESOURCES,
    STATE,
    Client,
    Resource,
)

OTHER = f'"{hashlib.sha1(b"other", usedforsecurity=False).hexdigest()}"'


async def tag(client: Client, resource: Resource) -> str:
    """GET a document's ETag."""
    response = await client.send("GET", resource.path, resource.address)
    assert response.status == 200
    return response.headers["ETag"]


async def test_the_entity_tag_is_the_quoted_sha1_of_the_content(client: Client) -> None:
    """XAPI-00322: forty hexadecimal digits in quotes, on every document."""
    body = b'{"page": 1}'
    for resource in RESOURCES:
        await client.store(resource, body)
        digest = hashlib.sha1(body, usedforsecurity=False).hexdigest()
        assert await tag(client, resource) == f'"{digest}"'


async def test_if_match_lets_only_the_document_that_was_seen_be_changed(client: Client) -> None:
    """XAPI-00322: PUT, POST and DELETE; otherwise 412, and nothing is changed."""
    for resource in RESOURCES:
        path, address = resource.path, resource.address
        await client.store(resource, {"page": 1})
        seen = await tag(client, resource)
        for method, body in (("PUT", {}), ("POST", {"more": 1}), ("DELETE", None)):
            refused = await client.send(method, path, address, body, if_match=OTHER)
            assert refused.status == 412
            assert (await refused.json())["errors"][0]["meta"]["requirement"] == "XAPI-00322"
        assert await client.stored(resource) == {"page": 1}
        put = await client.send("PUT", path, address, {"page": 2}, if_match=f"{OTHER}, {seen}")
        assert put.status == 204
        assert (await client.send("POST", path, address, {}, if_match=seen)).status == 412
        now = await tag(client, resource)
        assert (await client.send("POST", path, address, {"a": 1}, if_match=now)).status == 204
        assert await client.stored(resource) == {"page": 2, "a": 1}
        now = await tag(client, resource)
        assert (await client.send("DELETE", path, address, if_match=now)).status == 204
        assert (await client.send("DELETE", path, address, if_match=now)).status == 412


async def test_if_match_any_wants_a_document_and_if_none_match_any_wants_none(
    client: Client,
) -> None:
    """XAPI-00322: `*` stands for whatever is there."""
    for resource in RESOURCES:
        path, address = resource.path, resource.address
        for method in ("PUT", "POST", "DELETE"):
            absent = await client.send(method, path, address, {}, if_match="*")
            assert absent.status == 412
        assert (await client.send("PUT", path, address, {}, if_none_match="*")).status == 204
        for method in ("PUT", "POST"):
            present = await client.send(method, path, address, {"a": 1}, if_none_match="*")
            assert present.status == 412
        assert await client.stored(resource) == {}
        assert (await client.send("PUT", path, address, {"a": 2}, if_match="*")).status == 204
        assert await client.stored(resource) == {"a": 2}


async def test_a_profile_that_is_there_is_not_replaced_without_a_header(client: Client) -> None:
    """XAPI-00322: 409, an explanation, and nothing is changed."""
    for resource in PROFILES:
        await client.store(resource, {"page": 1})
        refused = await client.send("PUT", resource.path, resource.address, {"page": 2})
        assert refused.status == 409
        assert "If-Match" in await refused.text()
        assert await client.stored(resource) == {"page": 1}
        posted = await client.send("POST", resource.path, resource.address, {"more": 1})
        assert posted.status == 204


async def test_a_state_is_replaced_without_a_header_in_1_0_3(old: Client) -> None:
    """Communication 3.1 of 1.0.3 guards the profiles alone: a player saves its state blindly."""
    for page in (1, 2):
        response = await old.send("PUT", STATE.path, STATE.address, {"page": page})
        assert response.status == 204
    assert await old.stored(STATE) == {"page": 2}


async def test_a_state_is_guarded_as_a_profile_is_in_2_0(new: Client) -> None:
    """2.0, 4.1.4: 409 on a PUT without a header where a document is."""
    assert (await new.send("PUT", STATE.path, STATE.address, {"page": 1})).status == 204
    assert (await new.send("PUT", STATE.path, STATE.address, {"page": 2})).status == 409
    assert await new.stored(STATE) == {"page": 1}


async def test_a_new_profile_wants_a_header_in_1_0_3_and_none_in_2_0(
    old: Client, new: Client
) -> None:
    """XAPI-00273, 00287: 1.0.3 wants If-None-Match even where nothing is there."""
    for resource in PROFILES:
        refused = await old.send("PUT", resource.path, resource.address, {})
        assert refused.status == 400
        assert await old.stored(resource) is None
        assert (await new.send("PUT", resource.path, resource.address, {})).status == 204


async def test_a_get_of_what_is_known_brings_nothing_again(client: Client) -> None:
    """RFC 9110, 13.1.2: 304 with the tag and no body."""
    await client.store(STATE, {"page": 1})
    known = await tag(client, STATE)
    same = await client.send("GET", STATE.path, STATE.address, if_none_match=known)
    assert (same.status, await same.read(), same.headers["ETag"]) == (304, b"", known)
    weak = await client.send("GET", STATE.path, STATE.address, if_none_match=f"W/{known}")
    assert weak.status == 304
    other = await client.send("GET", STATE.path, STATE.address, if_none_match=OTHER)
    assert other.status == 200
