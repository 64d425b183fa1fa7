"""Selection and randomization (SR): which children of an activity are available, in which order.

Both are drawn from the seed, the activity and the number of its attempt, so the same state always
has the same order and nothing needs to be remembered.
"""

from random import Random

from scorm_runtime.sequencing.tree import Activity


def available_children(activity: Activity, seed: int, attempt: int) -> tuple[Activity, ...]:
    """The Available Children of an activity in its attempt number `attempt`."""
    selected = select_children(activity, seed)
    return randomize_children(activity, selected, seed, attempt)


def select_children(activity: Activity, seed: int) -> tuple[Activity, ...]:
    """SR.1 Select Children Process. SCORM leaves Each New Attempt undefined: it selects nothing."""
    controls = activity.sequencing.randomization
    count = controls.select_count
    if controls.selection != "once" or count is None or count >= len(activity.children):
        return activity.children
    draw = Random(f"{seed}/select/{activity.identifier}")  # noqa: S311 - an order, no secret
    chosen = draw.sample(range(len(activity.children)), count)
    return tuple(activity.children[position] for position in sorted(chosen))


def randomize_children(
    activity: Activity, children: tuple[Activity, ...], seed: int, attempt: int
) -> tuple[Activity, ...]:
    """SR.2 Randomize Children Process."""
    controls = activity.sequencing.randomization
    if controls.randomization == "never" or not controls.reorder_children:
        return children
    again = attempt if controls.randomization == "onEachNewAttempt" else "once"
    draw = Random(f"{seed}/order/{activity.identifier}/{again}")  # noqa: S311 - an order, no secret
    return tuple(draw.sample(children, len(children)))
