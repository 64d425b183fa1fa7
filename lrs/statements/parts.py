"""The agents, activities and verbs of a statement, wherever they stand in it."""

from collections.abc import Callable
from typing import Any

Json = dict[str, Any]
Convert = Callable[[Json], Json]

_ACTORS = ("actor", "authority")


def convert(statement: Json, agents: Convert, activities: Convert, verbs: Convert) -> Json:
    """Return the statement with each agent, activity and verb converted."""

    def thing(value: Json) -> Json:
        match value.get("objectType", "Activity"):
            case "Activity":
                return activities(value)
            case "Agent" | "Group":
                return agents(value)
            case "SubStatement":
                return convert(value, agents, activities, verbs)
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
            role: [activities(each) for each in (group if isinstance(group, list) else [group])]
            for role, group in shown["contextActivities"].items()
        }
    return shown
