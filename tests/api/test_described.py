"""The document against the server: all that it describes is answered as it says, never by 5xx."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import suppress
from random import Random
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.rest import routes
from api.rest.openapi import openapi_document
from api.rest.problems import MEDIA_TYPE
from tests.api.callers import Api
from tests.api.world import World

RIGHT, WRONG, WRONG_AT = 2, 1, 0.5
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
ORDER = ("GET", "POST", "PATCH", "PUT", "DELETE")
# These end the caller's own session; statements are imported in a medium of many documents.
LEFT_OUT = ("/auth/", "/my/sessions", "/xapi/statements/import")
NOT_IMPLEMENTED = 501


class Described:
    """The operations of a document, tried on a server in which there is one of everything."""

    def __init__(self, base_url: str, headers: Mapping[str, str], ids: Mapping[str, str]) -> None:
        self.wrong: list[str] = []
        self._base_url, self._headers, self._ids = base_url, dict(headers), ids
        config = schemathesis.Config.from_dict({"generation": {"with-security-parameters": False}})
        self._document = openapi_document(routes())
        self._schema = schemathesis.openapi.from_dict(self._document, config=config)

    def operations(self) -> Iterator[Any]:
        """What reads comes first, what removes last."""
        found = [each.ok() for each in self._schema.get_all_operations()]
        kept = [each for each in found if not each.path.startswith(LEFT_OUT)]
        return iter(sorted(kept, key=lambda each: ORDER.index(each.method.upper())))

    def attempt(self, operation: Any) -> None:
        """Send some requests that the document allows, and to some a body that it does not."""
        self._ask(operation, GenerationMode.POSITIVE, RIGHT)
        if operation.body and Random(operation.label).random() < WRONG_AT:
            with suppress(Unsatisfiable):
                self._ask(operation, GenerationMode.NEGATIVE, WRONG)

    def _ask(self, operation: Any, mode: GenerationMode, count: int) -> None:
        number = iter(range(1000))

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(
            max_examples=count,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def ask(case: Any) -> None:
            if next(number) % 4 != 3:
                case.path_parameters = self._placed(case.path_parameters)
                case.body = self._placed(case.body)
            self._check(case, case.call(base_url=self._base_url, headers=self._headers))

        ask()

    def _check(self, case: Any, response: Any) -> None:
        if response.status_code == NOT_IMPLEMENTED:
            return
        try:
            case.validate_response(response, checks=CHECKS)
        except FailureGroup as group:
            for each in group.exceptions:
                self.wrong.append(f"{case.operation.label} {case.body!r}: {each}")
        else:
            for code in self._codes(response) - self._documented(case, response):
                self.wrong.append(f"{case.operation.label} {case.body!r}: undocumented {code}")

    def _codes(self, response: Any) -> set[str]:
        if response.status_code < 400:
            return set()
        return {error["code"] for error in response.json()["errors"]}

    def _documented(self, case: Any, response: Any) -> set[str]:
        """The codes of the answer's status; a refused package has one for each finding."""
        described = self._document["paths"][case.operation.path][case.operation.method.lower()]
        content = described["responses"].get(str(response.status_code), {}).get("content", {})
        known = set(content.get(MEDIA_TYPE, {}).get("examples", {}))
        return self._codes(response) if "package_refused" in known else known

    def _placed(self, value: Any) -> Any:
        """The same about the things that there are."""
        if isinstance(value, list):
            return [self._placed(each) for each in value]
        if not isinstance(value, dict):
            return value
        return {name: self._ids.get(name, self._placed(each)) for name, each in value.items()}


async def test_every_operation_answers_as_it_is_described(admin: Api) -> None:
    world = World()
    await world.populate(admin)
    described = Described(str(admin.client.make_url("/api/v1")), admin.headers, world.ids)
    for operation in described.operations():
        await asyncio.to_thread(described.attempt, operation)
    assert not described.wrong, "\n".join(described.wrong)
