"""Between a SCO's data model and sequencing (RTE 4, 4.2; SN 4.2.1.6).

What a SCO finds when it starts comes from its activity; what it set goes back as a report.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import msgspec

from scorm_runtime.cmi.scorm2004_interval import add
from scorm_runtime.cmi.scorm2004_model import Access, DataModel, identifiers
from scorm_runtime.cmi.scorm2004_table import Table
from scorm_runtime.sequencing import progress
from scorm_runtime.sequencing.definition import Objective, ProgressField
from scorm_runtime.sequencing.session import Session
from scorm_runtime.sequencing.state import ObjectiveUpdate, State, Tracking
from scorm_runtime.sequencing.tree import Activity, ActivityTree
from scorm_runtime.sequencing.validity import ValidRequests

_SUCCESS: Mapping[str, bool | None] = {"passed": True, "failed": False, "unknown": None}
_COMPLETION: Mapping[str, bool | None] = {
    "completed": True,
    "incomplete": False,
    "not attempted": False,
    "unknown": None,
}
_MEASURES: Mapping[str, ProgressField] = {
    "score.scaled": "measure",
    "score.raw": "raw_score",
    "score.min": "min_score",
    "score.max": "max_score",
    "progress_measure": "progress_measure",
}
_SAID_OF_ITSELF = frozenset(
    {f"cmi.{element}" for element in _MEASURES}
    | {"cmi.success_status", "cmi.completion_status", "cmi.exit"}
)
_OF_ONE_SESSION = ("cmi.session_time", "cmi.exit", "cmi.entry")
_ENDS_ALL = ("time-out", "logout")


class Learner(msgspec.Struct, frozen=True):
    """Who runs the SCO, and how: mode and credit as the data model has them."""

    identifier: str
    name: str
    mode: str = "normal"
    credit: str = "credit"


def launch(
    table: Table,
    tree: ActivityTree,
    state: State,
    activity: Activity,
    learner: Learner,
    kept: Mapping[str, str] | None,
) -> DataModel:
    """The data model that a SCO starts with; `kept` is what its suspended attempt left behind."""
    values = dict(kept or {})
    values["cmi.entry"] = "ab-initio" if kept is None else "resume"
    values["cmi.learner_id"], values["cmi.learner_name"] = learner.identifier, learner.name
    values["cmi.mode"], values["cmi.credit"] = learner.mode, learner.credit
    values.update(_authored(activity))
    session = Session(tree, state)
    _objectives(session, activity, values)
    if "adl.data" in table.parents:
        values.update(_data(state, activity))
    return DataModel(table, values, access(activity))


def resumed(
    table: Table, activity: Activity, values: Mapping[str, str], changed: Iterable[str]
) -> DataModel:
    """The data model of a SCO that is running; `changed` are the names that it has set."""
    model = DataModel(table, values, access(activity))
    model.changed = dict.fromkeys(changed)
    return model


def access(activity: Activity) -> dict[str, Access]:
    """What the activity may not do with its shared stores."""
    found: dict[str, Access] = {}
    for place, mapped in enumerate(activity.definition.data):
        store = f"adl.data.{place}.store"
        if not mapped.read_shared_data:
            found[store] = "wo" if mapped.write_shared_data else "none"
        elif not mapped.write_shared_data:
            found[store] = "ro"
    return found


def _authored(activity: Activity) -> dict[str, str]:
    """What the manifest says to the SCO."""
    definition, primary = activity.definition, activity.primary
    completion = activity.sequencing.completion
    given = {
        "cmi.launch_data": definition.launch_data,
        "cmi.time_limit_action": definition.time_limit_action,
        "cmi.max_time_allowed": activity.sequencing.limits.attempt_absolute_duration_limit,
        "cmi.scaled_passing_score": (
            f"{primary.minimum_measure:f}" if primary.satisfied_by_measure else None
        ),
        "cmi.completion_threshold": (
            f"{completion.minimum_progress_measure:f}" if completion.completed_by_measure else None
        ),
    }
    return {name: value for name, value in given.items() if value is not None}


def _objectives(session: Session, activity: Activity, values: dict[str, str]) -> None:
    """Every local objective that has an identifier, with what is known of it."""
    places: dict[str, int] = {}
    while (identifier := values.get(f"cmi.objectives.{len(places)}.id")) is not None:
        places[identifier] = len(places)
    for objective in activity.sequencing.objectives:
        if objective.identifier is None:
            continue
        place = places.setdefault(objective.identifier, len(places))
        record = f"cmi.objectives.{place}"
        values[f"{record}.id"] = objective.identifier
        known = _known(session, activity, objective)
        values.update({f"{record}.{field}": value for field, value in known.items()})


def _known(session: Session, activity: Activity, objective: Objective) -> dict[str, str]:
    known: dict[str, str] = {}
    satisfied = progress.satisfied(session, activity, objective)
    if satisfied is not None:
        known["success_status"] = "passed" if satisfied else "failed"
    completed = progress.read(session, activity, objective, "completed")
    if completed is not None:
        known["completion_status"] = "completed" if completed else "incomplete"
    for element, field in _MEASURES.items():
        measure: Decimal | None = progress.read(session, activity, objective, field)
        if measure is not None:
            known[element] = f"{measure:f}"
    return known


def _data(state: State, activity: Activity) -> dict[str, str]:
    values: dict[str, str] = {}
    for place, mapped in enumerate(activity.definition.data):
        values[f"adl.data.{place}.id"] = mapped.target
        if mapped.target in state.data:
            values[f"adl.data.{place}.store"] = state.data[mapped.target]
    return values


def set_valid_requests(model: DataModel, valid: ValidRequests) -> None:
    """Put what can be asked for into adl.nav.request_valid."""
    said = {True: "true", False: "false"}
    found = "adl.nav.request_valid"
    model.values[f"{found}.continue"] = said[valid.continue_]
    model.values[f"{found}.previous"] = said[valid.previous]
    for entry in valid.contents:
        model.values[f"{found}.choice.{{target={entry.identifier}}}"] = said[entry.choice]
        model.values[f"{found}.jump.{{target={entry.identifier}}}"] = said[entry.jump]


def matters(name: str) -> bool:
    """Whether sequencing asks about an element."""
    return name in _SAID_OF_ITSELF or name.startswith(("cmi.objectives.", "adl.data."))


def report(model: DataModel) -> Tracking:
    """What the SCO said in this session, for sequencing. What it did not touch is left out."""
    objectives = {
        identifier: update
        for place, identifier in identifiers(model, "cmi.objectives")
        if (update := _update(model, f"cmi.objectives.{place}")) != ObjectiveUpdate()
    }
    data = {
        identifier: model.values[name]
        for place, identifier in identifiers(model, "adl.data")
        if (name := f"adl.data.{place}.store") in model.changed
    }
    suspend = model.values.get("cmi.exit") == "suspend"
    return Tracking(_update(model, "cmi"), objectives, data, suspend)


def _update(model: DataModel, record: str) -> ObjectiveUpdate:
    said: dict[str, Any] = {}
    for element, field in _MEASURES.items():
        if (name := f"{record}.{element}") in model.changed:
            said[field] = Decimal(model.values[name])
    if (name := f"{record}.success_status") in model.changed:
        said["satisfied"] = _SUCCESS[model.values[name]]
    if (name := f"{record}.completion_status") in model.changed:
        said["completed"] = _COMPLETION[model.values[name]]
    return ObjectiveUpdate(**said)


def requested(model: DataModel) -> str | None:
    """What the SCO asks for as it ends: a value of adl.nav.request, or None.

    A SCO that timed out or was logged out of ends the whole session.
    """
    if model.values.get("cmi.exit") in _ENDS_ALL:
        return "exitAll"
    request = model.values.get("adl.nav.request", "_none_")
    return None if request == "_none_" else request


def to_keep(model: DataModel) -> dict[str, str]:
    """What a suspended attempt needs to go on: the values, with the session's time added."""
    kept = {
        name: value
        for name, value in model.values.items()
        if name not in _OF_ONE_SESSION and not name.startswith("adl.")
    }
    total = model.values.get("cmi.total_time", "PT0S")
    kept["cmi.total_time"] = add(total, model.values.get("cmi.session_time", "PT0S"))
    return kept
