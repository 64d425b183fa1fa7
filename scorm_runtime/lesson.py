"""A lesson's progress: what its items come to."""

from collections.abc import Sequence

import msgspec

from scorm_runtime.attempts import JUDGED, ItemProgress


class LessonProgress(msgspec.Struct, frozen=True, omit_defaults=True):
    """Percent of finished items (0..100), completion, success where known, mean score (0..1)."""

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
    scores = [item.score.scaled for item in items if item.score is not None]
    return LessonProgress(
        percent=100 * finished // len(items) if items else 100,
        completed=before.completed or finished == len(items),
        success=all(verdicts) if settled and verdicts else before.success,
        scaled=round(sum(scores) / len(scores), 6) if scores else before.scaled,
    )
