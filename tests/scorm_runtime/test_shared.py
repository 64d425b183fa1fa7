"""What courses share for one learner: the newest write of all attempts holds."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from scorm_runtime.course import Course
from scorm_runtime.sequencing import ActivityTree, ObjectiveProgress, OrganizationDefinition, State
from scorm_runtime.sequencing.definition import (
    ActivityDefinition,
    Objective,
    ObjectiveMap,
    SequencingDefinition,
)
from scorm_runtime.shared import Shared, noted, taken

NOW = datetime(2026, 11, 21, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
PASSED = ObjectiveProgress(satisfied=True, measure=Decimal("0.9"))
FAILED = ObjectiveProgress(satisfied=False)


def course(*, to_system: bool = True) -> Course:
    objective = Objective("local", primary=True, maps=(ObjectiveMap("skill"),))
    sco = ActivityDefinition("sco", sequencing=SequencingDefinition(objectives=(objective,)))
    root = ActivityDefinition("root", children=(sco,))
    return Course(ActivityTree(OrganizationDefinition(root, to_system)), "4th Edition")


def test_only_what_changed_and_is_global_to_the_system_is_noted() -> None:
    before = State(objectives={"skill": FAILED})
    after = State(objectives={"skill": PASSED, "another": PASSED})
    assert noted(Shared(), course(), before, after, NOW).objectives == {"skill": (NOW, PASSED)}
    assert not noted(Shared(), course(), after, after, NOW)
    assert not noted(Shared(), course(to_system=False), before, after, NOW)


def test_the_newest_of_all_attempts_holds() -> None:
    older = Shared(objectives={"skill": (NOW, FAILED), "foreign": (LATER, FAILED)})
    newer = Shared(objectives={"skill": (LATER, PASSED)})
    for written in ([older, newer], [newer, older]):
        assert taken(State(), course(), written).objectives == {"skill": PASSED}


def test_without_anything_shared_the_state_stays_as_it_is() -> None:
    state = State(objectives={"own": PASSED})
    assert taken(state, course(), []) is state
