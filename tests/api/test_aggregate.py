"""Aggregate queries over REST."""

import json
from typing import Any

from api.services import Services
from tests.api.callers import Api, Client
from tests.lrs.conftest import a_statement

AUTHORITY = {"objectType": "Agent", "mbox": "mailto:lms@example.org"}
COUNT = [{"$group": {"_id": "$verb", "count": {"$sum": 1}}}]


async def test_the_same_pipeline_is_taken_in_a_body_and_in_the_address(
    services: Services, admin: Api
) -> None:
    await services.log.record(
        services.sessions.organization_id, [a_statement(), a_statement()], authority=AUTHORITY
    )
    answer = await admin.call("POST", "/xapi/aggregate", json={"pipeline": COUNT})
    shown: Any = await answer.json()
    assert (answer.status, shown) == (
        200,
        {
            "rows": [{"_id": "http://adlnet.gov/expapi/verbs/completed", "count": 2}],
            "truncated": False,
        },
    )
    assert await admin.get("/xapi/aggregate", params={"pipeline": json.dumps(COUNT)}) == shown


async def test_findings_point_into_the_body(admin: Api) -> None:
    pipeline = [{"$out": "x"}, {"$match": {"raw": 1}}]
    answer = await admin.call("POST", "/xapi/aggregate", json={"pipeline": pipeline})
    assert answer.status == 422
    errors = (await answer.json())["errors"]
    assert [each["source"]["pointer"] for each in errors] == [
        "/pipeline/0/$out",
        "/pipeline/1/$match/raw",
    ]
    assert {each["code"] for each in errors} == {"invalid_pipeline"}
    for written in ("{", json.dumps(pipeline)):
        answer = await admin.call("GET", "/xapi/aggregate", params={"pipeline": written})
        assert answer.status == 422
        assert (await answer.json())["errors"][0]["source"] == {"parameter": "pipeline"}


async def test_a_learner_may_not_ask(learner: Api, client: Client) -> None:
    answer = await learner.call("POST", "/xapi/aggregate", json={"pipeline": COUNT})
    assert answer.status == 403
