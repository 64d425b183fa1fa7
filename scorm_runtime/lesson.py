"""A lesson's progress: what its items come to."""

from collections.abc import Sequence

import msgspec

from scorm_runtime.attempts import JUDGED, ItemProgress
from scorm_runtime.sequencing import Standing


class LessonProgress(msgspec.Struct, frozen=True, omit_defaults=True):
    """Percent of finished items (0..100), completion, success where known, score (-1..1)."""

    percent: int = 0
    completed: bool = False
    success: bool | None = None
    scaled: float | None = None


def roll_up(items: Sequence[ItemProgress], before: LessonProgress) -> LessonProgress:
    """Completed when every item is passed or completed; a failed item is not yet finished.

    Success is known when every item has had its say (finished or failed) and one was judged. What
    was completed once stays completed.
    """
    finished = sum(item.finished for item in items)
    settled = all(item.finished or item.status == "failed" for item in items)
    verdicts = [item.status == "passed" for item in items if item.status in JUDGED]
    scores = [s for item in items if item.score and (s := item.score.scaled) is not None]
    return LessonProgress(
        percent=100 * finished // len(items) if items else 100,
        completed=before.completed or finished == len(items),
        success=all(verdicts) if settled and verdicts else before.success,
        scaled=round(sum(scores) / len(scores), 6) if scores else before.scaled,
    )


def earned(lesson: LessonProgress, *, for_credit: bool) -> LessonProgress:
    """What a lesson comes to; without credit it has neither a verdict nor a score."""
    if for_credit:
        return lesson
    return msgspec.structs.replace(lesson, success=None, scaled=None)


def of_course(
    root: Standing, items: Sequence[ItemProgress], before: LessonProgress
) -> LessonProgress:
    """The progress of a course that sequencing rolls up; what it does not know stays as it was.

    As in SCORM 1.2 there is no verdict before an item was judged, and a bad one waits until every
    item has had its say: to sequencing an activity that was merely begun is not satisfied.
    """
    completed = before.completed or root.completed is True
    finished = sum(item.finished for item in items)
    judged = any(item.status in JUDGED for item in items)
    settled = all(item.finished or item.status == "failed" for item in items)
    known = judged and (settled or root.satisfied is True)
    return LessonProgress(
        percent=100 if completed or not items else 100 * finished // len(items),
        completed=completed,
        success=root.satisfied if known and root.satisfied is not None else before.success,
        scaled=before.scaled if root.measure is None else round(float(root.measure), 6),
    )
