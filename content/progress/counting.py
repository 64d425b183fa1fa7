"""Which attempt counts: from what the statements tell of each to what they come to together."""

from collections.abc import Mapping, Sequence
from functools import reduce

from msgspec import structs

from content.progress.attempts import AttemptPolicy, AttemptStanding
from content.progress.fold import ActivityState, join, score_ratio

UNTOUCHED = ActivityState()
Attempts = Mapping[str, ActivityState]


def counting(policy: AttemptPolicy, attempts: Attempts) -> str | None:
    """The registration of the attempt that counts; a reset one never does."""
    begun = [(name, each) for name, each in attempts.items() if each.first and not each.reset]
    begun.sort(key=lambda each: (each[1].first and each[1].first.at, each[0]))
    if not begun:
        return None
    if policy.counts == "best":
        return max(begun, key=lambda each: _merit(each[1]))[0]
    return begun[-1 if policy.counts == "latest" else 0][0]


def counted(policy: AttemptPolicy, attempts: Attempts) -> ActivityState:
    """The outcome of the attempt that counts, with activity, place and time of all but reset."""
    chosen = counting(policy, attempts)
    if chosen is None:
        return UNTOUCHED
    whole = reduce(join, (each for each in attempts.values() if not each.reset))
    return structs.replace(
        attempts[chosen],
        first=whole.first,
        last=whole.last,
        place=whole.place,
        sessions=whole.sessions,
        days=whole.days,
    )


def standings(
    policy: AttemptPolicy, registrations: Sequence[str], attempts: Attempts
) -> list[AttemptStanding]:
    """How each attempt stands, in order."""
    chosen = counting(policy, attempts)
    return [
        _standing(number, each, attempts.get(each, UNTOUCHED), counts=each == chosen)
        for number, each in enumerate(registrations, start=1)
    ]


def _standing(
    number: int, registration: str, state: ActivityState, *, counts: bool
) -> AttemptStanding:
    return AttemptStanding(
        number=number,
        registration=registration,
        counts=counts,
        started_at=state.first.at if state.first else None,
        last_activity_at=state.last.at if state.last else None,
        finished=bool(state.completed or state.passed or state.failed),
        passed=state.passed is not None,
        reset_at=state.reset.at if state.reset else None,
        seconds=sum(each.seconds for each in state.sessions),
    )


def _merit(state: ActivityState) -> tuple[bool, bool, float, float]:
    """Passed before completed before the score before how far it came; the first of equals."""
    ratio = score_ratio(state.best) if state.best else None
    return (
        state.passed is not None,
        state.completed is not None,
        float("-inf") if ratio is None else ratio,
        state.furthest.percent if state.furthest else 0.0,
    )
