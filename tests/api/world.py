"""One of everything that the API can make, made by the API itself from its own description."""

from collections.abc import Iterator, Mapping
from typing import Any

from aiohttp import FormData

from api.rest import routes
from api.rest.openapi.examples import Examples
from api.rest.openapi.schemas import Schemas
from api.rest.places import places_of, type_of
from api.rest.route import Route
from tests.api.callers import ADMIN, PASSWORD, Api

ROUTES = routes()
PLACES = places_of(ROUTES)

LATER = "2999-01-01T00:00:00Z"

# What a description cannot tell: values that a rule asks for, by the route that takes them.
TAKEN: Mapping[str, Mapping[str, Any]] = {
    "POST /courses/{course_id}/lessons": {"content_type": "assignment"},
    "POST /modules/{module_id}/lessons": {"content_type": "assignment"},
    "POST /learning-paths": {"certificate_id": None},
    "PATCH /learning-paths/{path_id}": {"certificate_id": None},
    "POST /certificates": {"force_reason": "Learnt elsewhere."},
    "POST /identity-providers": {"issuer": "https://sso.example.org", "audience": "lyceum"},
    "POST /questions": {
        "question": {"type": "true_false", "question": "Is it hot?", "correct_answer": True},
        "category_id": None,
    },
    "PATCH /questions/{question_id}": {"category_id": None},
    "PATCH /notifications/read": {"all": True},
    "PUT /quiz/{quiz_id}": {"lesson_id": None},
    "PUT /quizzes/{quiz_id}": {"lesson_id": None},
    "PATCH /submissions/{submission_id}/grade": {"total_score": 1},
    "POST /quizzes/{quiz_id}/attempts": {"answers": []},
    "POST /assignments/{assignment_id}/submissions": {"text": "We gather at the gate."},
    "POST /users": {"email": "grace@example.org", "password": PASSWORD, "roles": ["learner"]},
    "POST /webhooks": {"url": "https://example.org/hook", "events": ["enrollment.completed"]},
    "POST /compliance/requirements": {"audience": {"kind": "everyone"}},
    "POST /compliance/extensions": {"due_at": LATER},
    "POST /compliance/extensions/bulk": {"due_at": LATER},
    "POST /compliance/evidence": {
        "act": "prior_learning",
        "completed_at": "2020-02-29T12:00:00Z",
        "file_id": None,
    },
    "POST /compliance/sign-offs": {"password": ADMIN[1]},
}


ASKED: Mapping[str, Mapping[str, str]] = {
    "/users/{user_id}/roles": {"role": "learner"},
    "/xapi/aggregate": {"pipeline": "[]"},
}
PARTS = ("/learning-paths/{path_id}/courses",)


class World:
    """The ids of what there is, by the name that paths and bodies call it."""

    def __init__(self) -> None:
        self.ids: dict[str, str] = {}
        self.refused: dict[str, str] = {}
        self._made: dict[str, str] = {}
        self._schemas = Schemas(ROUTES)
        self._examples = Examples(self._schemas)

    async def populate(self, api: Api) -> None:
        """Make what can be made, in whatever order one thing needs the other."""
        waiting = [route for route in ROUTES if self._name(route)]
        while waiting:
            ready = [each for each in waiting if set(each.parameters) <= self.ids.keys()]
            made = [each for each in ready if await self._make(api, each)]
            if not made:
                break
            waiting = [each for each in waiting if each.path not in self._made]
        await self._upload(api)
        for route in ROUTES:
            part = (route.status == 201 and not self._name(route)) or route.path in PARTS
            if route.method == "POST" and route.body and part:
                await self._make_part(api, route)

    def path(self, route: Route) -> str:
        """The path of a route with the ids of this world; `none` is the id of what is not in it."""
        ids = {name: self.ids.get(name, "none") for name in route.parameters}
        collection = route.path.partition("/{")[0]
        if route.parameters and collection in self._made:
            ids[route.parameters[0]] = self._made[collection]
        return route.path.format(**ids)

    def query(self, route: Route) -> dict[str, str]:
        """The parameters that a route asks for."""
        if route.query is None:
            return {}
        schema = route.query.model_json_schema()
        properties, asked = schema.get("properties", {}), schema.get("required", ())
        made = {name: self._examples.of(properties[name], name) for name in asked}
        return {**{name: str(each) for name, each in made.items()}, **ASKED.get(route.path, {})}

    def body(self, route: Route) -> dict[str, Any]:
        """The least that a route takes, about the things of this world."""
        if route.body is None:
            return {}
        schema = self._schemas.resolved(self._schemas.ref(route.body, "validation"))
        properties = schema.get("properties", {})
        wanted = {name for name in properties if name in schema.get("required", ())}
        wanted |= {name for name in properties if name in self.ids}
        example = {name: self._examples.of(properties[name], name) for name in wanted}
        known = {name: self.ids[name] for name in wanted & self.ids.keys()}
        lists = {f"{name}s": [each] for name, each in self.ids.items() if f"{name}s" in wanted}
        return {**example, **known, **lists, **TAKEN.get(f"{route.method} {route.path}", {})}

    async def _make(self, api: Api, route: Route) -> bool:
        answer = await api.call("POST", route.path.format(**self.ids), json=self.body(route))
        if answer.status != route.status:
            self.refused[route.path] = await answer.text()
            return False
        self.refused.pop(route.path, None)
        made = self._made[route.path] = (await answer.json())["data"]["id"]
        self.ids.setdefault(self._name(route), made)
        return True

    async def _make_part(self, api: Api, route: Route) -> None:
        """What has no address of its own, where it can be made: a reply, a course of a path."""
        if set(route.parameters) <= self.ids.keys():
            answer = await api.call("POST", self.path(route), json=self.body(route))
            if answer.status == 201:
                made = (await answer.json())["data"]["id"]
                self.ids.setdefault(f"{type_of(route)}_id", made)

    async def _upload(self, api: Api) -> None:
        form = FormData()
        form.add_field("file", b"Where to gather.", filename="plan.txt", content_type="text/plain")
        answer = await api.call("POST", "/files", data=form)
        if answer.status == 201:
            self.ids["file_id"] = (await answer.json())["data"]["id"]
        else:
            self.refused["/files"] = await answer.text()

    def _name(self, route: Route) -> str:
        """What the thing that a route makes is called in paths; empty where it makes none."""
        place = PLACES.get(type_of(route), "")
        makes = route.method == "POST" and route.status == 201 and route.body is not None
        return place.rpartition("{")[2].rstrip("}") if makes else ""


def changing() -> Iterator[Route]:
    """The routes that change what is at their address."""
    return (route for route in ROUTES if route.method in ("PATCH", "PUT", "DELETE"))
