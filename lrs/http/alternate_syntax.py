"""The Alternate Request Syntax: any request as a POST of a form (1.0.3, Communication 1.3)."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from aiohttp import web
from multidict import CIMultiDict, CIMultiDictProxy

from lrs.errors import BadRequest, Finding, Forbidden
from lrs.http.cors import Origins
from lrs.versions import VERSION_HEADER, negotiate

CONTENT = "content"

_METHODS = frozenset({"DELETE", "GET", "HEAD", "POST", "PUT"})
_AS_BYTES = "surrogateescape"
_WITH_CONTENT = frozenset({"POST", "PUT"})
_FORM = "application/x-www-form-urlencoded"
_HEADERS = {
    name.lower(): name
    for name in (
        "Accept-Language",
        "Authorization",
        "Content-Length",
        "Content-Type",
        "If-Match",
        "If-None-Match",
        VERSION_HEADER,
    )
}


def is_alternate(request: web.Request) -> bool:
    """Say whether a request is written in this syntax."""
    if request.method != "POST" or "method" not in request.query_string:
        return False
    return "method" in request.query


def unfold(request: web.Request, body: bytes, origins: Origins) -> tuple[web.Request, bytes]:
    """Return the request that is meant, and its body.

    Raises:
        Forbidden: it is a page's form, and the page may not send one.
        BadRequest: there is more in the query than the method, the body is no form, its
            content is missing, or the method is none; all of it is told. Or the version has
            no such syntax.
    """
    _check_version(request.headers)
    method = request.query["method"].upper()
    form = _read_form(body)
    _check_origin(request, form, origins)
    findings = [
        _finding(name, "must stand in the form, not beside method")
        for name in request.query
        if name != "method"
    ]
    findings += _check(request.content_type, method, form)
    if findings:
        raise BadRequest(findings)
    content = form.pop(CONTENT, "").encode(errors=_AS_BYTES)
    headers = _headers(request.headers, form)
    _check_version(headers)
    parameters = {name: value for name, value in form.items() if name.lower() not in _HEADERS}
    url = request.rel_url.with_query(parameters)
    return request.clone(method=method, rel_url=url, headers=headers), content


def _check_version(headers: Mapping[str, str]) -> None:
    asked = headers.get(VERSION_HEADER)
    if asked is not None and not negotiate(asked).alternate_syntax:
        raise BadRequest(
            [
                Finding(
                    detail=f"is not a parameter: {asked} has no alternate request syntax",
                    where="method",
                    kind="parameter",
                    rule="alternateSyntax",
                    requirement="XAPI-00324",
                )
            ]
        )


def _check_origin(request: web.Request, form: Mapping[str, str], origins: Origins) -> None:
    """Any page can make a browser send a form, and with it what it remembers of a credential."""
    has_credential = any(name.lower() == "authorization" for name in form)
    if not origins.may_send_form(request, has_credential=has_credential):
        detail = (
            "may not send a form here with what the browser remembers; "
            "write Authorization into the form, or have the server name this origin"
        )
        raise Forbidden([Finding(detail=detail, where="Origin", kind="header", rule="origin")])


def _check(content_type: str, method: str, form: Mapping[str, str]) -> list[Finding]:
    findings = []
    if content_type != _FORM:
        findings.append(_finding("Content-Type", f"must be {_FORM}", "header"))
    if method not in _METHODS:
        findings.append(_finding("method", f"must be one of {', '.join(sorted(_METHODS))}"))
    if (method in _WITH_CONTENT) != (CONTENT in form):
        findings.append(_finding(CONTENT, "must be in the form of a PUT or POST, and only there"))
    return findings


def _finding(where: str, detail: str, kind: str = "parameter") -> Finding:
    return Finding(
        detail=detail,
        where=where,
        kind="header" if kind == "header" else "parameter",
        rule="alternateSyntax",
        requirement="XAPI-00336",
    )


def _read_form(body: bytes) -> dict[str, str]:
    """Return the fields; those bytes of the content that are no UTF-8 as lone surrogates."""
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, errors=_AS_BYTES)
        for name, value in pairs:
            (name if name == CONTENT else name + value).encode()
    except ValueError as error:
        raise BadRequest("The form is not UTF-8.") from error
    form = dict(pairs)
    if len(form) < len(pairs):
        raise BadRequest("The form has a field twice.")
    return form


def _headers(outer: CIMultiDictProxy[str], form: Mapping[str, str]) -> CIMultiDict[str]:
    """Return the request's own headers, and over them those of the form."""
    headers = CIMultiDict(outer)
    headers["Content-Type"] = "application/json"
    for name, value in form.items():
        if name.lower() in _HEADERS:
            headers[_HEADERS[name.lower()]] = value
    return headers
