"""Every call of the Python client is one of the OpenAPI document: path, method, query and body.

The server of these tests knows the document alone: it checks what is asked by it, and answers with
its examples, so that what the client reads is what the document tells.
"""

import asyncio
import inspect
import re
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, get_args, get_type_hints, is_typeddict

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from jsonschema import Draft202012Validator
from lyceum_client import Conflict, Invalid, LyceumClient, NotFound, RateLimited, Unreachable
from lyceum_client import fields as named_fields
from lyceum_client.models import Model

from api.rest import routes
from api.rest.openapi import openapi_document

MEDIA_TYPE = "application/vnd.api+json"
PREFIX = "/api/v1"
QUESTION = {"type": "true_false", "question": "Hooks?", "correct_answer": False, "points": 5}
PLACE = {"user_id": "user_1", "position": 100, "time_spent_seconds": 720}

CALLS: dict[str, dict[str, Any]] = {
    "list_courses": {"status": "draft", "category": "c", "instructor_id": "u", "search": "a"}
    | {"tag": "t", "language": "en", "slug": "s", "sort": "title"},
    "create_course": {"title": "React", "status": "draft", "settings": {"passing_score": 80}},
    "get_course": {"course_id": "course_1"},
    "get_course_by_external_id": {"external_id": "a/b 1"},
    "update_course": {"course_id": "course_1", "title": "B", "status": "published"},
    "publish_course": {"course_id": "course_1"},
    "delete_course": {"course_id": "course_1"},
    "list_modules": {"course_id": "course_1"},
    "create_module": {"course_id": "course_1", "title": "One", "position": 1, "unlock_at": None},
    "get_module": {"module_id": "module_1"},
    "update_module": {"module_id": "module_1", "unlock_at": "2027-01-01T00:00:00Z"},
    "reorder_modules": {"course_id": "course_1", "module_ids": ["module_2", "module_1"]},
    "delete_module": {"module_id": "module_1"},
    "list_lessons": {"module_id": "module_1"},
    "create_lesson": {"module_id": "module_1", "title": "Welcome", "content_type": "video"}
    | {"content": {"video_url": "https://example.org/w.mp4", "duration_seconds": 300}},
    "get_lesson": {"lesson_id": "lesson_1"},
    "update_lesson": {"lesson_id": "lesson_1", "title": "B", "free_preview": True},
    "reorder_lessons": {"module_id": "module_1", "lesson_ids": ["lesson_1"]},
    "delete_lesson": {"lesson_id": "lesson_1"},
    "create_quiz": {"title": "Quiz", "questions": [QUESTION], "lesson_id": "lesson_1"},
    "get_quiz": {"quiz_id": "quiz_1"},
    "update_quiz": {"quiz_id": "quiz_1", "questions": [QUESTION], "max_attempts": 3},
    "delete_quiz": {"quiz_id": "quiz_1"},
    "me": {},
    "create_user": {"name": "Ada", "email": "ada@example.org", "roles": ["learner"]},
    "list_learners": {"search": "ada"},
    "get_learner_by_email": {"email": "ada@example.org"},
    "list_enrollments": {"course_id": "c", "user_id": "u", "cohort_id": "k", "status": "active"},
    "enroll": {"user_id": "user_1", "course_id": "course_1", "send_notification": False},
    "bulk_enroll": {"course_id": "course_1", "user_ids": ["user_1"]}
    | {"expires_at": "2027-12-31T23:59:59Z", "send_notification": True},
    "cancel_enrollment": {"enrollment_id": "enrollment_1"},
    "get_progress": {"course_id": "course_1", "user_id": "user_1"},
    "reset_progress": {"course_id": "course_1", "user_id": "user_1", "reason": "Again"},
    "complete_lesson": {"lesson_id": "lesson_1", **PLACE},
    "save_position": {"lesson_id": "lesson_1", **PLACE},
    "submit_quiz": {"quiz_id": "quiz_1", "answers": [{"question_index": 0, "answer": 1}]}
    | {"user_id": "user_1", "time_taken_seconds": 60},
    "list_quiz_attempts": {"quiz_id": "quiz_1", "user_id": "user_1"},
    "grade_answer": {"attempt_id": "attempt_1", "question_index": 4, "points_earned": 18},
    "list_certificates": {"user_id": "u", "course_id": "c", "status": "valid"},
    "issue_certificate": {"user_id": "u", "course_id": "c", "custom_fields": {"grade": "A"}},
    "get_certificate": {"certificate_id": "certificate_1"},
    "revoke_certificate": {"certificate_id": "certificate_1", "reason": "An error"},
    "verify_certificate": {"certificate_number": "CERT-2026-0000001"},
    "get_analytics": {"course_id": "c", "period": "30d", "metrics": ["enrollments", "ratings"]},
}


class Described:
    """The OpenAPI document, and what was asked of it."""

    def __init__(self) -> None:
        self.document = openapi_document(routes())
        self.paths = {
            re.compile(re.sub(r"{\w+}", "[^/]+", path) + "$"): path
            for path in sorted(self.document["paths"], key=lambda each: each.count("{"))
        }
        self.wrong: list[str] = []
        self.asked: list[tuple[str, dict[str, Any]]] = []

    async def answer(self, request: web.Request) -> web.Response:
        """Check a request; answer with the example of its operation."""
        path = request.rel_url.raw_path.removeprefix(PREFIX)
        known = next((each for shape, each in self.paths.items() if shape.match(path)), "")
        operation = self.document["paths"].get(known, {}).get(request.method.lower())
        if operation is None:
            self.wrong.append(f"{request.method} {path} is not in the document")
            return web.json_response({}, status=404)
        body = await request.json() if request.can_read_body else None
        self.asked.append((f"{request.method} {known}", operation))
        self.wrong += self._findings(request, operation, body)
        return _example(operation)

    def _findings(
        self, request: web.Request, operation: dict[str, Any], body: Any
    ) -> Iterator[str]:
        told = [self._resolved(each) for each in operation["parameters"]]
        names = {each["name"] for each in told}
        yield from (f"{request.path} has no parameter {each}" for each in {*request.query} - names)
        keyed = "Idempotency-Key" in request.headers
        if keyed != (request.method == "POST") or (keyed and "Idempotency-Key" not in names):
            yield f"{request.path} and its Idempotency-Key"
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if content is None:
            yield from [f"{request.path} takes no body"] * (body is not None)
            return
        schema = {**content["schema"], "components": self.document["components"]}
        for error in Draft202012Validator(schema).iter_errors(body):
            yield f"{request.path}: {error.message}"

    def _resolved(self, parameter: dict[str, Any]) -> dict[str, Any]:
        name = parameter.get("$ref", "").rpartition("/")[2]
        shown: dict[str, Any] = self.document["components"]["parameters"].get(name, parameter)
        return shown

    def properties(self, operation: dict[str, Any]) -> set[str]:
        """The names that its body, or its query, can have."""
        names = {self._resolved(each)["name"] for each in operation["parameters"]}
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        return names | (self._names(content["schema"]) if content else set())

    def _names(self, schema: dict[str, Any]) -> set[str]:
        name = schema.get("$ref", "").rpartition("/")[2]
        shown = self.document["components"]["schemas"].get(name, schema)
        return {*shown.get("properties", {})}.union(*map(self._names, shown.get("anyOf", [])))


def _example(operation: dict[str, Any]) -> web.Response:
    status = next(each for each in operation["responses"] if each.startswith("2"))
    content = operation["responses"][status].get("content")
    if content is None:
        return web.Response(status=int(status))
    (media,) = content.values()
    example = (
        media["example"] if "example" in media else next(iter(media["examples"].values()))["value"]
    )
    return web.json_response(example, status=int(status), content_type=MEDIA_TYPE)


async def _serve(answer: Callable[[web.Request], Any]) -> TestServer:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    server = TestServer(app)
    await server.start_server()
    return server


def _methods() -> dict[str, Any]:
    return {
        name: method
        for name, method in inspect.getmembers(LyceumClient, inspect.isfunction)
        if not name.startswith("_") and name != "close"
    }


def _optional(method: Any) -> set[str]:
    """The names of the keyword arguments that a method takes beside its own."""
    told = get_type_hints(method)
    taken = inspect.signature(method).parameters.items()
    extra = [name for name, each in taken if each.kind is each.VAR_KEYWORD]
    return {field for name in extra for field in get_type_hints(get_args(told[name])[0])}


@pytest.fixture
async def described() -> AsyncIterator[tuple[Described, str]]:
    """The document, and the address where it is served."""
    document = Described()
    server = await _serve(document.answer)
    yield document, str(server.make_url("/"))
    await server.close()


async def test_every_call_is_one_of_the_document(described: tuple[Described, str]) -> None:
    document, address = described
    assert CALLS.keys() == _methods().keys()

    def call_all() -> None:
        with LyceumClient(address, api_key="k", retries=0) as client:
            for name, arguments in CALLS.items():
                answer = getattr(client, name)(**arguments)
                found = list(answer) if name.startswith("list_") else answer
                kinds = found if isinstance(found, list) else [found]
                assert all(each is None or isinstance(each, Model) for each in kinds), name
                unknown = _optional(_methods()[name]) - document.properties(document.asked[-1][1])
                assert unknown == set(), name

    await asyncio.to_thread(call_all)
    assert document.wrong == []
    assert len({asked for asked, _ in document.asked}) == len(CALLS)


def test_what_questions_options_and_settings_are_made_of_is_in_the_document() -> None:
    schemas = openapi_document(routes())["components"]["schemas"]
    pairs = {
        "Question": "QuestionBody",
        "Option": "OptionBody",
        "Pair": "PairBody",
        "Answer": "AnswerBody",
        "SettingsFields": "SettingsBody",
    }
    for name, schema in pairs.items():
        shape = getattr(named_fields, name)
        assert is_typeddict(shape)
        assert {*get_type_hints(shape)} <= {*schemas[schema]["properties"]}, name
    kinds = schemas["QuestionBody"]["properties"]["type"]["enum"]
    assert list(get_args(named_fields.QuestionType)) == kinds


ERROR = {
    "status": "422",
    "code": "validation_error",
    "title": "The body breaks a rule",
    "detail": "is required",
    "source": {"pointer": "/title"},
}


CUT = 0


class Faulty:
    """A server that answers one after the other, or hangs up, and keeps what it was asked."""

    def __init__(self, *answers: tuple[int, dict[str, str]]) -> None:
        self.answers = list(answers)
        self.keys: list[str] = []

    async def answer(self, request: web.Request) -> web.Response:
        """The next answer."""
        self.keys.append(request.headers.get("Idempotency-Key", ""))
        status, headers = self.answers.pop(0)
        if status == CUT and request.transport is not None:
            request.transport.abort()
        told = (
            ERROR if status == 422 else {**ERROR, "status": str(status), "code": f"code_{status}"}
        )
        found = {"id": "u", "attributes": {"user_id": "u"}}
        body = {"errors": [told]} if status >= 400 else {"data": found}
        headers = {"X-Request-ID": "r", **headers}
        return web.json_response(body, status=status or 200, headers=headers)


async def _ask(faulty: Faulty, ask: Callable[[LyceumClient], Any], retries: int = 3) -> Any:
    server = await _serve(faulty.answer)

    def asking() -> Any:
        with LyceumClient(str(server.make_url("/")), api_key="k", retries=retries) as client:
            return ask(client)

    try:
        return await asyncio.to_thread(asking)
    finally:
        await server.close()


SOON = {"Retry-After": "0"}


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing waits before it is sent again."""
    monkeypatch.setattr("lyceum_client.connection.BACKOFF_SECONDS", 0)


def _post(client: LyceumClient) -> Any:
    return client._connection.ask("POST", "/courses", body={})


@pytest.mark.usefixtures("at_once")
async def test_a_post_is_sent_again_by_the_same_key_until_it_is_answered() -> None:
    faulty = Faulty((CUT, {}), (503, SOON), (429, SOON), (409, SOON), (204, {}))
    await _ask(faulty, _post, retries=4)
    assert len(faulty.keys) == 5
    assert len({*faulty.keys}) == 1
    assert faulty.keys[0]


@pytest.mark.usefixtures("at_once")
async def test_what_stays_refused_is_raised_with_its_code_and_findings() -> None:
    def create(client: LyceumClient) -> Any:
        return client.create_course("")

    with pytest.raises(Invalid, match="422 validation_error: /title is required") as raised:
        await _ask(Faulty((422, {})), create)
    assert raised.value.findings[0].where == "/title"
    assert raised.value.request_id == "r"
    with pytest.raises(Conflict) as conflict:
        await _ask(Faulty((409, {})), create)
    assert (conflict.value.status, conflict.value.code) == (409, "code_409")
    with pytest.raises(NotFound):
        await _ask(Faulty((404, {})), create)
    with pytest.raises(RateLimited):
        await _ask(Faulty((429, SOON), (429, SOON)), create, retries=1)


async def test_a_server_that_is_not_there_is_unreachable() -> None:
    server = await _serve(Faulty().answer)
    address = str(server.make_url("/"))
    await server.close()
    with LyceumClient(address, api_key="k", retries=0) as client, pytest.raises(Unreachable):
        await asyncio.to_thread(client.me)


def test_a_caller_has_a_key_or_a_password_and_not_both() -> None:
    for who in ({}, {"email": "a@b.c"}, {"api_key": "k", "email": "a@b.c", "password": "p"}):
        with pytest.raises(ValueError, match="give an api_key"):
            LyceumClient("http://127.0.0.1", **who)
