"""The OpenAPI document: valid, complete, true to the declarations; and the page that shows it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from api.rest import routes
from api.rest.codes import CODES, is_listed
from api.rest.openapi import openapi_document
from api.rest.route import Route
from tests.api.callers import Client

ROUTES = routes()
MEDIA_TYPE = "application/vnd.api+json"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return openapi_document(ROUTES)


def _operations(document: dict[str, Any]) -> Iterator[tuple[Route, dict[str, Any]]]:
    for route in ROUTES:
        yield route, document["paths"][route.path][route.method.lower()]


def test_the_document_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_every_route_is_one_operation_with_a_name_of_its_own(document: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, operation in _operations(document)]
    assert len(ids) == len(set(ids)) == sum(len(each) for each in document["paths"].values())
    for _, operation in _operations(document):
        assert operation["summary"]
        assert operation["tags"][0] in {tag["name"] for tag in document["tags"]}


def test_every_code_of_a_route_is_in_the_table_and_answered_with_its_status(
    document: dict[str, Any],
) -> None:
    unlisted = {code for route in ROUTES for code in route.errors if not is_listed(code)}
    assert unlisted == set()
    for route, operation in _operations(document):
        for code in route.errors:
            found = [
                int(status)
                for status, answer in operation["responses"].items()
                if code in answer.get("content", {}).get(MEDIA_TYPE, {}).get("examples", {})
            ]
            assert found, f"{route.method} {route.path}: {code}"


def test_the_table_of_codes_is_sorted_and_says_when() -> None:
    assert list(CODES) == sorted(CODES)
    assert all(code.when.endswith(".") for code in CODES.values())


def test_a_permission_is_security_and_its_absence_none(document: dict[str, Any]) -> None:
    for route, operation in _operations(document):
        schemes = {name for each in operation["security"] for name in each}
        expected = {"bearer", "api_key", "api_key_query"} if route.permission else set()
        assert schemes == expected
        assert ("401" in operation["responses"]) == bool(
            route.permission or "auth_required" in route.errors
        )


def test_what_guards_a_change_is_told(document: dict[str, Any]) -> None:
    operation = document["paths"]["/courses/{course_id}"]["patch"]
    assert {"$ref": "#/components/parameters/IfMatch"} in operation["parameters"]
    assert "412" in operation["responses"]
    shown = document["paths"]["/courses/{course_id}"]["get"]["responses"]
    assert "ETag" in shown["200"]["headers"]
    assert "304" in shown


def test_lists_have_meta_and_links_and_resources_envelopes(document: dict[str, Any]) -> None:
    courses = document["paths"]["/courses"]
    answer = courses["get"]["responses"]["200"]["content"][MEDIA_TYPE]["schema"]
    assert answer["required"] == ["data", "meta", "links"]
    taken = courses["post"]["requestBody"]["content"]
    assert taken.keys() == {"application/json", MEDIA_TYPE}
    assert len(taken["application/json"]["schema"]["anyOf"]) == 2


def test_uploads_and_other_media_are_told(document: dict[str, Any]) -> None:
    form = document["paths"]["/scorm/upload"]["post"]["requestBody"]["content"]
    assert form.keys() == {"multipart/form-data"}
    lines = document["paths"]["/xapi/statements/import"]["post"]["requestBody"]["content"]
    assert "application/x-tar" in lines
    exported = document["paths"]["/xapi/statements/export.csv"]["get"]["responses"]["200"]
    assert exported["content"].keys() == {"text/csv"}


def test_every_example_is_of_its_schema(document: dict[str, Any]) -> None:
    resource = Resource(contents=document, specification=DRAFT202012)
    registry = Registry().with_resource("urn:document", resource)
    wrong = []
    for place, schema, example in _examples(document):
        validator = Draft202012Validator(_absolute(schema), registry=registry)
        wrong += [f"{place}: {error.message}" for error in validator.iter_errors(example)]
    assert wrong == []


def _examples(document: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    for route, operation in _operations(document):
        bodies = [operation.get("requestBody", {})]
        bodies += [answer for answer in operation["responses"].values() if "$ref" not in answer]
        for content in (each.get("content", {}) for each in bodies):
            for media in content.values():
                for example in _given(document, media):
                    yield f"{route.method} {route.path}", media["schema"], example


def _given(document: dict[str, Any], media: dict[str, Any]) -> Iterator[Any]:
    if "example" in media:
        yield media["example"]
    for each in media.get("examples", {}).values():
        reference = each.get("$ref", "").rpartition("/")[2]
        yield (document["components"]["examples"][reference] if reference else each)["value"]


def _absolute(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_absolute(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        name: f"urn:document{each}" if name == "$ref" else _absolute(each)
        for name, each in schema.items()
    }


async def test_the_document_is_served_and_kept_by_its_tag(client: Client) -> None:
    answer = await client.get("/api/v1/openapi.json")
    assert answer.status == 200
    assert (await answer.json())["paths"].keys() == {route.path for route in ROUTES}
    known = {"If-None-Match": answer.headers["ETag"]}
    again = await client.get("/api/v1/openapi.json", headers=known)
    assert again.status == 304


async def test_the_page_takes_everything_from_here(client: Client) -> None:
    page = await client.get("/api/docs")
    assert page.status == 200
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    html = await page.text()
    addresses = re.findall(r'(?:src|href|data-document)="([^"]+)"', html)
    assert all(each.startswith("/") and not each.startswith("//") for each in addresses)
    for address in addresses:
        if address != "/":
            assert (await client.get(address)).status == 200, address
    assert re.search(r"<script(?![^>]*src=)", html) is None
    assert (await client.get("/api/docs/swagger-ui.js")).status == 404
