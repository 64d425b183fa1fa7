"""What holds for every course and whatever a learner asks for.

Random courses are dear to make: so one walk through each shows everything that holds.
"""

from contextlib import suppress
from typing import get_args

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from scorm_runtime.sequencing.census import take_census
from scorm_runtime.sequencing.choice import choice_sequencing_request
from scorm_runtime.sequencing.contents import ended_now, table_of_contents
from scorm_runtime.sequencing.delivery import delivery_request
from scorm_runtime.sequencing.exceptions import EXPLANATIONS, SequencingException
from scorm_runtime.sequencing.navigation import navigation_request
from scorm_runtime.sequencing.overall import navigate, run
from scorm_runtime.sequencing.session import Session
from scorm_runtime.sequencing.state import Outcome, Request, State, Tracking
from scorm_runtime.sequencing.tracking import record, take
from scorm_runtime.sequencing.tree import Activity, ActivityTree
from scorm_runtime.sequencing.validity import valid_requests
from tests.scorm_runtime.sequencing.courses import courses, reports

REQUESTS: tuple[Request, ...] = get_args(Request)
Step = tuple[Request, int, Tracking]
steps: st.SearchStrategy[list[Step]] = st.lists(
    st.tuples(st.sampled_from(REQUESTS), st.integers(0, 40), reports), min_size=1, max_size=12
)


def take_step(tree: ActivityTree, state: State, step: Step) -> Outcome:
    request, number, report = step
    state = record(tree, state, report)
    return navigate(tree, state, request, f"a{number % (len(tree) + 1)}")


@settings(max_examples=100, deadline=None)
@given(courses(), steps, st.integers(0, 3))
def test_what_holds_at_every_step_through_any_course(
    tree: ActivityTree, taken: list[Step], seed: int
) -> None:
    state = State(seed=seed)
    for step in taken:
        stored = msgspec.json.encode(state)
        outcome = take_step(tree, state, step)
        assert msgspec.json.encode(state) == stored, "a step leaves the state it was given alone"
        there_is_one_outcome(outcome)
        replayed_it_comes_out_the_same(tree, stored, step, outcome)
        only_the_way_to_the_current_activity_is_active(tree, outcome)
        previous_is_offered_only_where_it_works(tree, outcome.state)
        progress_alone_changes_nothing_without_conditions(tree, outcome.state, step)
        a_census_is_what_counting_anew_gives(tree, state, step)
        state = outcome.state
    the_contents_agree_with_trying_each_choice(tree, state)


def there_is_one_outcome(outcome: Outcome) -> None:
    results = (outcome.delivery is not None, outcome.ended, outcome.exception is not None)
    assert sum(results) <= 1
    assert outcome.exception is None or outcome.exception in EXPLANATIONS


def replayed_it_comes_out_the_same(
    tree: ActivityTree, stored: bytes, step: Step, outcome: Outcome
) -> None:
    again = take_step(tree, msgspec.json.decode(stored, type=State), step)
    assert msgspec.json.encode(again) == msgspec.json.encode(outcome)


def only_the_way_to_the_current_activity_is_active(tree: ActivityTree, outcome: Outcome) -> None:
    state = outcome.state
    active = {name for name, known in state.activities.items() if known.active}
    current = tree.by_identifier.get(state.current or "")
    way = {each.identifier for each in current.path()} if current else set()
    assert active <= way
    if outcome.delivery is not None:
        assert active == way


def previous_is_offered_only_where_it_works(tree: ActivityTree, state: State) -> None:
    if valid_requests(tree, state).previous:
        assert navigate(tree, state, "previous").exception is None


def progress_alone_changes_nothing_without_conditions(
    tree: ActivityTree, state: State, step: Step
) -> None:
    if not tree.conditional:
        assert valid_requests(tree, state, step[2]) == valid_requests(tree, state)


def a_census_is_what_counting_anew_gives(tree: ActivityTree, state: State, step: Step) -> None:
    request, number, report = step
    session = Session(tree, state)
    if session.current is not None:
        take(session, session.current, report)
    with suppress(SequencingException):
        run(session, request, f"a{number % (len(tree) + 1)}")
    anew = Session(tree, session.state())
    for cluster in tree:
        assert take_census(session, cluster) == take_census(anew, cluster)


def the_contents_agree_with_trying_each_choice(tree: ActivityTree, state: State) -> None:
    session = Session(tree, state)
    shown = {entry.identifier: entry.choice for entry in table_of_contents(session)}
    for target in tree:
        tried = _tried(session, ended_now(session), target)
        assert shown.get(target.identifier, False) == tried, target


def _tried(session: Session, after: Session, target: Activity) -> bool:
    """NB.2.1, SB.2.9 and DB.1.1 for one target, as the specification puts them."""
    try:
        navigation_request(session, "choice", target)
        delivery_request(after, choice_sequencing_request(after, target))
    except SequencingException:
        return False
    return True
