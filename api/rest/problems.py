"""Errors as the client sees them, and the one table from exceptions to HTTP."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson
from aiohttp import web

MEDIA_TYPE = "application/vnd.api+json"

Place = Literal["pointer", "parameter", "header"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong; `where` is a JSON pointer, a parameter's or a header's name."""

    detail: str
    where: str = ""
    place: Place = "pointer"
    code: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is answered instead of a document: one status, one error for each finding.

    `meta` is said with each error, `document_meta` once beside them.
    """

    status: int
    code: str
    title: str
    findings: Sequence[Finding] = ()
    meta: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    document_meta: Mapping[str, Any] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """The JSON:API error document."""
        findings = self.findings or (Finding(self.title),)
        errors = {"errors": [self._error(finding) for finding in findings]}
        return {**errors, "meta": dict(self.document_meta)} if self.document_meta else errors

    def _error(self, finding: Finding) -> dict[str, Any]:
        error: dict[str, Any] = {
            "status": str(self.status),
            "code": finding.code or self.code,
            "title": self.title,
            "detail": finding.detail,
        }
        if finding.where or finding.place != "pointer":
            error["source"] = {finding.place: finding.where}
        if self.meta:
            error["meta"] = dict(self.meta)
        return error


class ProblemRaised(Exception):
    """Ends a request with a problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.title)
        self.problem = problem


def refuse(
    status: int,
    code: str,
    title: str,
    findings: Iterable[Finding] = (),
    *,
    meta: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> ProblemRaised:
    """The exception to raise for a problem."""
    return ProblemRaised(Problem(status, code, title, tuple(findings), meta or {}, headers or {}))


def problem_response(problem: Problem) -> web.Response:
    """Answer with a problem."""
    return web.Response(
        status=problem.status,
        body=orjson.dumps(problem.document()),
        content_type=MEDIA_TYPE,
        headers=problem.headers,
    )
