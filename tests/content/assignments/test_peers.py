"""Peer review's rules: who reviews whom, and what the reviews come to."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from content.assignments import Criterion
from content.assignments.assignment import PeerReviewSettings, broken
from content.assignments.peers.aggregate import aggregate
from content.assignments.peers.allocation import Pair, Piece, allocate
from content.assignments.peers.review import PeerReview
from content.assignments.submission import CriterionScore
from tests.content.assignments.test_rules import PLAIN, RUBRIC

AT = datetime(2026, 4, 2, tzinfo=UTC)
SETTINGS = PeerReviewSettings()


def _pieces(first: int, last: int) -> list[Piece]:
    return [Piece(f"submission_{n}", f"user_{n}") for n in range(first, last)]


def _sound(pairs: list[Pair]) -> None:
    assert len(set(pairs)) == len(pairs)
    assert all(each.reviewer_id != each.piece.person_id for each in pairs)


@settings(max_examples=50)
@given(st.integers(0, 30), st.integers(1, 6), st.text(max_size=5))
def test_everybody_writes_and_gets_as_many_reviews(people: int, reviews: int, seed: str) -> None:
    pieces = _pieces(0, people)
    pairs = allocate(pieces, [], reviews, seed)
    _sound(pairs)
    assert pairs == allocate(pieces[::-1], [], reviews, seed)
    expected = min(reviews, max(people - 1, 0))
    for counted in (
        Counter(each.reviewer_id for each in pairs),
        Counter(each.piece.person_id for each in pairs),
    ):
        assert set(counted.values()) <= {expected}
        assert len(counted) == (people if expected else 0)


@settings(max_examples=50)
@given(st.integers(2, 12), st.lists(st.integers(1, 6), max_size=4), st.integers(1, 4))
def test_who_comes_late_writes_and_gets_reviews_too(
    people: int, later: list[int], reviews: int
) -> None:
    present = allocate(_pieces(0, people), [], reviews, "seed")
    for more in later:
        people += more
        present += allocate(_pieces(0, people), present, reviews, "seed")
        _sound(present)
        assert allocate(_pieces(0, people), present, reviews, "seed") == []
    written = Counter(each.reviewer_id for each in present)
    got = Counter(each.piece.person_id for each in present)
    least = min(reviews, people - 1) if not later else 1
    assert all(min(written[f"user_{n}"], got[f"user_{n}"]) >= least for n in range(people))


def test_one_person_alone_reviews_nobody() -> None:
    assert allocate(_pieces(0, 1), [], 2, "seed") == []


def _review(*points: float, **fields: Any) -> PeerReview:
    names = (each.criteria for each in RUBRIC)
    scores = tuple(
        CriterionScore(criteria=n, points=p) for n, p in zip(names, points, strict=False)
    )
    return PeerReview(
        id="peer_review_1",
        organization_id="organization_1",
        created_at=AT,
        updated_at=AT,
        assignment_id=PLAIN.id,
        course_id="course_1",
        lesson_id="lesson_1",
        submission_id="submission_1",
        author_id="user_1",
        reviewer_id="user_2",
        anonymous=True,
        **{"status": "submitted", "scores": scores, "total_score": sum(points), **fields},
    )


def test_the_reviews_that_count_come_to_their_means() -> None:
    reviews = [
        _review(60, 30),
        _review(40, 20),
        _review(0, 0, dismissed_at=AT),
        _review(0, 0, status="draft"),
    ]
    found = aggregate(structs.replace(PLAIN, peer_review=SETTINGS), reviews)
    assert (found.reviews, found.total_score) == (2, 75)
    assert [each.points for each in found.scores] == [50, 25]
    assert aggregate(PLAIN, reviews[2:]).total_score is None


def test_a_rubric_of_the_reviewers_own_is_scaled_to_the_assignment() -> None:
    rubric = (Criterion(criteria="Clarity", max_points=5),)
    assignment = structs.replace(PLAIN, peer_review=PeerReviewSettings(rubric=rubric))
    reviews = [_review(total_score=4, scores=()), _review(total_score=3, scores=())]
    found = aggregate(assignment, reviews)
    assert (found.total_score, found.scores) == (70, ())


def test_what_is_wrong_with_its_settings_is_found() -> None:
    rubric = (Criterion(criteria="A", max_points=0), Criterion(criteria="a", max_points=1))
    settings = PeerReviewSettings(reviews_per_submission=0, rubric=rubric)
    wrong = broken(structs.replace(PLAIN, peer_review=settings))
    assert {each.where for each in wrong} == {
        "peer_review/reviews_per_submission",
        "peer_review/rubric/0/max_points",
        "peer_review/rubric/1/criteria",
    }
