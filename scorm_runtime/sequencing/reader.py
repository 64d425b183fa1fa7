"""Reads the sequencing of a manifest's items (imsss, adlseq, adlnav, adlcp) into definitions."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

from lxml import etree

from scorm_runtime.sequencing import definition as model
from scorm_runtime.sequencing.elements import (
    Attributes,
    Report,
    child,
    children,
    content,
    decimal,
    local_name,
    whole_text,
    words,
)

Element = etree._Element
Parts = Mapping[str, Element]
"""The children of a sequencing element by name; the collection's stand where it has none."""


def read_organization(
    organization: Element, manifest: Element, report: Report
) -> model.OrganizationDefinition:
    """Read one organization with all its items; `manifest` holds the sequencing collection."""
    found = Attributes(organization, report)
    return model.OrganizationDefinition(
        root=_activity(organization, sequencing_collection(manifest), report),
        objectives_global_to_system=found.boolean("objectivesGlobalToSystem", True),
        shared_data_global_to_system=found.boolean("sharedDataGlobalToSystem", True),
    )


def sequencing_collection(manifest: Element) -> dict[str, Element]:
    """The reusable sequencing elements by their ID."""
    listed = children(child(manifest, "sequencingCollection"), "sequencing")
    return {str(each.get("ID", "")).strip(): each for each in listed}


def _activity(
    item: Element, collection: Mapping[str, Element], report: Report
) -> model.ActivityDefinition:
    found = Attributes(item, report)
    return model.ActivityDefinition(
        identifier=found.text("identifier") or "",
        title=content(item, "title") or "",
        sequencing=read_sequencing(item, collection, report),
        children=tuple(_activity(each, collection, report) for each in children(item, "item")),
        parameters=found.text("parameters"),
        visible=found.boolean("isvisible", True),
        hidden_controls=_hidden_controls(item, report),
        launch_data=content(item, "dataFromLMS"),
        time_limit_action=content(item, "timeLimitAction"),
        data=tuple(_data_maps(item, report)),
    )


def read_sequencing(
    item: Element, collection: Mapping[str, Element], report: Report
) -> model.SequencingDefinition:
    """Read an item's own sequencing over what its IDRef names."""
    parts = _parts(child(item, "sequencing"), collection, report)
    objectives = _objectives(parts, report)
    return model.SequencingDefinition(
        control_mode=_control_mode(parts, report),
        constrained_choice=_constrained_choice(parts, report),
        rules=_rules(parts, objectives, report),
        limits=_limits(parts, report),
        rollup=_rollup(parts, report),
        objectives=objectives,
        randomization=_randomization(parts, report),
        delivery=_delivery(parts, report),
        completion=_completion(item, report),
    )


def _parts(sequencing: Element | None, collection: Mapping[str, Element], report: Report) -> Parts:
    if sequencing is None:
        return {}
    parts: dict[str, Element] = {}
    reference = str(sequencing.get("IDRef", "")).strip()
    if reference and reference not in collection:
        report(sequencing, f'IDRef="{reference}" is not in the sequencing collection')
    for source in (collection.get(reference), sequencing):
        parts.update(_named(source))
    return parts


def _named(sequencing: Element | None) -> Iterator[tuple[str, Element]]:
    for each in () if sequencing is None else sequencing:
        name = local_name(each.tag)
        # imsss:objectives and adlseq:objectives stand side by side under one local name.
        extended = name == "objectives" and "adlseq" in str(each.tag)
        yield ("adlseq:objectives" if extended else name), each


def _control_mode(parts: Parts, report: Report) -> model.ControlMode:
    found = Attributes(parts.get("controlMode"), report)
    return model.ControlMode(
        choice=found.boolean("choice", True),
        choice_exit=found.boolean("choiceExit", True),
        flow=found.boolean("flow", False),
        forward_only=found.boolean("forwardOnly", False),
        use_current_attempt_objective_info=found.boolean("useCurrentAttemptObjectiveInfo", True),
        use_current_attempt_progress_info=found.boolean("useCurrentAttemptProgressInfo", True),
    )


def _constrained_choice(parts: Parts, report: Report) -> model.ConstrainedChoice:
    found = Attributes(parts.get("constrainedChoiceConsiderations"), report)
    return model.ConstrainedChoice(
        constrain_choice=found.boolean("constrainChoice", False),
        prevent_activation=found.boolean("preventActivation", False),
    )


def _rules(
    parts: Parts, objectives: tuple[model.Objective, ...], report: Report
) -> model.SequencingRules:
    rules = parts.get("sequencingRules")
    names = {_meant(each.identifier): each.identifier for each in objectives if each.identifier}

    def of(name: str, actions: object) -> tuple[model.SequencingRule, ...]:
        read = (_rule(each, actions, names, report) for each in children(rules, name))
        return tuple(rule for rule in read if rule is not None)

    return model.SequencingRules(
        pre=of("preConditionRule", model.PreConditionAction),
        post=of("postConditionRule", model.PostConditionAction),
        exit=of("exitConditionRule", model.ExitAction),
    )


def _rule(
    rule: Element, actions: object, names: Mapping[str, str], report: Report
) -> model.SequencingRule | None:
    action: Any = Attributes(child(rule, "ruleAction"), report).word("action", "", actions)
    conditions = child(rule, "ruleConditions")
    if not action:
        report(rule, "the rule has no action")
        return None
    combination: Any = Attributes(conditions, report).word(
        "conditionCombination", "all", model.Combination
    )
    read = (_condition(each, names, report) for each in children(conditions, "ruleCondition"))
    return model.SequencingRule(action, tuple(each for each in read if each), combination)


def _meant(identifier: str) -> str:
    """An identifier as it is compared: an anyURI, with escapes resolved and spaces collapsed."""
    return " ".join(unquote(identifier).split())


def _condition(
    element: Element, names: Mapping[str, str], report: Report
) -> model.Condition | None:
    found = Attributes(element, report)
    objective = found.text("referencedObjective")
    condition: Any = found.word("condition", "", model.RuleCondition)
    if not condition:
        return None
    return model.Condition(
        condition=condition,
        negated=found.text("operator") == "not",
        objective=None if objective is None else names.get(_meant(objective), objective),
        threshold=found.number("measureThreshold", Decimal(0)),
    )


def _limits(parts: Parts, report: Report) -> model.LimitConditions:
    found = Attributes(parts.get("limitConditions"), report)
    return model.LimitConditions(
        attempt_limit=found.count("attemptLimit"),
        attempt_absolute_duration_limit=found.text("attemptAbsoluteDurationLimit"),
    )


def _rollup(parts: Parts, report: Report) -> model.Rollup:
    rollup = parts.get("rollupRules")
    found = Attributes(rollup, report)
    considered = Attributes(parts.get("rollupConsiderations"), report)
    rules = (_rollup_rule(each, report) for each in children(rollup, "rollupRule"))

    def required(name: str) -> Any:
        return considered.word(name, "always", model.Consideration)

    return model.Rollup(
        rules=tuple(rule for rule in rules if rule is not None),
        objective_satisfied=found.boolean("rollupObjectiveSatisfied", True),
        progress_completion=found.boolean("rollupProgressCompletion", True),
        objective_measure_weight=found.number("objectiveMeasureWeight", Decimal(1)),
        required_for_satisfied=required("requiredForSatisfied"),
        required_for_not_satisfied=required("requiredForNotSatisfied"),
        required_for_completed=required("requiredForCompleted"),
        required_for_incomplete=required("requiredForIncomplete"),
        measure_satisfaction_if_active=considered.boolean("measureSatisfactionIfActive", True),
    )


def _rollup_rule(rule: Element, report: Report) -> model.RollupRule | None:
    found = Attributes(rule, report)
    conditions = child(rule, "rollupConditions")
    action: Any = Attributes(child(rule, "rollupAction"), report).word(
        "action", "", model.RollupAction
    )
    if not action:
        report(rule, "the rollup rule has no action")
        return None
    combination: Any = Attributes(conditions, report).word(
        "conditionCombination", "any", model.Combination
    )
    child_set: Any = found.word("childActivitySet", "all", model.ChildActivitySet)
    read = (_condition(each, {}, report) for each in children(conditions, "rollupCondition"))
    return model.RollupRule(
        action=action,
        conditions=tuple(
            model.RollupCondition(each.condition, each.negated) for each in read if each
        ),
        combination=combination,
        child_activity_set=child_set,
        minimum_count=found.count("minimumCount") or 0,
        minimum_percent=found.number("minimumPercent", Decimal(0)),
    )


_BASIC = ("satisfied_status", "normalized_measure")
_EXTENDED = ("raw_score", "min_score", "max_score", "completion_status", "progress_measure")


def _objectives(parts: Parts, report: Report) -> tuple[model.Objective, ...]:
    listed = parts.get("objectives")
    extended = {
        _meant(Attributes(each, report).text("objectiveID") or ""): tuple(children(each, "mapInfo"))
        for each in children(parts.get("adlseq:objectives"), "objective")
    }
    read = tuple(
        _objective(each, extended, report)
        for name in ("primaryObjective", "objective")
        for each in children(listed, name)
    )
    return read if any(each.primary for each in read) else (model.PRIMARY, *read)


def _objective(
    element: Element, extended: Mapping[str, tuple[Element, ...]], report: Report
) -> model.Objective:
    found = Attributes(element, report)
    identifier = found.text("objectiveID")
    return model.Objective(
        identifier=identifier,
        primary=local_name(element.tag) == "primaryObjective",
        satisfied_by_measure=found.boolean("satisfiedByMeasure", False),
        minimum_measure=_minimum_measure(element, report),
        maps=_maps(
            tuple(children(element, "mapInfo")), extended.get(_meant(identifier or ""), ()), report
        ),
    )


def _minimum_measure(element: Element, report: Report) -> Decimal:
    written = content(element, "minNormalizedMeasure")
    if written is None:
        return Decimal("1.0")
    try:
        return decimal(written)
    except ValueError:
        report(element, f'minNormalizedMeasure "{written}" is not a number')
        return Decimal("1.0")


def _maps(
    basic: tuple[Element, ...], extended: tuple[Element, ...], report: Report
) -> tuple[model.ObjectiveMap, ...]:
    """A global objective has one map, made of what imsss and adlseq each say of it.

    By default a map reads, but only what its own schema knows of.
    """
    unread = dict.fromkeys((f"read_{field}" for field in (*_BASIC, *_EXTENDED)), False)
    targets: dict[str, dict[str, bool]] = {}
    for element, fields in (
        *((each, _BASIC) for each in basic),
        *((each, _EXTENDED) for each in extended),
    ):
        found = Attributes(element, report)
        target = found.text("targetObjectiveID")
        if target is None:
            report(element, "the map names no targetObjectiveID")
            continue
        targets.setdefault(_meant(target), dict(unread)).update(_directions(found, fields))
    return tuple(model.ObjectiveMap(target, **fields) for target, fields in targets.items())


def _directions(found: Attributes, fields: tuple[str, ...]) -> Iterator[tuple[str, bool]]:
    for field in fields:
        name = "".join(part.capitalize() for part in field.split("_"))
        yield f"read_{field}", found.boolean(f"read{name}", True)
        yield f"write_{field}", found.boolean(f"write{name}", False)


def _randomization(parts: Parts, report: Report) -> model.RandomizationControls:
    found = Attributes(parts.get("randomizationControls"), report)
    selection: Any = found.word("selectionTiming", "never", model.Timing)
    randomization: Any = found.word("randomizationTiming", "never", model.Timing)
    return model.RandomizationControls(
        selection=selection,
        select_count=found.count("selectCount"),
        randomization=randomization,
        reorder_children=found.boolean("reorderChildren", False),
    )


def _delivery(parts: Parts, report: Report) -> model.DeliveryControls:
    found = Attributes(parts.get("deliveryControls"), report)
    return model.DeliveryControls(
        tracked=found.boolean("tracked", True),
        completion_set_by_content=found.boolean("completionSetByContent", False),
        objective_set_by_content=found.boolean("objectiveSetByContent", False),
    )


def _completion(item: Element, report: Report) -> model.CompletionThreshold:
    element = child(item, "completionThreshold")
    found = Attributes(element, report)
    third_edition = content(item, "completionThreshold")
    if element is not None and not element.attrib and third_edition:
        return _third_edition_threshold(element, third_edition, report)
    return model.CompletionThreshold(
        completed_by_measure=found.boolean("completedByMeasure", False),
        minimum_progress_measure=found.number("minProgressMeasure", Decimal("1.0")),
        progress_weight=found.number("progressWeight", Decimal("1.0")),
    )


def _third_edition_threshold(
    element: Element, written: str, report: Report
) -> model.CompletionThreshold:
    """Up to the 3rd Edition the element's text is the threshold, and it decides completion."""
    try:
        return model.CompletionThreshold(True, decimal(written))
    except ValueError:
        report(element, f'completionThreshold "{written}" is not a number')
        return model.CompletionThreshold()


def _hidden_controls(item: Element, report: Report) -> frozenset[model.HiddenControl]:
    interface = child(child(item, "presentation"), "navigationInterface")
    known = {word.lower(): word for word in words(model.HiddenControl)}
    hidden: set[Any] = set()
    for each in children(interface, "hideLMSUI"):
        written = whole_text(each)
        if written.lower() in known:
            hidden.add(known[written.lower()])
        else:
            report(each, f'hideLMSUI "{written}" is not one of ' + ", ".join(known.values()))
    return frozenset(hidden)


def _data_maps(item: Element, report: Report) -> Iterator[model.DataMap]:
    for each in children(child(item, "data"), "map"):
        found = Attributes(each, report)
        target = found.text("targetID")
        if target is None:
            report(each, "the map names no targetID")
            continue
        yield model.DataMap(
            target=target,
            read_shared_data=found.boolean("readSharedData", True),
            write_shared_data=found.boolean("writeSharedData", True),
        )
