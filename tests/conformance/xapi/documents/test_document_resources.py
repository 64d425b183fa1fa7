"""What the three document resources have in common (Communication 2.2, 2.3, 2.6, 2.7)."""

from typing import Any

import pytest

from lrs.timestamps import format_timestamp
from tests.conformance.xapi.documents.client import (
    ACTIVITY,
    ACTIVITY_PROFILE,
    AGENT,
    AGENT_PROFILE,
    REGISTRATION,
    RESOURCES,
    STATE,
    Client,
    Resource,
    broken,
)

MISSING = {
    STATE.name: {
        "PUT": {"activityId": "XAPI-00210", "agent": "XAPI-00215", "stateId": "XAPI-00206"},
        "POST": {"activityId": "XAPI-00209", "agent": "XAPI-00214", "stateId": "XAPI-00211"},
        "GET": {"activityId": "XAPI-00208", "agent": "XAPI-00213"},
        "DELETE": {"activityId": "XAPI-00207", "agent": "XAPI-00212"},
    },
    AGENT_PROFILE.name: {
        "PUT": {"agent": "XAPI-00264", "profileId": "XAPI-00267"},
        "POST": {"agent": "XAPI-00263", "profileId": "XAPI-00266"},
        "GET": {"agent": "XAPI-00261"},
        "DELETE": {"agent": "XAPI-00262", "profileId": "XAPI-00265"},
    },
    ACTIVITY_PROFILE.name: {
        "PUT": {"activityId": "XAPI-00299", "profileId": "XAPI-00302"},
        "POST": {"activityId": "XAPI-00298", "profileId": "XAPI-00301"},
        "GET": {"activityId": "XAPI-00296"},
        "DELETE": {"activityId": "XAPI-00297", "profileId": "XAPI-00300"},
    },
}
MALFORMED = {
    STATE.name: {
        "PUT": {"agent": "XAPI-00199", "registration": "XAPI-00203", "stateId": "XAPI-00228"},
        "POST": {"agent": "XAPI-00198", "registration": "XAPI-00202", "stateId": "XAPI-00226"},
        "GET": {"agent": "XAPI-00197", "registration": "XAPI-00201", "stateId": "XAPI-00225"},
        "DELETE": {"agent": "XAPI-00196", "registration": "XAPI-00200", "stateId": "XAPI-00224"},
    },
    AGENT_PROFILE.name: {
        "PUT": {"agent": "XAPI-00257", "profileId": "XAPI-00277"},
        "POST": {"agent": "XAPI-00256", "profileId": "XAPI-00276"},
        "GET": {"agent": "XAPI-00258"},
        "DELETE": {"agent": "XAPI-00255"},
    },
    ACTIVITY_PROFILE.name: {
        "PUT": {"profileId": "XAPI-00307"},
        "POST": {"profileId": "XAPI-00306"},
        "DELETE": {"profileId": "XAPI-00305"},
    },
}
WRONG: dict[str, list[Any]] = {
    "agent": ["ada", "{", "[]", {}, {"mbox": "ada@example.com"}, {"name": "Ada"}],
    "registration": ["7", f"{REGISTRATION}0"],
    "stateId": [""],
    "profileId": [""],
}
SINCE = {
    STATE.name: "XAPI-00204",
    AGENT_PROFILE.name: "XAPI-00260",
    ACTIVITY_PROFILE.name: "XAPI-00295",
}


def body_of(method: str) -> dict[str, int] | None:
    """Return a body where a method has one."""
    return {"a": 1} if method in ("PUT", "POST") else None


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda each: each.name)
async def test_a_document_is_put_found_replaced_and_deleted(
    client: Client, resource: Resource
) -> None:
    """XAPI-00187 to 00192, 00216, 00217, 00230; 00259, 00269 to 00274, 00282; 00285 to 00293."""
    path, address = resource.path, resource.address
    put = await client.send("PUT", path, address, {"page": 1}, if_none_match="*")
    assert (put.status, await put.read()) == (204, b"")
    assert await client.stored(resource) == {"page": 1}
    await client.store(resource, {"page": 2})
    assert await client.stored(resource) == {"page": 2}
    deleted = await client.send("DELETE", path, address)
    assert (deleted.status, await deleted.read()) == (204, b"")
    assert await client.stored(resource) is None
    assert (await client.send("DELETE", path, address)).status == 204


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda each: each.name)
async def test_a_post_makes_a_document_and_merges_into_it(
    client: Client, resource: Resource
) -> None:
    """XAPI-00183 to 00186, 00233, 00234; 00279, 00280; 00308, 00310, 00312: one level deep."""
    post = await client.send(
        "POST", resource.path, resource.address, {"a": 1, "b": {"c": 2, "d": 3}, "e": [1, 2]}
    )
    assert (post.status, await post.read()) == (204, b"")
    more = {"b": {"d": 4}, "e": [3], "f": None}
    assert (await client.send("POST", resource.path, resource.address, more)).status == 204
    assert await client.stored(resource) == {"a": 1, "b": {"d": 4}, "e": [3], "f": None}


async def test_what_cannot_be_merged_is_refused_and_changes_nothing(client: Client) -> None:
    """XAPI-00182, 00229, 00232, 00235; 00278, 00281, 00284; 00309, 00313, 00314."""
    requirements = {
        STATE.name: ("XAPI-00232", "XAPI-00229", "XAPI-00235"),
        AGENT_PROFILE.name: ("XAPI-00278", "XAPI-00281", "XAPI-00284"),
        ACTIVITY_PROFILE.name: ("XAPI-00309", "XAPI-00313", "XAPI-00314"),
    }
    for resource in RESOURCES:
        types, objects, json = requirements[resource.name]
        await client.store(resource, {"a": 1})
        for body, content_type, requirement in (
            (b"text", "text/plain", types),
            (b"[1]", "application/json", objects),
            (b'{"a": }', "application/json", json),
            (b"", "application/json", json),
        ):
            response = await client.send(
                "POST", resource.path, resource.address, body, content_type=content_type
            )
            assert await broken(response) == {"": requirement}
        assert await client.stored(resource) == {"a": 1}
        text = {**resource.address, resource.id_name: "text"}
        put = await client.send(
            "PUT", resource.path, text, b"text", content_type="text/plain", if_none_match="*"
        )
        assert put.status == 204
        response = await client.send("POST", resource.path, text, {"a": 1})
        assert await broken(response) == {"": types}
        assert await (await client.send("GET", resource.path, text)).text() == "text"


async def test_any_content_comes_back_as_it_went(client: Client) -> None:
    """XAPI-00015, Communication 2.2: bytes and Content-Type are the sender's, JSON or not."""
    for content_type, body in (
        ("application/json", '{"naïve": "☃ \U0001f600", "n": 1.0, "a": 1, "a": 2}'.encode()),
        ("application/octet-stream", bytes(range(256))),
        ("text/html; charset=utf-16", "<p>☃".encode("utf-16")),
        ("application/json;charset=utf-8", b" {} "),
        ("text/plain", b""),
    ):
        for resource in RESOURCES:
            address = {**resource.address, resource.id_name: content_type}
            put = await client.send(
                "PUT", resource.path, address, body, content_type=content_type, if_none_match="*"
            )
            assert put.status == 204
            got = await client.send("GET", resource.path, address)
            assert got.headers["Content-Type"] == content_type
            assert await got.read() == body


async def test_each_missing_parameter_is_named(client: Client) -> None:
    """XAPI-00206 to 00215; 00261 to 00267; 00296 to 00302."""
    for resource in RESOURCES:
        for method, names in MISSING[resource.name].items():
            for name, requirement in names.items():
                address = {**resource.address}
                del address[name]
                response = await client.send(method, resource.path, address, body_of(method))
                assert await broken(response) == {name: requirement}
            response = await client.send(method, resource.path, {}, body_of(method))
            assert await broken(response) == names


async def test_each_malformed_parameter_is_named(client: Client) -> None:
    """XAPI-00196 to 00203, 00224 to 00228; 00255 to 00258, 00276, 00277; 00305 to 00307."""
    for resource in RESOURCES:
        for method, names in MALFORMED[resource.name].items():
            for name, requirement in names.items():
                for wrong in WRONG[name]:
                    address = {**resource.address, name: wrong}
                    response = await client.send(method, resource.path, address, body_of(method))
                    assert await broken(response) == {name: requirement}


async def test_other_parameters_and_other_cases_are_refused(client: Client) -> None:
    """XAPI-00324, 00325; 00205, 00223 and 00304 ask for parameters that do not exist any more."""
    for resource in RESOURCES:
        for method in ("GET", "PUT", "POST", "DELETE"):
            extra = {**resource.address, "extra": "1"}
            response = await client.send(method, resource.path, extra, body_of(method))
            assert await broken(response) == {"extra": "XAPI-00324"}
            case = {**resource.address, resource.id_name.upper(): "1"}
            response = await client.send(method, resource.path, case, body_of(method))
            assert list(await broken(response)) == [resource.id_name.upper()]
    delete = {**STATE.subject, "since": "2020-01-01T00:00:00Z"}
    assert await broken(await client.send("DELETE", STATE.path, delete)) == {"since": "XAPI-00324"}
    beside = {**ACTIVITY_PROFILE.subject, "agent": AGENT}
    response = await client.send("GET", ACTIVITY_PROFILE.path, beside)
    assert await broken(response) == {"agent": "XAPI-00324"}


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda each: each.name)
async def test_the_ids_of_a_subject_are_those_of_its_documents_changed_since(
    client: Client, resource: Resource
) -> None:
    """XAPI-00193, 00195, 00204, 00221, 00222; 00260, 00268, 00270, 00275; 00289, 00294, 00295."""
    path, subject = resource.path, resource.subject
    assert await client.ids(resource) == []
    for document_id in ("first", "second", "ünï/☃ &c"):
        await client.store(resource, {}, document_id)
    assert await client.ids(resource) == ["first", "second", "ünï/☃ &c"]
    assert await client.ids(resource, since="2020-01-01T00:00:00+02:00") == await client.ids(
        resource
    )
    assert await client.ids(resource, since="2999-01-01T00:00:00Z") == []
    response = await client.send("GET", path, {**subject, "since": "yesterday"})
    assert await broken(response) == {"since": SINCE[resource.name]}
    both = {**resource.address, "since": "2020-01-01T00:00:00Z"}
    assert await broken(await client.send("GET", path, both)) == {"since": "XAPI-00324"}


async def test_since_leaves_out_what_was_not_changed_after_it(
    client: Client, database: Any
) -> None:
    """XAPI-00195, 00275, 00294: exclusive, by the time of the last change."""
    for resource in RESOURCES:
        for document_id in ("left", "changed"):
            await client.store(resource, {}, document_id)
        newest = await database["documents"].find_one(sort=[("modified", -1)])
        await client.store(resource, {"again": True}, "changed")
        since = format_timestamp(newest["modified"])
        assert await client.ids(resource, since=since) == ["changed"]


async def test_subjects_do_not_see_each_others_documents(client: Client) -> None:
    """Communication 2.2: another activity, agent, registration or resource is another place."""
    await client.store(STATE, {"whose": "nobody's"})
    await client.store(STATE, {"whose": "the registration's"}, registration=REGISTRATION)
    await client.store(ACTIVITY_PROFILE, {"whose": "the activity's"})
    await client.store(AGENT_PROFILE, {"whose": "the agent's"})
    grace = {"mbox": "mailto:grace@example.com"}
    assert await client.stored(STATE) == {"whose": "nobody's"}
    assert await client.stored(STATE, registration=REGISTRATION.upper()) == {
        "whose": "the registration's"
    }
    assert await client.stored(STATE, agent=grace) is None
    assert await client.stored(STATE, activityId=f"{ACTIVITY}#") is None
    assert await client.stored(AGENT_PROFILE, agent=grace) is None
    assert await client.stored(AGENT_PROFILE) == {"whose": "the agent's"}
    assert await client.stored(AGENT_PROFILE, agent={**AGENT, "name": "Ada"}) is not None
    assert await client.stored(ACTIVITY_PROFILE) == {"whose": "the activity's"}


async def test_states_are_listed_and_deleted_with_or_without_a_registration(
    client: Client,
) -> None:
    """XAPI-00194, 00218 to 00220, 00227: without one, those of every registration are meant."""
    await client.store(STATE, {}, "plain")
    await client.store(STATE, {}, "registered", registration=REGISTRATION)
    await client.store(AGENT_PROFILE, {})
    assert await client.ids(STATE) == ["plain", "registered"]
    assert await client.ids(STATE, registration=REGISTRATION) == ["registered"]
    some = {**STATE.subject, "registration": REGISTRATION}
    assert (await client.send("DELETE", STATE.path, some)).status == 204
    assert await client.ids(STATE) == ["plain"]
    await client.store(STATE, {}, "registered", registration=REGISTRATION)
    other = {**STATE.subject, "agent": {"mbox": "mailto:grace@example.com"}}
    assert (await client.send("DELETE", STATE.path, other)).status == 204
    assert await client.ids(STATE) == ["plain", "registered"]
    assert (await client.send("DELETE", STATE.path, STATE.subject)).status == 204
    assert await client.ids(STATE) == []
    assert await client.ids(AGENT_PROFILE) == ["bookmark"]


async def test_last_modified_is_the_time_of_the_change(client: Client) -> None:
    """Communication 2.2 (2.0: 4.1.6): on a document and on a list of ids."""
    for resource in RESOURCES:
        await client.store(resource, {})
        for parameters in (resource.address, resource.subject):
            response = await client.send("GET", resource.path, parameters)
            assert response.headers["Last-Modified"].endswith(" GMT")


async def test_every_identifier_of_an_agent_is_taken(client: Client) -> None:
    """XAPI-00199, Data 2.4.2: an agent is who its one identifier says."""
    for agent in (
        {"mbox_sha1sum": "ebd31e95054c018b10727ccffd2ef2ec3a016ee9"},
        {"openid": "https://ada.example.org/"},
        {"account": {"homePage": "https://lms.example.com", "name": "7"}},
    ):
        await client.store(AGENT_PROFILE, agent, agent=agent)
        assert await client.stored(AGENT_PROFILE, agent=agent) == agent
    two = {**AGENT, "openid": "https://ada.example.org/"}
    response = await client.send("GET", AGENT_PROFILE.path, {"agent": two})
    assert await broken(response) == {"agent": "XAPI-00258"}


async def test_methods_that_a_resource_does_not_have_are_refused(client: Client) -> None:
    """Communication 3.2: 405, and which there are."""
    for resource in RESOURCES:
        response = await client.send("PATCH", resource.path, resource.address, {})
        assert response.status == 405
        assert response.headers["Allow"] == "DELETE, GET, HEAD, OPTIONS, POST, PUT"
