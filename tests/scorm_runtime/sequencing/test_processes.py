"""Single processes of the specification that ADL's cases leave out, named by their numbers."""

import inspect
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import msgspec
import pytest

from scorm_runtime.sequencing import (
    ActivityTree,
    ObjectiveUpdate,
    Outcome,
    State,
    Tracking,
    navigate,
    record,
    valid_requests,
)
from scorm_runtime.sequencing import definition as d
from tests.scorm_runtime.sequencing.courses import activity, course, rule

PASSED = Tracking(ObjectiveUpdate(satisfied=True, completed=True))
FAILED = Tracking(ObjectiveUpdate(satisfied=False, completed=False))


def run(tree: ActivityTree, state: State, request: str, report: Tracking | None = None) -> Outcome:
    """One step; "choice x" and "jump x" carry their target."""
    name, _, target = request.partition(" ")
    state = state if report is None else record(tree, state, report)
    return navigate(tree, state, name, target or None)  # type: ignore[arg-type]


def delivered(outcome: Outcome) -> str | None:
    return None if outcome.delivery is None else outcome.delivery.activity


def through(tree: ActivityTree, state: State) -> list[str]:
    """What Start and then Continue deliver until the session ends."""
    found: list[str] = []
    outcome = navigate(tree, state, "start")
    while outcome.delivery is not None:
        found.append(outcome.delivery.activity)
        outcome = navigate(tree, outcome.state, "continue")
    assert outcome.ended
    return found


def test_sb_2_1_walking_off_the_end_ends_the_session() -> None:
    tree = course(activity("root", activity("a"), activity("b")))
    assert through(tree, State()) == ["a", "b"]


def test_sb_2_6_a_suspended_session_is_resumed_where_it_was() -> None:
    tree = course(activity("root", activity("a"), activity("b")))
    state = run(tree, run(tree, State(), "start").state, "continue").state
    left = run(tree, state, "suspendAll")
    assert left.ended
    back = run(tree, left.state, "resumeAll")
    assert back.delivery is not None
    assert (back.delivery.activity, back.delivery.resumed) == ("b", True)


def test_sb_2_13_a_jump_ignores_control_modes() -> None:
    closed = d.ControlMode(choice=False, flow=False)
    part = activity("part", activity("a"), activity("b"), control_mode=closed)
    tree = course(activity("root", activity("first"), part))
    state = run(tree, State(), "start").state
    assert delivered(run(tree, state, "jump b")) == "b"
    assert run(tree, state, "choice b").exception == "NB.2.1-10"


def test_up_1_the_attempt_limit_closes_an_activity() -> None:
    limited = activity("a", limits=d.LimitConditions(attempt_limit=1))
    tree = course(activity("root", limited, activity("b")))
    state = run(tree, run(tree, State(), "start").state, "continue").state
    assert run(tree, state, "choice a").exception == "DB.1.1-3"
    entry = next(each for each in valid_requests(tree, state).contents if each.identifier == "a")
    assert not entry.choice


def test_up_4_content_that_says_nothing_has_completed_and_passed() -> None:
    tree = course(activity("root", activity("a"), activity("b")))
    state = run(tree, run(tree, State(), "start").state, "continue").state
    known = state.activities["a"].objectives[""]
    assert (known.satisfied, known.completed) == (True, True)


@pytest.mark.parametrize("asks", ["completion", "objective"])
def test_up_4_content_that_must_say_so_has_not(asks: str) -> None:
    controls = d.DeliveryControls(
        completion_set_by_content=asks == "completion", objective_set_by_content=asks == "objective"
    )
    tree = course(activity("root", activity("a", delivery=controls), activity("b")))
    state = run(tree, run(tree, State(), "start").state, "continue").state
    known = state.activities["a"].objectives[""]
    assert known.completed is (None if asks == "completion" else True)
    assert known.satisfied is (None if asks == "objective" else True)


def test_an_abandoned_attempt_leaves_no_results() -> None:
    tree = course(activity("root", activity("a"), activity("b")))
    state = run(tree, run(tree, State(), "start").state, "abandon").state
    assert not state.activities["a"].active
    assert state.activities["a"].objectives == {}


def test_tb_2_2_retry_all_begins_the_course_again() -> None:
    again = d.SequencingRules(post=(rule("retryAll", d.Condition("satisfied", negated=True)),))
    tree = course(activity("root", activity("a"), activity("b", rules=again)))
    state = run(tree, run(tree, State(), "start").state, "continue").state
    outcome = run(tree, state, "continue", FAILED)
    assert delivered(outcome) == "a"
    assert outcome.state.activities["root"].attempt_count == 2


def test_rb_1_1_measures_are_weighed_and_untracked_children_left_out() -> None:
    heavy = d.Rollup(objective_measure_weight=Decimal(3))
    untracked = activity("c", delivery=d.DeliveryControls(tracked=False))
    tree = course(activity("root", activity("a", rollup=heavy), activity("b"), untracked))
    state = run(tree, State(), "start").state
    for measure in ("0.5", "1.0", "-1.0"):
        report = Tracking(ObjectiveUpdate(measure=Decimal(measure)))
        state = run(tree, state, "continue", report).state
    assert state.activities["root"].objectives[""].measure == Decimal("0.625")


@pytest.mark.parametrize(
    ("consideration", "satisfied"),
    [("always", None), ("ifAttempted", True), ("ifNotSkipped", None)],
)
def test_rb_1_4_2_a_child_may_count_only_once_attempted(
    consideration: d.Consideration, satisfied: bool | None
) -> None:
    waits = d.Rollup(required_for_satisfied=consideration)
    tree = course(activity("root", activity("a"), activity("b", rollup=waits)))
    state = run(tree, run(tree, State(), "start").state, "continue", PASSED).state
    known = state.activities["root"].objectives.get("")
    assert (known.satisfied if known else None) is satisfied


def test_a_shared_objective_moves_those_who_read_it() -> None:
    shared = d.ObjectiveMap("global", write_satisfied_status=True)
    reading = d.Objective("o", primary=True, maps=(d.ObjectiveMap("global"),))
    writing = d.Objective("o", primary=True, maps=(shared,))
    skipped = d.SequencingRules(pre=(rule("skip", d.Condition("satisfied")),))
    part = activity("part", activity("b", objectives=(reading,)), rules=skipped)
    part = msgspec.structs.replace(
        part,
        sequencing=msgspec.structs.replace(part.sequencing, control_mode=d.ControlMode(flow=True)),
    )
    tree = course(activity("root", activity("a", objectives=(writing,)), part, activity("c")))
    state = run(tree, State(), "start").state
    assert delivered(run(tree, state, "continue", PASSED)) == "c"
    assert delivered(run(tree, state, "continue", FAILED)) == "b"


@pytest.mark.parametrize("lasting", [True, False])
def test_shared_objectives_outlive_the_course_only_if_global_to_system(lasting: bool) -> None:
    mapped = d.ObjectiveMap("global", write_satisfied_status=True)
    own = d.Objective("o", primary=True, maps=(mapped,))
    tree = course(
        activity("root", activity("a", objectives=(own,))), objectives_global_to_system=lasting
    )
    state = run(tree, run(tree, State(), "start").state, "exitAll", PASSED).state
    again = run(tree, state, "start").state
    assert ("global" in again.objectives) is lasting


@pytest.mark.parametrize("current_only", [True, False])
def test_a_new_attempt_forgets_children_that_only_count_for_the_current_one(
    current_only: bool,
) -> None:
    mode = d.ControlMode(flow=True, use_current_attempt_objective_info=current_only)
    done = d.SequencingRules(pre=(rule("skip", d.Condition("satisfied")),))
    tree = course(activity("root", activity("a", rules=done), activity("b"), control_mode=mode))
    state = run(tree, run(tree, State(), "start").state, "exitAll", PASSED).state
    state = run(tree, state, "start").state
    assert delivered(run(tree, run(tree, state, "exitAll", PASSED).state, "start")) == (
        "a" if current_only else "b"
    )


class TestSelectionAndRandomization:
    """SR.1 and SR.2."""

    def tree(self, selection: d.Timing, order: d.Timing, count: int | None) -> ActivityTree:
        controls = d.RandomizationControls(selection, count, order, reorder_children=True)
        leaves = [activity(f"a{number}") for number in range(8)]
        return course(activity("root", *leaves, randomization=controls))

    def test_the_seed_decides_what_is_selected(self) -> None:
        tree = self.tree("once", "never", 3)
        picks = {tuple(through(tree, State(seed=seed))) for seed in range(20)}
        assert all(len(pick) == 3 and list(pick) == sorted(pick) for pick in picks)
        assert len(picks) > 5
        assert through(tree, State(seed=4)) == through(tree, State(seed=4))

    def test_an_order_drawn_once_lasts(self) -> None:
        tree = self.tree("never", "once", None)
        first, second = self.two_attempts(tree)
        assert sorted(first) == [f"a{number}" for number in range(8)]
        assert first == second != sorted(first)

    def test_an_order_drawn_on_each_new_attempt_changes(self) -> None:
        first, second = self.two_attempts(self.tree("never", "onEachNewAttempt", None))
        assert first != second
        assert sorted(first) == sorted(second)

    def two_attempts(self, tree: ActivityTree) -> tuple[list[str], list[str]]:
        orders: list[list[str]] = []
        outcome = navigate(tree, State(seed=1), "start")
        for _ in range(2):
            order: list[str] = []
            while outcome.delivery is not None:
                order.append(outcome.delivery.activity)
                outcome = navigate(tree, outcome.state, "continue")
            orders.append(order)
            outcome = navigate(tree, outcome.state, "start")
        return orders[0], orders[1]

    def test_what_was_not_selected_cannot_be_chosen(self) -> None:
        tree = self.tree("once", "never", 3)
        state = navigate(tree, State(seed=1), "start").state
        listed = {each.identifier for each in valid_requests(tree, state).contents}
        missing = next(each.identifier for each in tree if each.identifier not in listed)
        assert run(tree, state, f"choice {missing}").exception == "SB.2.9-2"
        assert run(tree, state, f"jump {missing}").exception == "NB.2.1-11"


def test_the_trace_says_which_rule_decided() -> None:
    skipped = d.SequencingRules(pre=(rule("skip"),))
    tree = course(activity("root", activity("a", rules=skipped), activity("b")))
    trace = navigate(tree, State(), "start").trace
    assert ("SB.2.2", "skip", "a") in [
        (each.process, each.outcome, each.activity) for each in trace
    ]


@contextmanager
def frames(number: int) -> Iterator[None]:
    """Let no call nest deeper than so many frames from here."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack(0)) + number)
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


def test_a_deep_or_a_long_course_is_walked_without_recursion() -> None:
    skipped = d.SequencingRules(pre=(rule("skip"),))
    leaves = [activity(f"a{number}", rules=skipped) for number in range(300)]
    long = course(activity("root", *leaves, activity("last")))
    deep = activity("leaf")
    for number in range(300):
        deep = activity(f"d{number}", deep)
    with frames(150):
        assert through(long, State()) == ["last"]
        assert through(course(deep), State()) == ["leaf"]


def test_who_may_not_leave_an_activity_may_still_choose_it_and_nothing_beside_it() -> None:
    """NB.2.1-8 holds for siblings of what ends, though an exit rule ends their parent, too."""
    bound = d.ControlMode(choice=False, choice_exit=False, flow=True)
    leaves = [activity(each, control_mode=bound) for each in ("one", "two")]
    chapter = activity(
        "chapter",
        *leaves,
        control_mode=d.ControlMode(choice=True, choice_exit=False, flow=True),
        rules=d.SequencingRules(exit=(rule("exit"),)),
    )
    tree = course(activity("root", chapter, control_mode=bound))
    state = navigate(tree, State(), "start").state
    chosen = {each.identifier for each in valid_requests(tree, state).contents if each.choice}
    assert chosen == {"one"}
