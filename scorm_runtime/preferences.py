"""The learner's preferences: each SCO of an attempt begins with what the last one was told of them.

Volume, language, speed and captions belong to the learner, not to a page (SCORM 1.2 RTE, section
3.4.4, `cmi.student_preference`; SCORM 2004 RTE 4, section 4.2.13, `cmi.learner_preference`).
"""

from typing import Final

from msgspec.structs import replace

from scorm_runtime.sessions import Attempt, Commit, Step, Values

_ELEMENTS: Final = ("cmi.student_preference.", "cmi.learner_preference.")


def kept(step: Step, commit: Commit) -> Step:
    """Keep what a commit said of preferences, as far as the model took it."""
    said = [name for name, _ in commit.changes if name.startswith(_ELEMENTS)]
    taken = {name: step.values[name] for name in said if name in step.values}
    if not taken:
        return step
    preferences = {**dict(step.attempt.preferences), **taken}
    return replace(step, attempt=replace(step.attempt, preferences=tuple(preferences.items())))


def given(attempt: Attempt, values: Values) -> Values:
    """The values that a session starts with: the learner's latest preferences among them."""
    return {**values, **dict(attempt.preferences)}
