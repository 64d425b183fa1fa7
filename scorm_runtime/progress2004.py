"""The progress of an item and of the lesson in SCORM 2004, from how sequencing judges them."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

from msgspec.structs import replace

from scorm_runtime import statements
from scorm_runtime.attempts import FINISHED, JUDGED, ItemProgress, Score, lasting_status
from scorm_runtime.course import Course
from scorm_runtime.lesson import earned, of_course
from scorm_runtime.outline import Outline
from scorm_runtime.sequencing import Standing, Standings, State
from scorm_runtime.sessions import Attempt, Step, Values
from scorm_runtime.statements import Scene

_COMPLETION: Final = {True: "completed", False: "incomplete", None: "unknown"}
_SUCCESS: Final = {True: "passed", False: "failed", None: "unknown"}


def course_of(outline: Outline) -> Course:
    """The course of an outline that has one."""
    if outline.course is None:
        raise ValueError("a package of SCORM 1.2 is not sequenced")
    return outline.course


def state_of(attempt: Attempt) -> State:
    """The sequencing state of an attempt on a course."""
    return attempt.sequencing or State()


def judged(
    step: Step,
    outline: Outline,
    scene: Scene,
    standings: Standings,
    said: Iterable[dict[str, Any]],
) -> Step:
    """Take the standings into the progress of the item, the status of the folders that it lies in,
    and the lesson's progress; only `normal` counts.
    """
    tree, attempt, position = course_of(outline).tree, step.attempt, step.position
    activity, before = tree.activities[position], attempt.items[position]
    after = progress_after(before, standings.of(activity), step.values)
    items = list(attempt.items)
    items[position] = after
    for folder in activity.path()[:-1]:
        held = items[folder.index]
        status = progress_after(held, standings.of(folder), {}).status
        items[folder.index] = replace(held, status=status)
    attempt = replace(attempt, items=tuple(items))
    if attempt.launch.mode != "normal":
        return replace(step, attempt=attempt, statements=(*step.statements, *said))
    step = replace(
        step,
        attempt=attempt,
        statements=(*step.statements, *said, *statements.verdicts(scene, before, after)),
    )
    return rolled_up(step, outline, scene, standings)


def rolled_up(step: Step, outline: Outline, scene: Scene, standings: Standings) -> Step:
    """Take the standing of the root into the lesson's progress."""
    attempt, root = step.attempt, course_of(outline).tree.root
    leaves = [attempt.items[leaf.index] for leaf in standings.leaves()]
    rolled = of_course(standings.of(root), leaves, attempt.lesson)
    lesson = earned(rolled, for_credit=attempt.launch.for_credit)
    running = attempt.items[step.position].seconds
    elapsed = sum(item.seconds for item in attempt.items) - running + scene.elapsed
    made = statements.lesson_changes(replace(scene, elapsed=elapsed), attempt.lesson, lesson)
    return replace(
        step,
        attempt=replace(attempt, lesson=lesson),
        statements=(*step.statements, *made),
    )


def progress_after(before: ItemProgress, standing: Standing, values: Values) -> ItemProgress:
    """The item's progress: what was completed stays so, and a verdict holds until the next."""
    completion = _COMPLETION[standing.completed]
    success = _SUCCESS[standing.satisfied if standing.judged else None]
    status = success if success in JUDGED else completion
    if status not in FINISHED | JUDGED:
        status = "incomplete"
    return replace(
        before,
        status=lasting_status(before.status, status),
        completion="completed" if before.completion == "completed" else completion,
        success=success if success in JUDGED else before.success,
        score=score_of(values) or before.score,
    )


def score_of(values: Values) -> Score | None:
    """The SCO's score as far as it gave one; limits that the raw score breaks are left out."""
    raw, scaled, low, high = (
        Decimal(found) if (found := values.get(f"cmi.score.{part}")) else None
        for part in ("raw", "scaled", "min", "max")
    )
    if raw is None and scaled is None:
        return None
    if low is not None and high is not None and low >= high:
        low = high = None
    if raw is not None and ((low is not None and raw < low) or (high is not None and raw > high)):
        low = high = None
    return Score(*(None if each is None else float(each) for each in (raw, scaled, low, high)))
