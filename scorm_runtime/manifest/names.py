"""The names of SCORM's elements and attributes, and a manifest's own put right."""

from typing import Final

from lxml import etree

from scorm_runtime.manifest.elements import Element, at, local_name
from scorm_runtime.manifest.findings import Report

_ELEMENTS: Final = """
manifest metadata schema schemaversion organizations organization title item resources resource
file dependency prerequisites maxtimeallowed masteryscore dataFromLMS timeLimitAction
completionThreshold data map presentation navigationInterface hideLMSUI
sequencingCollection sequencing controlMode sequencingRules preConditionRule postConditionRule
exitConditionRule ruleConditions ruleCondition ruleAction limitConditions rollupRules rollupRule
rollupConditions rollupCondition rollupAction objectives primaryObjective objective mapInfo
minNormalizedMeasure randomizationControls deliveryControls constrainedChoiceConsiderations
rollupConsiderations
"""

_ATTRIBUTES: Final = """
identifier version default structure identifierref isvisible parameters type href scormType
objectivesGlobalToSystem sharedDataGlobalToSystem completedByMeasure minProgressMeasure
progressWeight targetID readSharedData writeSharedData ID IDRef choice choiceExit flow forwardOnly
useCurrentAttemptObjectiveInfo useCurrentAttemptProgressInfo conditionCombination condition
operator referencedObjective measureThreshold action attemptLimit attemptAbsoluteDurationLimit
rollupObjectiveSatisfied rollupProgressCompletion objectiveMeasureWeight childActivitySet
minimumCount minimumPercent objectiveID satisfiedByMeasure targetObjectiveID readSatisfiedStatus
readNormalizedMeasure writeSatisfiedStatus writeNormalizedMeasure readRawScore readMinScore
readMaxScore readCompletionStatus readProgressMeasure writeRawScore writeMinScore writeMaxScore
writeCompletionStatus writeProgressMeasure selectionTiming selectCount randomizationTiming
reorderChildren tracked completionSetByContent objectiveSetByContent constrainChoice
preventActivation requiredForSatisfied requiredForNotSatisfied requiredForCompleted
requiredForIncomplete measureSatisfactionIfActive
"""

_OLD_SPELLINGS = {"datafromlms", "timelimitaction", "scormtype"}
"""SCORM 1.2 writes in lower case what 2004 does not; neither is wrong."""

_ELEMENT = {name.lower(): name for name in _ELEMENTS.split()}
_ATTRIBUTE = {name.lower(): name for name in _ATTRIBUTES.split()}
_SCHEMA = {"schema", "schemaversion"}


def normalise(root: Element, deepest: int, report: Report) -> bool:
    """Give each known name its proper letter case; False when elements nest too deeply.

    Below <metadata> only the schema is looked at: the rest has its own vocabulary.
    """
    depth = 0
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        depth += 1 if event == "start" else -1
        if depth > deepest:
            return False
        if event == "start":
            _rename(element, report)
            if local_name(element.tag) == "metadata":
                walk.skip_subtree()
                _rename_schema(element, report)
    return True


def _rename_schema(metadata: Element, report: Report) -> None:
    for each in metadata:
        if local_name(each.tag).lower() in _SCHEMA:
            _rename(each, report)


def _rename(element: Element, report: Report) -> None:
    """Rename the element and its attributes, and note what was not as it should be."""
    namespace, name = _split(element.tag)
    meant = _ELEMENT.get(name.lower(), name)
    if meant != name:
        element.tag = namespace + meant
        _note(element, name, meant, report)
    for key, value in element.attrib.items():
        namespace, name = _split(key)
        meant = _ATTRIBUTE.get(name.lower(), name)
        if meant != name and namespace + meant not in element.attrib:
            del element.attrib[key]
            element.set(namespace + meant, value)
            _note(element, name, meant, report)


def _note(element: Element, name: str, meant: str, report: Report) -> None:
    if name not in _OLD_SPELLINGS:
        report.add("markup_case", at(element), name=name, meant=meant)


def _split(name: object) -> tuple[str, str]:
    """A name as its namespace in braces, "" without one, and the rest."""
    local = local_name(name)
    return str(name)[: len(str(name)) - len(local)], local
