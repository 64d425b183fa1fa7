"""Tokens of outside issuers: verified by fetched keys, and what people they make of them."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from aiohttp import web

from api.errors import InvalidToken, IssuerUnavailable
from api.identity.key_sets import KeySets
from api.services import Services
from tests.api.callers import Api, Client, add_person
from tests.api.issuer import AUDIENCE, Issuer, issuer

PATH = "/identity-providers"
RULES = [{"value": "staff", "role": "instructor"}, {"value": "boss", "role": "admin"}]


@pytest.fixture
async def idp() -> AsyncIterator[Issuer]:
    """An issuer with one RSA key."""
    async with issuer() as made:
        made.add_key("one")
        yield made


async def _take(admin: Api, idp: Issuer, **settings: Any) -> dict[str, Any]:
    known = {"name": "Company", "issuer": idp.url, "audience": AUDIENCE, "auto_provision": True}
    return await admin.make(PATH, **{**known, **settings})


async def _me(client: Client, token: str) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {token}"}
    answer = await client.get("/api/v1/auth/me", headers=headers)
    return answer.status, await answer.json()


def _ada(idp: Issuer, kid: str = "one", **claims: Any) -> str:
    return idp.token(kid, **{"name": "Ada", "email": "ada@example.org", **claims})


async def test_who_is_unknown_is_added_once_even_by_many_requests(
    client: Client, admin: Api, idp: Issuer
) -> None:
    await _take(admin, idp)
    answers = await asyncio.gather(*(_me(client, _ada(idp)) for _ in range(5)))
    assert {status for status, _ in answers} == {200}
    assert len({document["data"]["id"] for _, document in answers}) == 1
    person = answers[0][1]["data"]["attributes"]
    assert (person["external_id"], person["roles"]) == ("user_1", ["learner"])
    assert idp.asked == {"discovery": 1, "keys": 1}


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256", "EdDSA"])
async def test_every_kind_of_key_is_taken(
    client: Client, admin: Api, idp: Issuer, algorithm: str
) -> None:
    await _take(admin, idp, algorithms=[algorithm], jwks_url=f"{idp.url}/keys")
    idp.add_key("two", algorithm)
    assert (await _me(client, _ada(idp, "two")))[0] == 200
    assert idp.asked["discovery"] == 0


async def test_a_token_that_is_not_good_is_refused(client: Client, admin: Api, idp: Issuer) -> None:
    await _take(admin, idp, algorithms=["RS256"])
    assert (await _me(client, _ada(idp)))[0] == 200
    late = datetime.now(UTC) - timedelta(minutes=2)
    idp.add_key("weak", bits=1024)
    idp.add_key("curve", "ES256")
    private = idp.keys["one"][1]
    stolen = jwt.encode(idp.claims(sub="user_1"), private, "RS256", headers={"kid": "curve"})
    unsigned = jwt.encode(idp.claims(sub="user_1"), None, "none")
    tampered = _ada(idp)[:-8] + "AAAAAAAA"
    for wrong in (
        _ada(idp, aud="another"),
        _ada(idp, iss="https://elsewhere.example"),
        _ada(idp, exp=late),
        _ada(idp, exp=None),
        _ada(idp, nbf=datetime.now(UTC) + timedelta(minutes=2)),
        idp.token("one", sub=None),  # type: ignore[arg-type]
        _ada(idp, "weak"),
        _ada(idp, "curve"),
        idp.confused("one", sub="user_1"),
        stolen,
        unsigned,
        tampered,
    ):
        status, document = await _me(client, wrong)
        assert (status, document["errors"][0]["code"]) == (401, "auth_required")


async def test_clocks_may_differ_by_a_minute(client: Client, admin: Api, idp: Issuer) -> None:
    await _take(admin, idp)
    just = datetime.now(UTC) - timedelta(seconds=30)
    assert (await _me(client, _ada(idp, exp=just)))[0] == 200


async def test_roles_follow_the_claim(client: Client, admin: Api, idp: Issuer) -> None:
    await _take(admin, idp, roles_claim="realm_access.roles", roles=RULES)
    for held, roles in (
        (["staff", "other"], ["instructor"]),
        (["boss", "staff"], ["instructor", "admin"]),
        ([], ["learner"]),
    ):
        status, document = await _me(client, _ada(idp, realm_access={"roles": held}))
        assert (status, document["data"]["attributes"]["roles"]) == (200, roles)


async def test_who_is_here_is_linked_by_a_trusted_address_alone(
    services: Services, client: Client, admin: Api, idp: Issuer
) -> None:
    ada = await add_person(services, "ada@example.org", "instructor")
    made = await _take(admin, idp)
    assert (await _me(client, _ada(idp)))[0] == 401
    await admin.call("PATCH", f"{PATH}/{made['id']}", json={"trust_email": True})
    assert (await _me(client, _ada(idp, email_verified=False)))[0] == 401
    _, document = await _me(client, _ada(idp, email_verified=True))
    assert (document["data"]["id"], document["data"]["attributes"]["roles"]) == (
        ada,
        ["instructor"],
    )
    _, document = await _me(client, idp.token("one"))
    assert document["data"]["id"] == ada
    await admin.call("POST", f"/users/{ada}/deactivate")
    assert (await _me(client, _ada(idp)))[0] == 401


async def test_strangers_stay_out_where_people_are_not_added(
    client: Client, admin: Api, idp: Issuer
) -> None:
    await _take(admin, idp, auto_provision=False, subject_prefix="corp:")
    assert (await _me(client, _ada(idp)))[0] == 401
    await admin.make("/users", name="Ada", email="ada@example.org", external_id="corp:user_1")
    assert (await _me(client, _ada(idp)))[0] == 200


async def test_a_disabled_and_a_deleted_issuer_is_refused_at_once(
    client: Client, admin: Api, idp: Issuer
) -> None:
    made = await _take(admin, idp)
    path = f"{PATH}/{made['id']}"
    assert (await _me(client, _ada(idp)))[0] == 200
    await admin.call("PATCH", path, json={"enabled": False})
    assert (await _me(client, _ada(idp)))[0] == 401
    await admin.call("PATCH", path, json={"enabled": True})
    assert (await _me(client, _ada(idp)))[0] == 200
    assert (await admin.call("DELETE", path)).status == 204
    assert (await _me(client, _ada(idp)))[0] == 401
    assert (await admin.get(PATH))["data"] == []


async def test_an_issuer_and_audience_are_one_organizations(admin: Api, idp: Issuer) -> None:
    await _take(admin, idp)
    again = {"name": "Again", "issuer": idp.url, "audience": AUDIENCE}
    answer = await admin.call("POST", PATH, json=again)
    assert answer.status == 409
    assert (await answer.json())["errors"][0]["code"] == "identity_provider_exists"
    await _take(admin, idp, audience="other")


async def test_what_is_wrong_with_an_issuer_is_told(client: Client, admin: Api) -> None:
    wrong = {
        "name": " ",
        "issuer": "ftp://x.example",
        "audience": "a",
        "jwks_url": "https://x.example/?a",
        "algorithms": ["HS256"],
        "roles": [{"value": "a", "role": "king"}],
    }
    answer = await admin.call("POST", PATH, json=wrong)
    told = {each["source"]["pointer"] for each in (await answer.json())["errors"]}
    assert told == {"/name", "/issuer", "/jwks_url", "/algorithms/0", "/roles/0/role"}
    key = await admin.make("/api-keys", name="IT", scopes=["identity_providers"])
    program = Api(client, {"X-API-Key": key["attributes"]["key"]})
    grab = {"name": "Mine", "issuer": "https://x.example", "audience": "a", "roles": RULES}
    assert (await program.call("POST", PATH, json=grab)).status == 403


async def test_a_person_of_an_issuer_makes_tokens_but_has_no_session(
    client: Client, admin: Api, idp: Issuer
) -> None:
    await _take(admin, idp)
    ada = Api(client, {"Authorization": f"Bearer {_ada(idp)}"})
    await ada.make("/my/tokens", name="Notebook")
    assert (await ada.call("POST", "/auth/sign-out")).status == 403
    session = await ada.make("/auth/exchange")
    token = session["attributes"]["access_token"]
    ours = Api(client, {"Authorization": f"Bearer {token}"})
    assert (await ours.call("POST", "/auth/sign-out")).status == 204


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


async def _key(keys: KeySets, idp: Issuer, kid: str) -> Any:
    return await keys.key(idp.url, None, {"kid": kid, "alg": idp.keys[kid][0]})


async def test_rotated_keys_are_fetched_but_at_most_once_a_minute(idp: Issuer) -> None:
    clock = Clock()
    keys = KeySets(public_only=False, clock=clock)
    await _key(keys, idp, "one")
    idp.add_key("two", "ES256")
    for _ in range(5):
        with pytest.raises(InvalidToken):
            await _key(keys, idp, "two")
    assert idp.asked["keys"] == 1
    clock.seconds += 61
    await asyncio.gather(*(_key(keys, idp, "two") for _ in range(5)))
    assert idp.asked["keys"] == 2
    del idp.published["one"]
    await _key(keys, idp, "one")
    clock.seconds += 3601
    with pytest.raises(InvalidToken):
        await _key(keys, idp, "one")


async def test_while_an_issuer_is_away_what_is_known_stays_good(idp: Issuer) -> None:
    clock = Clock()
    keys = KeySets(public_only=False, clock=clock)
    idp.answers = web.Response(status=500)
    with pytest.raises(IssuerUnavailable):
        await _key(keys, idp, "one")
    idp.answers = None
    with pytest.raises(IssuerUnavailable):
        await _key(keys, idp, "one")
    clock.seconds += 61
    await _key(keys, idp, "one")
    idp.answers = web.Response(status=500)
    clock.seconds += 4000
    await _key(keys, idp, "one")
    assert idp.asked["keys"] == 3


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"keys": 5}', b"not json", b" " * 300_000])
async def test_strange_answers_are_no_keys(idp: Issuer, body: bytes) -> None:
    idp.answers = web.Response(body=body)
    with pytest.raises(IssuerUnavailable):
        await _key(KeySets(public_only=False), idp, "one")


async def test_a_discovery_document_of_another_issuer_is_not_believed(idp: Issuer) -> None:
    idp.named = "https://elsewhere.example"
    with pytest.raises(IssuerUnavailable):
        await _key(KeySets(public_only=False), idp, "one")
    assert idp.asked["keys"] == 0


async def test_only_public_https_is_asked_where_the_settings_say_so(idp: Issuer) -> None:
    keys, header = KeySets(public_only=True), {"kid": "one", "alg": "RS256"}
    for url in (idp.url, "https://127.0.0.1:1", "https://localhost:1", "https://[::1]:1"):
        with pytest.raises(IssuerUnavailable):
            await keys.key(url, None, header)
    assert idp.asked == {"discovery": 0, "keys": 0}


async def test_an_issuer_that_cannot_be_asked_is_no_fault_of_the_token(
    client: Client, admin: Api, idp: Issuer
) -> None:
    await _take(admin, idp)
    idp.answers = web.Response(status=500)
    status, document = await _me(client, _ada(idp))
    assert (status, document["errors"][0]["code"]) == (503, "unavailable")
