"""`include=`: the resources that a document leads to, fetched once and sent beside it."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from api.rest.call import Call
from api.rest.documents import Attributes, Resource

Load = Callable[[Call, Sequence[str]], Awaitable[Sequence[Resource[Any]]]]

_LOADERS: dict[str, tuple[type[Attributes], Load]] = {}


def includable(model: type[Attributes]) -> Callable[[Load], Load]:
    """Declare how resources of a type are fetched by their ids, for those that lead to them.

    The function leaves out what the person may not see.
    """

    def declare(load: Load) -> Load:
        _LOADERS[model.type_name] = (model, load)
        return load

    return declare


@cache
def includes_of(model: type[Any] | None) -> Mapping[str, type[Attributes]]:
    """The relationships of a model that can be included, and the model of each."""
    kinds = getattr(model, "relationship_types", {})
    return {name: _LOADERS[kind][0] for name, kind in kinds.items() if kind in _LOADERS}


@cache
def names_of(model: type[Any] | None) -> Mapping[str, frozenset[str]]:
    """The attributes and relationships of each type that a document of the model can have."""
    if model is None or not issubclass(model, Attributes):
        return {}
    models = [model, *includes_of(model).values()]
    return {each.type_name: _members(each) for each in models}


async def included(
    call: Call, resources: Iterable[Resource[Any]], relationships: Iterable[str]
) -> list[Resource[Any]]:
    """What the resources lead to by these relationships, each once."""
    sought: defaultdict[str, dict[str, None]] = defaultdict(dict)
    wanted = set(relationships)
    for resource in resources:
        kinds: Mapping[str, str] = resource.attributes.relationship_types
        for name in wanted & resource.related.keys():
            target = resource.related[name]
            if target is not None:
                sought[kinds[name]][target] = None
    found: list[Resource[Any]] = []
    for kind, ids in sought.items():
        found += await _LOADERS[kind][1](call, list(ids))
    return found


def _members(model: type[Attributes]) -> frozenset[str]:
    return frozenset(model.model_fields) | frozenset(model.relationship_types)
