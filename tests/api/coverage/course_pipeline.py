"""CoursePipeline: keys, variables, courses and learners. It names no codes of its own."""

from collections.abc import Sequence

from tests.api.coverage.rows import Row, Seed, Sheet

_sheet = Sheet(Seed.COURSE_PIPELINE)
_KEYS = "a key goes as Bearer, as `X-API-Key` or as `?apiKey=`"

ROWS: Sequence[Row] = (
    _sheet.endpoint("POST /api-keys", remark=_KEYS),
    _sheet.endpoint("GET /api-keys"),
    _sheet.endpoint("POST /api-keys/{key_id}/revoke"),
    _sheet.endpoint("GET /courses"),
    _sheet.endpoint("GET /courses/{course_id}"),
    _sheet.endpoint("GET /courses/external/{externalId}", "GET /courses/external/{external_id}"),
    _sheet.endpoint("GET /courses/{course_id}/stats"),
    _sheet.endpoint("GET /learners"),
    _sheet.endpoint("GET /learners/{learner_id}"),
    _sheet.endpoint("GET /learners/email/{email}"),
    _sheet.endpoint("GET /learners/{learner_id}/courses"),
    _sheet.endpoint("GET /variables", remark="`course_id`, `active`"),
    _sheet.endpoint("GET /variables/{variable_id}"),
    _sheet.endpoint("GET /variables/{variable_id}/values"),
    _sheet.endpoint("POST /variables/set", remark="a `course_run_id` is an enrollment's id"),
    _sheet.endpoint("GET /variables/{variable_id}/aggregate"),
    _sheet.endpoint("GET /courses/{course_id}/variables"),
    _sheet.endpoint("GET /learners/{learner_id}/variables"),
    _sheet.limit("All requests: 100 a minute", "reads=100/1m"),
    _sheet.limit("All requests: 5,000 a day", "api_keys=5000/1d"),
)
