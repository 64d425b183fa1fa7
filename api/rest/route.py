"""Routes as declarations: one table that serves requests, tests and the OpenAPI document."""

import inspect
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel

from api.permissions import Permission
from api.rest.documents import Attributes, CursorPage, Resource, ResourcePage
from api.rest.problems import MEDIA_TYPE

MULTIPART = "multipart/form-data"

Handler = Callable[..., Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Route:
    """One operation. `permission` None means that anybody may call it.

    `body` and `query` are the models of the handler's parameters of those names, `answers` the
    resource's attributes when it returns a Resource or many of them (`many`), part by part
    where the list has no end (`endless`); `errors` are the codes that it adds to those every
    route can answer. `upload` routes read their body as it arrives: `form` tells of its fields
    where it is multipart, `takes` are its media types; one with a form and a body takes either,
    and is given no body with the form. `media` or one of `other_media` is what is answered. What
    an `audited` one has done is in the audit log. A POST that is not `idempotent` takes no
    Idempotency-Key. `limit` is the class of requests that it is counted among; None is reads or
    writes, by the method. `guard` is the GET that tells the version of what a change without a
    look at it changes.
    `later` are the attributes of what is answered with 202 where the work takes too long.
    """

    method: str
    path: str
    permission: Permission | None
    handler: Handler
    status: int
    summary: str
    body: type[BaseModel] | None
    query: type[BaseModel] | None
    answers: type[BaseModel] | None
    many: bool
    endless: bool
    errors: tuple[str, ...]
    upload: bool
    form: type[BaseModel] | None
    takes: tuple[str, ...]
    media: str
    other_media: tuple[str, ...]
    audited: bool
    idempotent: bool
    limit: str | None
    guard: "Route | None" = None
    later: type[Attributes] | None = None

    @property
    def noun(self) -> str:
        """What the route is about: the name of the module that declares it."""
        return self.handler.__module__.rpartition(".")[2]

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names in the path, each a parameter of the handler."""
        return tuple(re.findall(r"{(\w+)}", self.path))


class RouteTable(list[Route]):
    """The routes of one noun; each module of the API has one. `limit` is the class of those that
    name none."""

    def __init__(self, limit: str | None = None) -> None:
        super().__init__()
        self.limit = limit

    def route(
        self,
        method: str,
        path: str,
        *,
        permission: Permission | None,
        status: int = 200,
        errors: Sequence[str] = (),
        upload: bool = False,
        form: type[BaseModel] | None = None,
        takes: Sequence[str] = (),
        answers: type[BaseModel] | None = None,
        media: str = MEDIA_TYPE,
        other_media: Sequence[str] = (),
        audited: bool = True,
        idempotent: bool = True,
        limit: str | None = None,
    ) -> Callable[[Handler], Handler]:
        """Declare the decorated function as the handler of an operation.

        It is called with the Call, the path's parameters by name, and `body` and `query` where
        it has parameters of those names. What it does is audited unless it is a GET. `answers`
        is for a handler that writes a response itself: the model of its JSON.
        """

        def declare(handler: Handler) -> Handler:
            signature = inspect.signature(handler)
            at_once, later = _answers(signature.return_annotation)
            returned, shape = _answer(at_once)
            self.append(
                Route(
                    method=method,
                    path=path,
                    permission=permission,
                    handler=handler,
                    status=status,
                    summary=(inspect.getdoc(handler) or "").partition("\n")[0],
                    body=_model(signature, "body"),
                    query=_model(signature, "query"),
                    answers=answers or returned,
                    many=shape in (ResourcePage, CursorPage),
                    endless=shape is CursorPage,
                    errors=tuple(errors),
                    upload=upload,
                    form=form,
                    takes=tuple(takes),
                    media=media,
                    other_media=tuple(other_media),
                    audited=audited and method != "GET" and permission is not None,
                    idempotent=idempotent,
                    limit=limit or self.limit,
                    later=later,
                )
            )
            return handler

        return declare


def _model(signature: inspect.Signature, name: str) -> type[BaseModel] | None:
    parameter = signature.parameters.get(name)
    if parameter is None:
        return None
    models = [each for each in get_args(parameter.annotation) if each is not type(None)]
    model: type[BaseModel] = models[0] if models else parameter.annotation
    return model


def _answers(annotation: Any) -> tuple[Any, type[Attributes] | None]:
    """What a handler answers at once, and (the other of two) what where that takes too long."""
    if get_origin(annotation) not in (Union, UnionType):
        return annotation, None
    at_once, later = get_args(annotation)
    attributes: type[Attributes] = get_args(later)[0]
    return at_once, attributes


def _answer(annotation: Any) -> tuple[type[BaseModel] | None, Any]:
    """The model that a handler answers with, and what is around it."""
    origin = get_origin(annotation)
    if origin in (Resource, ResourcePage, CursorPage):
        attributes: type[Attributes] = get_args(annotation)[0]
        return attributes, origin
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        return annotation, None
    return None, None
