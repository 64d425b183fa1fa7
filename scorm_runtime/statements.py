"""What happened in an attempt, as xAPI statements after the SCORM profile.

Pure: the same happening gives the same statements, ids included, so that sending them twice counts
once. https://adl.gitbooks.io/scorm-profile-xapi/content/ names the verbs, types and context.
"""

import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

import msgspec

from scorm_runtime import interactions
from scorm_runtime.attempts import FINISHED, JUDGED, ItemProgress, Score, Values
from scorm_runtime.cmi.timespan import duration_of
from scorm_runtime.launch import Launch
from scorm_runtime.lesson import LessonProgress
from scorm_runtime.outline import Activity

VERBS: Final = "http://adlnet.gov/expapi/verbs/"
TYPES: Final = "http://adlnet.gov/expapi/activities/"
PROFILE: Final = "https://w3id.org/xapi/scorm"
PROGRESS: Final = "https://w3id.org/xapi/cmi5/result/extensions/progress"

Statement = dict[str, Any]


class Scene(msgspec.Struct, frozen=True):
    """Where something happened: the launch, the attempt, the item, when, and the step's name.

    `step` names the commit within the attempt; `elapsed` is the item's time so far in seconds.
    """

    launch: Launch
    attempt_id: str
    activity: Activity
    step: str
    at: datetime
    elapsed: float

    def statement(
        self, verb: str, target: Statement, parents: list[Statement], result: Statement
    ) -> Statement:
        """One statement of this scene."""
        name = f"{self.step}/{verb}/{target['id']}"
        grouping = [_course(self.launch), _lesson(self.launch), *_attempts(self, target["id"])]
        context: Statement = {
            "registration": self.launch.registration,
            "contextActivities": {
                "parent": parents,
                "grouping": grouping,
                "category": [{"id": PROFILE, "definition": {"type": TYPES + "profile"}}],
            },
        }
        made: Statement = {
            "id": str(uuid.uuid5(uuid.UUID(self.attempt_id), name)),
            "actor": self.launch.agent,
            "verb": {"id": VERBS + verb, "display": {"en": verb}},
            "object": target,
            "context": context,
            "timestamp": self.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        }
        return {**made, "result": result} if result else made


def item_id(launch: Launch, activity: Activity) -> str:
    """A SCO's activity id: the lesson's, and its identifier in the manifest."""
    return f"{launch.activity_id}/{quote(activity.identifier, safe='')}"


def entered(scene: Scene, *, resumed: bool) -> Statement:
    """The SCO called LMSInitialize: a first time, or again after it was left."""
    return _about_item(scene, "resumed" if resumed else "initialized", {})


def left(scene: Scene, progress: ItemProgress, *, suspended: bool) -> Statement:
    """The SCO's session ended, for good or until the next time; `elapsed` is the session's time."""
    outcome = {**_outcome(progress), "duration": duration_of(scene.elapsed)}
    return _about_item(scene, "suspended" if suspended else "terminated", outcome)


def answers(
    scene: Scene, before: Values, after: Values, notation: interactions.Notation
) -> Iterator[Statement]:
    """Each interaction that was answered, or judged anew."""
    sco = _item(scene)
    for one in interactions.answered(before, after, notation):
        target = {
            "objectType": "Activity",
            "id": f"{sco['id']}/interactions/{quote(one.identifier, safe='')}",
            "definition": interactions.definition(one),
        }
        step = msgspec.structs.replace(scene, step=f"{scene.step}/{one.index}")
        yield step.statement("answered", target, [sco], interactions.result(one))


def changes(scene: Scene, before: ItemProgress, after: ItemProgress) -> Iterator[Statement]:
    """What a change of status or score says of the item."""
    verdict = after.status in FINISHED | JUDGED
    if verdict and after.status != before.status:
        result = {**_outcome(after), "duration": duration_of(scene.elapsed)}
        yield _about_item(scene, after.status, result)
    elif after.score is not None and after.score != before.score:
        yield _about_item(scene, "scored", {"score": _score(after.score)})


def verdicts(scene: Scene, before: ItemProgress, after: ItemProgress) -> Iterator[Statement]:
    """What a change says of an item of SCORM 2004, whose completion and success are two things."""
    result = {**_outcome(after), "duration": duration_of(scene.elapsed)}
    said = []
    if after.completion == "completed" != before.completion:
        said.append("completed")
    if after.success in JUDGED and after.success != before.success:
        said.append(after.success)
    for verb in said:
        yield _about_item(scene, verb, result)
    if not said and after.score is not None and after.score != before.score:
        yield _about_item(scene, "scored", {"score": _score(after.score)})


def lesson_changes(
    scene: Scene, before: LessonProgress, after: LessonProgress
) -> Iterator[Statement]:
    """What the items' change says of the lesson: progressed, completed, passed or failed."""
    if after.percent != before.percent:
        yield _about_lesson(scene, "progressed", {"extensions": {PROGRESS: after.percent}})
    score = {} if after.scaled is None else {"score": _of_hundred(after.scaled)}
    if after.completed and not before.completed:
        result = {"completion": True, "duration": duration_of(scene.elapsed), **score}
        yield _about_lesson(scene, "completed", result)
    if after.success is not None and after.success != before.success:
        verb = "passed" if after.success else "failed"
        yield _about_lesson(scene, verb, {"success": after.success, **score})


def _about_item(scene: Scene, verb: str, result: Statement) -> Statement:
    return scene.statement(verb, _item(scene), [_lesson(scene.launch)], result)


def _about_lesson(scene: Scene, verb: str, result: Statement) -> Statement:
    return scene.statement(verb, _lesson(scene.launch), [_course(scene.launch)], result)


def _outcome(progress: ItemProgress) -> Statement:
    found: Statement = {}
    if progress.score is not None:
        found["score"] = _score(progress.score)
    verdict = progress.success if progress.completion else progress.status
    if verdict in JUDGED:
        found["success"] = verdict == "passed"
    if progress.completion:
        found["completion"] = progress.completion == "completed"
    else:
        found["completion"] = progress.status in FINISHED | JUDGED
    return found


def _score(score: Score) -> Statement:
    said = {"scaled": score.scaled, "raw": score.raw, "min": score.low, "max": score.high}
    return {name: value for name, value in said.items() if value is not None}


def _of_hundred(scaled: float) -> Statement:
    low = 0 if scaled >= 0 else -100
    return {"scaled": scaled, "raw": round(scaled * 100, 4), "min": low, "max": 100}


def _activity(identifier: str, title: str, kind: str) -> Statement:
    definition: Statement = {"type": TYPES + kind}
    if title:
        definition = {"name": {"und": title}, **definition}
    return {"objectType": "Activity", "id": identifier, "definition": definition}


def _item(scene: Scene) -> Statement:
    return _activity(item_id(scene.launch, scene.activity), scene.activity.title, "lesson")


def _lesson(launch: Launch) -> Statement:
    return _activity(launch.activity_id, launch.title, "lesson")


def _course(launch: Launch) -> Statement:
    return _activity(launch.course_activity_id, launch.course_title, "course")


def _attempts(scene: Scene, about: str) -> list[Statement]:
    """The attempt on the item and on the lesson, whichever the statement is within."""
    ids = [scene.launch.activity_id]
    if about != scene.launch.activity_id:
        ids.insert(0, item_id(scene.launch, scene.activity))
    title = f"Attempt on {scene.launch.title}"
    return [_activity(f"{one}?attemptId={scene.attempt_id}", title, "attempt") for one in ids]
