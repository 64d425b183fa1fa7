"""/my/peer-reviews: the work of others that one is asked to review, and what one says of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from api.pages.asking import NO_PROBLEMS, Problems
from api.pages.desk import Desk, at_desk
from api.pages.paging import page_asked, pages_of
from api.pages.wording import Badge, number
from api.permissions import Permission
from api.rest import peer_reviews
from content import assignments, files
from content.assignments import peers
from content.assignments.peers import PeerReviewFilter
from content.assignments.peers.review import scale
from content.documents import Paging
from content.people import people

table = web.RouteTableDef()

PERMISSION = Permission.ASSIGNMENTS_OWN
PER_PAGE = 20
LIST = "/my/peer-reviews"
ONE = f"{LIST}/{{review_id}}"
STANDINGS = {
    "assigned": Badge("not_started", "To write"),
    "draft": Badge("in_progress", "Begun"),
    "submitted": Badge("submitted", "Handed in"),
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A field for points: of a criterion of the rubric, or of the whole where there is none."""

    name: str
    label: str
    hint: str
    value: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """What a form says: points by the names of their fields, and comments."""

    points: Mapping[str, str]
    comments: str


@table.get(LIST)
async def list_reviews(request: web.Request) -> web.Response:
    """Show the reviews that one is to write, and those that are written."""
    desk = await at_desk(request, PERMISSION)
    page = page_asked(request)
    query = {"page": page, "per_page": PER_PAGE, "sort": "-created_at"}
    found = await desk.ask(peer_reviews.my_peer_reviews, query=query)
    titles = {
        each: (await assignments.get(desk.store, desk.organization_id, each)).title
        for each in {str(review.related["assignment"]) for review in found.items}
    }
    return desk.show(
        "learning/peer_reviews.html",
        reviews=[
            (each, titles[str(each.related["assignment"])], STANDINGS[each.attributes.status])
            for each in found.items
        ],
        pages=pages_of(request, page, found.total, PER_PAGE),
    )


@table.get(ONE)
async def review_page(request: web.Request) -> web.Response:
    """Show the work, and the form of the review."""
    return await _page(await at_desk(request, PERMISSION))


@table.post(ONE)
async def write(request: web.Request) -> web.Response:
    """Keep what is written as a draft; or hand the review in, for good."""
    desk = await at_desk(request, PERMISSION)
    form = await request.post()
    sent = {name: str(value).strip() for name, value in form.items()}
    review = await desk.ask(peer_reviews.get_peer_review)
    assignment = await _assignment(desk, review)
    written = Written(sent, sent.get("comments", ""))
    names = [each.name for each in marks(assignment.rubric, assignment.max_score)]
    whole = sent.get("do") == "submit"
    lacking = [(each, "must be given") for each in names if whole and not sent.get(each)]
    if lacking:
        return await _page(desk, Problems("see what is marked", lacking), written)
    handler = peer_reviews.submit_peer_review if whole else peer_reviews.draft_peer_review
    version = sent.get("version", "")
    outcome = await desk.submit(
        handler, body_of(assignment.rubric, written), int(version) if version.isdecimal() else None
    )
    if outcome.problems:
        return await _page(desk, placed(outcome.problems, assignment.rubric, written), written)
    if whole:
        return desk.go(LIST, "Your review is handed in. Thank you.")
    return desk.go(f"{LIST}/{review.id}", "Your review is kept. It is not handed in yet.")


@table.post(f"{ONE}/flag")
async def flag(request: web.Request) -> web.Response:
    """Tell the instructors that the work is improper."""
    desk = await at_desk(request, PERMISSION)
    reason = str((await request.post()).get("reason", ""))
    outcome = await desk.submit(peer_reviews.flag_peer_review, {"reason": reason})
    if outcome.problems:
        return await _page(desk, outcome.problems)
    return desk.go(f"{LIST}/{desk.named('review_id')}", "The instructors are told.")


async def waiting(desk: Desk) -> int:
    """How many reviews the person is still to write."""
    query = {"status": "assigned", "per_page": 1}
    assigned = await desk.ask(peer_reviews.my_peer_reviews, query=query)
    begun = PeerReviewFilter(reviewer_id=desk.person.id, status="draft")
    drafts = await peers.find(desk.store, desk.organization_id, begun, Paging(per_page=1))
    return int(assigned.total) + drafts.total


def marks(
    rubric: Sequence[Any], max_score: float, given: Mapping[str, str] | None = None
) -> list[Mark]:
    """The fields for points."""
    given = given or {}
    if not rubric:
        name, hint = "total_score", f"From 0 to {number(max_score)}."
        return [Mark(name, "Points", hint, given.get(name, ""))]
    return [
        Mark(
            f"points-{place}",
            each.criteria,
            f"{each.description} From 0 to {number(each.max_points)} points.".strip(),
            given.get(f"points-{place}", ""),
        )
        for place, each in enumerate(rubric)
    ]


def body_of(rubric: Sequence[Any], written: Written) -> dict[str, Any]:
    """What is written as REST takes it; points that are not given are left out."""
    points = {name: text.replace(",", ".") for name, text in written.points.items() if text}
    body: dict[str, Any] = {"comments": written.comments}
    if rubric:
        body["scores"] = [
            {"criteria": rubric[place].criteria, "points": points[f"points-{place}"]}
            for place in _given(rubric, written)
        ]
    elif "total_score" in points:
        body["total_score"] = points["total_score"]
    return body


def placed(problems: Problems, rubric: Sequence[Any], written: Written) -> Problems:
    """The problems by the fields of the form: REST names scores by their places in the body."""
    order = _given(rubric, written)
    findings = []
    for where, detail in problems.findings:
        parts = where.split("/")
        if len(parts) > 1 and parts[0] == "scores" and parts[1].isdecimal():
            where = f"points-{order[int(parts[1])]}"
        findings.append((where, detail))
    return Problems(problems.title, findings, problems.code, problems.refused)


def _given(rubric: Sequence[Any], written: Written) -> list[int]:
    """The places of the criteria that points are given for."""
    return [place for place in range(len(rubric)) if written.points.get(f"points-{place}")]


def _kept(rubric: Sequence[Any], review: Any) -> dict[str, str]:
    """The points that were kept, by the names of their fields."""
    scores = {each.criteria: each.points for each in review.scores}
    kept = {
        f"points-{place}": number(scores.get(each.criteria)) for place, each in enumerate(rubric)
    }
    return kept | {"total_score": number(review.total_score)}


async def _assignment(desk: Desk, review: Any) -> Any:
    """The assignment as its reviewers mark it."""
    sought = str(review.related["assignment"])
    return scale(await assignments.get(desk.store, desk.organization_id, sought))


async def _page(
    desk: Desk, problems: Problems = NO_PROBLEMS, written: Written | None = None
) -> web.Response:
    review = await desk.ask(peer_reviews.get_peer_review)
    shown = review.attributes
    assignment = await _assignment(desk, review)
    author = review.related["author"]
    names = await people.names(desk.store, desk.organization_id, {author or ""})
    given = written.points if written else _kept(assignment.rubric, shown)
    fields = marks(assignment.rubric, assignment.max_score, given)
    wrong = problems.by_field()
    labels = {each.name: each.label for each in fields} | {"reason": "Why", "comments": "Comments"}
    return desk.show(
        "learning/peer_review.html",
        problems.status,
        review=review,
        badge=STANDINGS[shown.status],
        assignment=assignment,
        author=names.get(author or "", ""),
        files=await files.present(desk.store, desk.organization_id, shown.work.file_ids),
        marks=fields,
        total=number(shown.total_score),
        comments=written.comments if written else shown.comments,
        problems=wrong,
        listed=[(each, labels.get(each, "Form"), said) for each, said in wrong.items()],
    )
