"""What is measured, for Prometheus: requests, statements, sign-ins, and what this server sees.

Several workers keep their numbers in files of one folder, which the supervisor names in
`PROMETHEUS_MULTIPROC_DIR`; whichever worker is asked adds them up.
"""

import os
from collections.abc import Sequence
from functools import cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

from lrs.statement import StoredStatement

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

OWN = CollectorRegistry()
REQUESTS = Counter(
    "lyceum_http_requests", "Requests answered.", ("method", "route", "status"), registry=OWN
)
SECONDS = Histogram(
    "lyceum_http_request_seconds",
    "How long requests took.",
    ("method", "route"),
    buckets=_SECONDS,
    registry=OWN,
)
STATEMENTS = Counter("lyceum_statements", "Statements recorded.", registry=OWN)
RATE_LIMITED = Counter(
    "lyceum_rate_limited", "Requests refused by a rate limit.", ("limit",), registry=OWN
)
SIGN_INS = Counter(
    "lyceum_sign_ins", "Attempts to sign in by a password.", ("outcome",), registry=OWN
)
READY = Gauge(
    "lyceum_ready",
    "Whether a part of the server can serve (1), as /health/ready tells it.",
    ("part",),
    multiprocess_mode="livemostrecent",
    registry=OWN,
)
BEHIND = Gauge(
    "lyceum_consistent_through_lag_seconds",
    "How far X-Experience-API-Consistent-Through is behind the present.",
    multiprocess_mode="livemostrecent",
    registry=OWN,
)
if FOLDER not in os.environ:
    ProcessCollector(registry=OWN)


async def count_statements(statements: Sequence[StoredStatement]) -> None:
    """Count what was recorded; an observer of the log."""
    STATEMENTS.inc(len(statements))


def count_request(method: str, route: str, status: int, seconds: float) -> None:
    """Count a request and its time."""
    counted, took = _of_request(method, route, status)
    counted.inc()
    took.observe(seconds)


@cache
def _of_request(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    """The series of one kind of request: looking them up takes longer than counting."""
    return REQUESTS.labels(method, route, status), SECONDS.labels(method, route)
