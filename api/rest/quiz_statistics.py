"""/quizzes/{id}/statistics: how hard its questions are, and how well they tell learners apart."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from api.permissions import Permission
from api.rest.bodies import Query
from api.rest.call import Call
from api.rest.documents import Attributes, Resource
from api.rest.quizzes import named_quiz
from api.rest.route import RouteTable
from content.quizzes import statistics

table = RouteTable(limit="analytics")


class AnswerCountView(BaseModel):
    """An answer (ids name options and items) and how often it was given; null is no answer."""

    model_config = ConfigDict(from_attributes=True)

    answer: Any
    count: int


class QuestionStatisticsView(BaseModel):
    """A question: `facility_index` is the mean share of its points that was earned, in percent;
    `discrimination_index` 100 times the correlation of that share with the share of all other
    points; `upper_lower_index` how much more of it, in percent, the best 27 % of attempts earned
    than the worst 27 %.
    """

    model_config = ConfigDict(from_attributes=True)

    question_id: str
    attempts: int
    answered: int
    facility_index: float | None
    standard_deviation: float | None
    discrimination_index: float | None
    upper_lower_index: float | None
    mean_seconds: float | None
    answers: list[AnswerCountView]
    option_counts: dict[str, int]


class QuizStatisticsAttributes(Attributes):
    """A quiz's attempts that are graded in full. `reliability` is Cronbach's alpha; scores are in
    percent.
    """

    type_name = "quiz_statistics"

    attempts: int
    passed: int
    failed: int
    mean_score: float | None
    standard_deviation: float | None
    reliability: float | None
    mean_seconds: float | None
    questions: list[QuestionStatisticsView]


class StatisticsQuery(Query):
    """Which attempts are counted: everybody's first one, or all."""

    attempts: Literal["first", "all"] = "first"


@table.route(
    "GET",
    "/quizzes/{quiz_id}/statistics",
    permission=Permission.QUIZZES_READ,
    errors=("quiz_not_found",),
)
async def get_quiz_statistics(
    call: Call, quiz_id: str, query: StatisticsQuery
) -> Resource[QuizStatisticsAttributes]:
    """Show the statistics of a quiz and of each question."""
    quiz, first = await named_quiz(call, quiz_id), query.attempts == "first"
    found = await statistics.of_quiz(call.services.content, quiz, first_only=first)
    return Resource(quiz.id, QuizStatisticsAttributes.model_validate(found))
