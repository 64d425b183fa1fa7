"""The forms in which statements are shown beside `exact` (Communication 2.1.3, format)."""

from collections.abc import Callable, Collection, Mapping, Sequence

import orjson

from lrs.agents import IFI_PROPERTIES
from lrs.statements.parts import Json, convert

_ACTIVITY_PARTS = ("name", "description")
_COMPONENT_LISTS = ("choices", "scale", "source", "target", "steps")


def show(raw: bytes, form: str, languages: Sequence[str], definitions: Mapping[str, Json]) -> bytes:
    """Return a statement's JSON in a form: exact, ids or canonical.

    `definitions` are the activities' canonical ones, by IRI; others stay as they were told.
    """
    if form == "exact":
        return raw
    statement = orjson.loads(raw)
    if form == "ids":
        return orjson.dumps(convert(statement, _agent_ids, _activity_id, _verb_id))

    def speak(language_map: Mapping[str, str]) -> Json:
        return one_language(language_map, languages)

    return orjson.dumps(
        convert(
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
    found = next(filter(None, (_look_up(by_tag, wanted) for wanted in languages)), None)
    tag = by_tag[found] if found else next(iter(language_map))
    return {tag: language_map[tag]}


def _look_up(tags: Collection[str], wanted: str) -> str | None:
    """Return the tag that is nearest to a wanted one (RFC 4647, 3.4), else one of its language."""
    if wanted == "*":
        return next(iter(tags))
    subtags = wanted.split("-")
    for length in range(len(subtags), 0, -1):
        shorter = "-".join(subtags[:length])
        near = [tag for tag in tags if tag == shorter or tag.startswith(f"{shorter}-")]
        if near:
            return min(near, key=len)
    return None


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
