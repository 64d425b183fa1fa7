"""What holds for every course and whatever a learner asks for."""

from typing import get_args

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from scorm_runtime.sequencing.choice import choice_sequencing_request
from scorm_runtime.sequencing.contents import ended_now, table_of_contents
from scorm_runtime.sequencing.delivery import delivery_request
from scorm_runtime.sequencing.exceptions import EXPLANATIONS, SequencingException
from scorm_runtime.sequencing.navigation import navigation_request
from scorm_runtime.sequencing.overall import navigate
from scorm_runtime.sequencing.session import Session
from scorm_runtime.sequencing.state import Outcome, Request, State, Tracking
from scorm_runtime.sequencing.tracking import record
from scorm_runtime.sequencing.tree import Activity, ActivityTree
from scorm_runtime.sequencing.validity import valid_requests
from tests.scorm_runtime.sequencing.courses import courses, reports

REQUESTS: tuple[Request, ...] = get_args(Request)
steps = st.lists(
    st.tuples(st.sampled_from(REQUESTS), st.integers(0, 40), reports), min_size=1, max_size=12
)
Step = tuple[Request, int, Tracking]
FEW = settings(max_examples=150, deadline=None)


def take_step(tree: ActivityTree, state: State, step: Step) -> Outcome:
    request, number, report = step
    state = record(tree, state, report)
    return navigate(tree, state, request, f"a{number % (len(tree) + 1)}")


@FEW
@given(courses(), steps, st.integers(0, 3))
def test_every_request_has_one_outcome(tree: ActivityTree, taken: list[Step], seed: int) -> None:
    state = State(seed=seed)
    for step in taken:
        outcome = take_step(tree, state, step)
        results = (outcome.delivery is not None, outcome.ended, outcome.exception is not None)
        assert sum(results) <= 1
        assert outcome.exception is None or outcome.exception in EXPLANATIONS
        state = outcome.state


@FEW
@given(courses(), steps, st.integers(0, 3))
def test_a_state_survives_storage_and_replays_to_the_same(
    tree: ActivityTree, taken: list[Step], seed: int
) -> None:
    state = State(seed=seed)
    for step in taken:
        stored = msgspec.json.encode(state)
        outcome = take_step(tree, state, step)
        assert msgspec.json.encode(state) == stored, "a step leaves the state it was given alone"
        again = take_step(tree, msgspec.json.decode(stored, type=State), step)
        assert msgspec.json.encode(again) == msgspec.json.encode(outcome)
        state = outcome.state


@FEW
@given(courses(), steps)
def test_only_the_way_to_the_current_activity_is_active(
    tree: ActivityTree, taken: list[Step]
) -> None:
    state = State()
    for step in taken:
        outcome = take_step(tree, state, step)
        state = outcome.state
        active = {name for name, known in state.activities.items() if known.active}
        current = tree.by_identifier.get(state.current or "")
        way = {each.identifier for each in current.path()} if current else set()
        assert active <= way
        if outcome.delivery is not None:
            assert active == way


def _tried(session: Session, after: Session, target: Activity) -> bool:
    """NB.2.1, SB.2.9 and DB.1.1 for one target, as the specification puts them."""
    try:
        navigation_request(session, "choice", target)
        delivery_request(after, choice_sequencing_request(after, target))
    except SequencingException:
        return False
    return True


@FEW
@given(courses(), steps)
def test_the_contents_agree_with_trying_each_choice(tree: ActivityTree, taken: list[Step]) -> None:
    state = State()
    for step in taken:
        state = take_step(tree, state, step).state
    session = Session(tree, state)
    shown = {entry.identifier: entry.choice for entry in table_of_contents(session)}
    for target in tree:
        tried = _tried(session, ended_now(session), target)
        assert shown.get(target.identifier, False) == tried, target


@FEW
@given(courses(), steps)
def test_previous_is_offered_only_where_it_works(tree: ActivityTree, taken: list[Step]) -> None:
    state = State()
    for step in taken:
        state = take_step(tree, state, step).state
        if valid_requests(tree, state).previous:
            assert navigate(tree, state, "previous").exception is None
