"""The activities resource: what is known of an activity (Communication 2.5)."""

from typing import Any

from tests.conformance.xapi.documents.client import ACTIVITY, Client, broken
from tests.lrs.conftest import a_statement, voiding

PATH = "/xapi/activities"


async def activity(client: Client, activity_id: str = ACTIVITY) -> Any:
    """GET an activity."""
    response = await client.send("GET", PATH, {"activityId": activity_id})
    assert response.status == 200, await response.text()
    assert response.content_type == "application/json"
    return await response.json()


async def record(client: Client, **properties: Any) -> None:
    """POST one statement."""
    statement = a_statement(**properties)
    response = await client.send("POST", "/xapi/statements", body=statement)
    assert response.status == 200, await response.text()


def defined(**definition: Any) -> dict[str, Any]:
    """Return the activity with a definition."""
    return {"objectType": "Activity", "id": ACTIVITY, "definition": definition}


async def test_an_activity_that_nobody_defined_is_its_id(client: Client) -> None:
    """XAPI-00251, 00252, 00253: 200 all the same."""
    alone = {"objectType": "Activity", "id": ACTIVITY}
    assert await activity(client) == alone
    await record(client, object={"id": ACTIVITY})
    assert await activity(client) == alone


async def test_an_activity_has_all_that_statements_have_told_of_it(client: Client) -> None:
    """XAPI-00254: languages and extensions are gathered, of the rest the last holds."""
    await record(
        client,
        object=defined(
            name={"en": "Lesson", "de": "Lektion"},
            description={"en": "One"},
            type="https://example.com/types/lesson",
            extensions={"https://example.com/a.b": 1},
        ),
    )
    await record(
        client,
        object=defined(
            name={"fr": "Leçon", "en": "The lesson"},
            moreInfo="https://example.com/more",
            type="https://example.com/types/unit",
            extensions={"https://example.com/c": {"$d": None}},
        ),
    )
    assert (await activity(client))["definition"] == {
        "name": {"en": "The lesson", "de": "Lektion", "fr": "Leçon"},
        "description": {"en": "One"},
        "type": "https://example.com/types/unit",
        "moreInfo": "https://example.com/more",
        "extensions": {"https://example.com/a.b": 1, "https://example.com/c": {"$d": None}},
    }


async def test_a_definition_is_found_wherever_in_a_statement_it_stands(client: Client) -> None:
    """XAPI-00254: the object, the context's activities, and those of a SubStatement."""
    other = {"id": "https://example.com/other"}
    places: list[dict[str, Any]] = [
        {"object": defined(name={"en": "0"})},
        {"object": other, "context": {"contextActivities": {"parent": defined(name={"de": "1"})}}},
        {
            "object": {
                "objectType": "SubStatement",
                "actor": {"mbox": "mailto:ada@example.com"},
                "verb": {"id": "http://example.com/verbs/planned"},
                "object": defined(name={"fr": "2"}),
                "context": {"contextActivities": {"other": [defined(name={"es": "3"})]}},
            }
        },
    ]
    for properties in places:
        await record(client, **properties)
    assert (await activity(client))["definition"]["name"] == {
        "en": "0",
        "de": "1",
        "fr": "2",
        "es": "3",
    }


async def test_canonical_statements_have_the_canonical_definition(client: Client) -> None:
    """Communication 2.1.3, format: in the language asked for, even where none was told."""
    await record(client, object=defined(name={"en": "Lesson", "de": "Lektion"}))
    await record(client, object=defined(description={"de": "Eins"}))
    bare = a_statement(context={"contextActivities": {"parent": [{"id": ACTIVITY}]}})
    await record(client, **bare)
    for parameters in ({"limit": "1"}, {"statementId": bare["id"]}):
        response = await client.send(
            "GET",
            "/xapi/statements",
            {**parameters, "format": "canonical"},
            accept_language="de",
        )
        body = await response.json()
        (shown,) = body.get("statements", [body])
        definition = {"name": {"de": "Lektion"}, "description": {"de": "Eins"}}
        assert shown["object"]["definition"] == definition
        assert shown["context"]["contextActivities"]["parent"][0]["definition"] == definition


async def test_a_refused_statement_defines_nothing(client: Client) -> None:
    """XAPI-00182: nothing of a refused batch is kept, not even a definition."""
    batch = [a_statement(object=defined(name={"en": "Lesson"})), voiding("7")]
    refused = await client.send("POST", "/xapi/statements", body=batch)
    assert refused.status == 400
    assert "definition" not in await activity(client)


async def test_what_is_no_iri_is_refused(client: Client) -> None:
    """XAPI-00250: missing, or no IRI."""
    assert await broken(await client.send("GET", PATH)) == {"activityId": "XAPI-00250"}
    for wrong in ("", "lesson 1", "/lessons/1"):
        response = await client.send("GET", PATH, {"activityId": wrong})
        assert await broken(response) == {"activityId": "XAPI-00250"}
