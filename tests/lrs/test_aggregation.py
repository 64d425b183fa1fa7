"""Aggregate queries: what they compute, what they refuse, and that nothing leaves the tenant."""

from datetime import UTC, datetime
from typing import Any

import pytest

from lrs.aggregation import Aggregation, aggregation
from lrs.aggregation.aggregation import translate
from lrs.errors import InvalidPipeline, TooExpensive
from lrs.log import StatementLog
from tests.lrs.conftest import ORGANIZATION, a_statement, voiding

AUTHORITY = {"objectType": "Agent", "account": {"homePage": "https://lms.example", "name": "k"}}
PASSED, FAILED = "http://adlnet.gov/expapi/verbs/passed", "http://adlnet.gov/expapi/verbs/failed"


def attempt(who: str, verb: str, scaled: float, **properties: Any) -> dict[str, Any]:
    return a_statement(
        actor={"mbox": f"mailto:{who}@example.com"},
        verb={"id": verb},
        result={"score": {"scaled": scaled}, "success": verb == PASSED, "duration": "PT1M"},
        **properties,
    )


@pytest.fixture
async def results(log: StatementLog) -> list[dict[str, Any]]:
    statements = [
        attempt("ada", FAILED, 0.25, timestamp="2026-01-05T10:00:00Z"),
        attempt("ada", PASSED, 0.75, timestamp="2026-01-06T10:00:00Z"),
        attempt("ben", PASSED, 1.0, timestamp="2026-02-06T10:00:00Z"),
    ]
    await log.record(ORGANIZATION, statements, authority=AUTHORITY)
    await log.record("organization-2", [attempt("eve", PASSED, 0.5)], authority=AUTHORITY)
    return statements


async def rows(database: Any, *pipeline: Any) -> list[dict[str, Any]]:
    return (await Aggregation(database).run(ORGANIZATION, list(pipeline))).rows


async def test_it_groups_counts_and_sorts(database: Any, results: Any) -> None:
    found = await rows(
        database,
        {"$match": {"verb": {"$in": [PASSED, FAILED]}}},
        {
            "$group": {
                "_id": "$actor",
                "times": {"$sum": 1},
                "best": {"$max": "$result.score.scaled"},
                "seconds": {"$sum": "$result.duration"},
            }
        },
        {"$sort": {"times": -1}},
        {"$project": {"_id": 0, "who": "$_id", "times": 1, "best": 1, "seconds": 1}},
    )
    assert found == [
        {"who": "mbox:mailto:ada@example.com", "times": 2, "best": 0.75, "seconds": 120.0},
        {"who": "mbox:mailto:ben@example.com", "times": 1, "best": 1.0, "seconds": 60.0},
    ]


async def test_moments_are_compared_grouped_and_shown_as_moments(
    database: Any, results: Any
) -> None:
    january = {"timestamp": {"$lt": {"$date": "2026-02-01T00:00:00Z"}}}
    month = {"$dateTrunc": {"date": "$timestamp", "unit": "month"}}
    count = {"$group": {"_id": month, "count": {"$sum": 1}}}
    found = [{"_id": datetime(2026, 1, 1, tzinfo=UTC), "count": 2}]
    assert await rows(database, {"$match": january}, count) == found
    assert await rows(database, {"$sort": {"stored": 1}}, {"$match": january}, count) == found


async def test_conditions_nest(database: Any, results: Any) -> None:
    either = {"$or": [{"result.score.scaled": {"$gte": 1}}, {"result.success": False}]}
    first = {"actor": {"$not": {"$eq": "mbox:mailto:ben@example.com"}}}
    assert await rows(database, {"$match": either}, {"$match": first}, {"$count": "n"}) == [
        {"n": 1}
    ]


async def test_a_statement_is_named_by_its_id(database: Any, results: Any) -> None:
    found = await rows(
        database, {"$match": {"id": results[0]["id"]}}, {"$project": {"id": 1, "verb": 1}}
    )
    assert found == [{"id": results[0]["id"], "verb": FAILED}]


async def test_lists_are_collected_and_taken_apart(database: Any, results: Any) -> None:
    found = await rows(
        database,
        {"$group": {"_id": None, "verbs": {"$addToSet": "$verb"}}},
        {"$unwind": "$verbs"},
        {"$sort": {"verbs": 1}},
        {"$project": {"_id": 0, "verbs": 1}},
    )
    assert found == [{"verbs": FAILED}, {"verbs": PASSED}]


async def test_voided_statements_do_not_count(
    database: Any, results: Any, log: StatementLog
) -> None:
    await log.record(ORGANIZATION, [voiding(results[0]["id"])], authority=AUTHORITY)
    assert await rows(database, {"$match": {"verb": FAILED}}, {"$count": "n"}) == []


async def test_another_organization_is_out_of_reach(database: Any, results: Any) -> None:
    everything: list[Any] = [
        {"$match": {"$or": [{"verb": PASSED}, {"verb": {"$ne": PASSED}}]}},
        {"$match": {"actor": "mbox:mailto:eve@example.com"}},
    ]
    for pipeline in (everything, everything[1:], [{"$sort": {"id": 1}}, *everything[1:]]):
        assert await rows(database, *pipeline) == []


async def test_only_documented_fields_are_seen(database: Any, results: Any) -> None:
    (first, *_) = await rows(database, {"$sort": {"timestamp": 1}}, {"$limit": 1})
    assert set(first) == {
        *("id", "stored", "timestamp", "actor", "verb", "activity", "registration"),
        *("authority", "result"),
    }


REFUSED = {
    "/0/$lookup": [{"$lookup": {"from": "people", "as": "x", "pipeline": []}}],
    "/0/$out": [{"$out": "statements"}],
    "/0/$merge": [{"$merge": {"into": "statements"}}],
    "/0/$unionWith": [{"$unionWith": "people"}],
    "/0/$facet": [{"$facet": {"a": [{"$lookup": {}}]}}],
    "/0/$graphLookup": [{"$graphLookup": {}}],
    "/0/$match/$where": [{"$match": {"$where": "sleep(1000)"}}],
    "/0/$match/$expr": [{"$match": {"$expr": {"$eq": ["$$ROOT.raw", 1]}}}],
    "/0/$match/$or/0/$where": [{"$match": {"$or": [{"$where": "1"}]}}],
    "/0/$match/verb/$regex": [{"$match": {"verb": {"$regex": "(a+)+$"}}}],
    "/0/$match/verb/$not/$regex": [{"$match": {"verb": {"$not": {"$regex": "a"}}}}],
    "/0/$match/organization_id": [{"$match": {"organization_id": "organization-2"}}],
    "/0/$match/raw": [{"$match": {"raw": {"$exists": True}}}],
    "/0/$match/stored": [{"$match": {"stored": "2026-01-01T00:00:00Z"}}],
    "/0/$match/stored/$gt/$date": [{"$match": {"stored": {"$gt": {"$date": "soon"}}}}],
    "/0/$match/verb": [{"$match": {"verb": {}}}],
    "/0/$match/verb/$in": [{"$match": {"verb": {"$in": "x"}}}],
    "/0/$group/_id/$function": [{"$group": {"_id": {"$function": {"body": "f", "args": []}}}}],
    "/0/$group/n": [{"$group": {"_id": None, "n": {"$accumulator": {}}}}],
    "/0/$group/n/$sum": [{"$group": {"_id": None, "n": {"$sum": "$$ROOT"}}}],
    "/0/$group/a.b": [{"$group": {"_id": None, "a.b": {"$sum": 1}}}],
    "/0/$group": [{"$group": {"n": {"$sum": 1}}}],
    "/0/$group/_id/$dateTrunc/let": [
        {"$group": {"_id": {"$dateTrunc": {"date": "$stored", "let": 1}}}}
    ],
    "/0/$project/x/$getField": [{"$project": {"x": {"$getField": "raw"}}}],
    "/0/$project/x/$map": [{"$project": {"x": {"$map": {"input": "$verb", "in": 1}}}}],
    "/0/$project/raw": [{"$project": {"raw": 1}}],
    "/0/$project/verb": [{"$project": {"verb": 0, "actor": 1}}],
    "/0/$project/x": [{"$project": {"x": 2.5}}],
    "/0/$sort/verb": [{"$sort": {"verb": {"$meta": "textScore"}}}],
    "/0/$limit": [{"$limit": 0}],
    "/0/$skip": [{"$skip": -1}],
    "/0/$count": [{"$count": "$n"}],
    "/0/$unwind": [{"$unwind": {"path": "$verb"}}],
    "/1/$match/verb": [{"$group": {"_id": None, "n": {"$sum": 1}}}, {"$match": {"verb": "x"}}],
    "/0": [{"$match": {"verb": "x"}, "$out": "y"}],
    "": {"$match": {}},
}


@pytest.mark.parametrize(("where", "pipeline"), REFUSED.items(), ids=str)
def test_what_is_not_allowed_is_refused_with_its_place(where: str, pipeline: Any) -> None:
    with pytest.raises(InvalidPipeline) as refused:
        translate(ORGANIZATION, pipeline)
    assert [each.where for each in refused.value.findings] == [where]


def test_all_findings_are_told_at_once() -> None:
    pipeline = [{"$match": {"$where": "1", "raw": 1}}, {"$out": "x"}, {"$limit": "y"}]
    with pytest.raises(InvalidPipeline) as refused:
        translate(ORGANIZATION, pipeline)
    assert [each.where for each in refused.value.findings] == [
        *("/0/$match/$where", "/0/$match/raw", "/1/$out", "/2/$limit"),
    ]


@pytest.mark.parametrize(
    "pipeline",
    [
        [{"$limit": 1}] * 21,
        [{"$match": {"verb": {"$in": ["x"] * 3000}}}],
        [{"$group": {"_id": {"$not": {"$not": {"$not": {"$not": {"$not": [1]}}}}}}}] * 2
        + [{"$match": {"$and": [{"$and": [{"$and": [{"$and": [{"$and": [{"$and": [{"$and": [
            {"$and": [{"verb": 1}]}]}]}]}]}]}]}]}}],
    ],
    ids=["stages", "values", "depth"],
)  # fmt: skip
def test_a_pipeline_has_bounds(pipeline: Any) -> None:
    with pytest.raises(InvalidPipeline) as refused:
        translate(ORGANIZATION, pipeline)
    assert [each.rule for each in refused.value.findings] in (["size"], ["depth"])


async def test_rows_are_bounded(
    database: Any, results: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aggregation, "MOST_ROWS", 2)
    found = await Aggregation(database).run(ORGANIZATION, [{"$project": {"verb": 1}}])
    assert (len(found.rows), found.truncated) == (2, True)


async def test_time_is_bounded(database: Any, log: StatementLog) -> None:
    await database.statements.insert_many(
        {
            "_id": f"{ORGANIZATION}/{n}",
            "organization_id": ORGANIZATION,
            "voided": False,
            "stored": n,
        }
        for n in range(20_000)
    )
    slow: list[Any] = [{"$group": {"_id": "$id", "n": {"$sum": 1}}}, {"$sort": {"n": 1}}]
    with pytest.raises(TooExpensive, match="takes longer than"):
        await Aggregation(database, seconds=0.001).run(ORGANIZATION, slow)


async def test_what_cannot_be_computed_is_the_askers_error(database: Any, results: Any) -> None:
    with pytest.raises(InvalidPipeline, match="cannot be computed"):
        await rows(database, {"$project": {"x": {"$add": ["$verb", 1]}}})


@pytest.mark.parametrize(
    ("condition", "index"),
    [
        ({"verb": PASSED}, "by_key"),
        ({"actor": {"$in": ["mbox:mailto:ada@example.com"]}}, "by_key"),
        ({"activity": {"$eq": "https://example.com/activities/1"}}, "by_key"),
        ({"stored": {"$gte": {"$date": "2026-01-01T00:00:00Z"}}}, "by_stored"),
    ],
)
async def test_a_first_match_uses_an_index(
    database: Any, results: Any, condition: Any, index: str
) -> None:
    stages = translate(ORGANIZATION, [{"$match": condition}, {"$count": "n"}])
    command = {"aggregate": "statements", "pipeline": stages, "cursor": {}}
    plan = await database.command({"explain": command, "verbosity": "queryPlanner"})
    assert f"'indexName': '{index}'" in str(plan)
    assert "COLLSCAN" not in str(plan)
