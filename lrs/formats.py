"""The forms in which statements are shown beside `exact` (Communication 2.1.3, format)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson

from lrs.agents import IFI_PROPERTIES

Json = dict[str, Any]
Convert = Callable[[Json], Json]

_ACTIVITY_PARTS = ("name", "description")
_COMPONENT_LISTS = ("choices", "scale", "source", "target", "steps")
_ACTORS = ("actor", "authority")


def show(raw: bytes, form: str, languages: Sequence[str], definitions: Mapping[str, Json]) -> bytes:
    """Return a statement's JSON in a form: exact, ids or canonical.

    `definitions` are the activities' canonical ones, by IRI; others stay as they were told.
    """
    if form == "exact":
        return raw
    statement = orjson.loads(raw)
    if form == "ids":
        return orjson.dumps(_walk(statement, _agent_ids, _activity_id, _verb_id))

    def speak(language_map: Mapping[str, str]) -> Json:
        return one_language(language_map, languages)

    return orjson.dumps(
        _walk(
            statement,
            lambda agent: agent,
            lambda activity: _spoken_activity(activity, definitions, speak),
            lambda verb: _spoken(verb, ("display",), speak),
        )
    )


def accepted_languages(header: str | None) -> list[str]:
    """Return the language tags of an Accept-Language header, the most wanted first (RFC 9110)."""
    weighed = []
    for position, part in enumerate((header or "").split(",")):
        tag, _, parameters = part.strip().partition(";")
        quality = parameters.strip().removeprefix("q=").strip()
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            weight = 0.0
        if tag and weight > 0:
            weighed.append((-weight, position, tag.strip().lower()))
    return [tag for _, _, tag in sorted(weighed)]


def one_language(language_map: Mapping[str, str], languages: Sequence[str]) -> Json:
    """Return the entry of a language map that suits best; the first where none does."""
    if len(language_map) < 2:
        return dict(language_map)
    by_tag = {tag.lower(): tag for tag in language_map}
    for wanted in languages:
        near = (tag for tag in by_tag if _same_language(tag, wanted))
        found = wanted if wanted in by_tag else next(near, None)
        if found is not None:
            return {by_tag[found]: language_map[by_tag[found]]}
    first = next(iter(language_map))
    return {first: language_map[first]}


def _same_language(tag: str, wanted: str) -> bool:
    return wanted == "*" or tag.partition("-")[0] == wanted.partition("-")[0]


def _walk(statement: Json, agents: Convert, activities: Convert, verbs: Convert) -> Json:
    """Return the statement with each agent, activity and verb converted."""

    def thing(value: Json) -> Json:
        match value.get("objectType", "Activity"):
            case "Activity":
                return activities(value)
            case "Agent" | "Group":
                return agents(value)
            case "SubStatement":
                return _walk(value, agents, activities, verbs)
        return value

    shown = dict(statement)
    shown["verb"] = verbs(shown["verb"])
    shown["object"] = thing(shown["object"])
    for role in _ACTORS:
        if role in shown:
            shown[role] = agents(shown[role])
    if "context" in shown:
        shown["context"] = _context(shown["context"], agents, activities)
    return shown


def _context(context: Json, agents: Convert, activities: Convert) -> Json:
    shown = dict(context)
    for role in ("instructor", "team"):
        if role in shown:
            shown[role] = agents(shown[role])
    for name, who in (("contextAgents", "agent"), ("contextGroups", "group")):
        if name in shown:
            shown[name] = [{**each, who: agents(each[who])} for each in shown[name]]
    if "contextActivities" in shown:
        shown["contextActivities"] = {
            role: [activities(each) for each in group]
            for role, group in shown["contextActivities"].items()
        }
    return shown


def _agent_ids(agent: Json) -> Json:
    """Keep what identifies an agent; of an anonymous group, its members."""
    kept = {name: agent[name] for name in ("objectType", *IFI_PROPERTIES) if name in agent}
    if "member" in agent and not any(name in agent for name in IFI_PROPERTIES):
        kept["member"] = [_agent_ids(member) for member in agent["member"]]
    return kept


def _activity_id(activity: Json) -> Json:
    return {"id": activity["id"]}


def _verb_id(verb: Json) -> Json:
    return {"id": verb["id"]}


def _spoken(value: Json, parts: Sequence[str], speak: Callable[[Mapping[str, str]], Json]) -> Json:
    return {**value, **{part: speak(value[part]) for part in parts if part in value}}


def _spoken_activity(
    activity: Json,
    definitions: Mapping[str, Json],
    speak: Callable[[Mapping[str, str]], Json],
) -> Json:
    known = definitions.get(activity["id"], activity.get("definition"))
    if known is None:
        return activity
    definition = _spoken(known, _ACTIVITY_PARTS, speak)
    for name in _COMPONENT_LISTS:
        if name in definition:
            definition[name] = [_spoken(each, ("description",), speak) for each in definition[name]]
    return {**activity, "definition": definition}
