"""/compliance/evidence-packages: what stands behind compliance, as files for an auditor."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from aiohttp import web
from pydantic import AwareDatetime, Field

from api import evidence
from api.permissions import Permission
from api.rest.bodies import Draft, ListQuery
from api.rest.call import Call
from api.rest.documents import Attributes, Resource, ResourcePage
from api.rest.jobs import JobAttributes, job_resource
from api.rest.lists import page_of, paging
from api.rest.route import RouteTable
from content.compliance.evidence_packages import package
from content.compliance.evidence_packages.package import EvidencePackage, PackageDraft

table = RouteTable()

PATH = "/compliance/evidence-packages"
ONE = PATH + "/{package_id}"
MISSING = ("evidence_package_not_found",)


class EvidencePackageAttributes(Attributes):
    """A package about a person or a requirement, by what had been recorded until `as_of`.

    `size` in bytes and `sha256` of the file are known once it is ready; `counts` tells how much of
    what is in it. It is removed after `expires_at`.
    """

    type_name = "evidence_package"
    relationship_types = {
        "user": "user",
        "requirement": "requirement",
        "asked_by": "user",
        "job": "job",
    }

    title: str
    as_of: datetime
    state: Literal["making", "ready", "failed"]
    filename: str
    size: int | None
    sha256: str | None
    counts: Mapping[str, int]
    created_at: datetime
    expires_at: datetime


class EvidencePackageDraft(Draft):
    """What it is to be about: a user or a requirement; as of a moment of the past, else now."""

    user_id: str | None = Field(None, max_length=100)
    requirement_id: str | None = Field(None, max_length=100)
    as_of: AwareDatetime | None = None


@table.route(
    "POST",
    PATH,
    permission=Permission.COMPLIANCE_READ,
    status=202,
    errors=("requirement_not_found", "user_not_found"),
    limit="exports",
)
async def make(call: Call, body: EvidencePackageDraft) -> Resource[JobAttributes]:
    """Have an evidence package made, as a job; its result leads to the package."""
    draft = PackageDraft(
        person_id=body.user_id, requirement_id=body.requirement_id, as_of=body.as_of
    )
    by = call.principal.person.id
    _, job = await evidence.ask(call.services, call.organization_id, draft, by)
    return job_resource(job)


@table.route("GET", PATH, permission=Permission.COMPLIANCE_READ)
async def list_packages(call: Call, query: ListQuery) -> ResourcePage[EvidencePackageAttributes]:
    """List the evidence packages that are kept."""
    found = await package.find(call.services.content, call.organization_id, paging(query))
    return page_of(found, _resource)


@table.route("GET", ONE, permission=Permission.COMPLIANCE_READ, errors=MISSING)
async def get_package(call: Call, package_id: str) -> Resource[EvidencePackageAttributes]:
    """Show an evidence package."""
    return _resource(await package.get(call.services.content, call.organization_id, package_id))


@table.route(
    "GET",
    ONE + "/file",
    permission=Permission.COMPLIANCE_READ,
    errors=(*MISSING, "evidence_package_not_ready"),
    media="application/zip",
    limit="downloads",
)
async def get_file(call: Call, package_id: str) -> web.StreamResponse:
    """Send the file of an evidence package: a zip that can be checked without this server."""
    found = await package.get(call.services.content, call.organization_id, package_id)
    return await evidence.send(call.request, call.services, found)


@table.route("DELETE", ONE, permission=Permission.COMPLIANCE_WRITE, status=204, errors=MISSING)
async def remove(call: Call, package_id: str) -> web.Response:
    """Remove an evidence package before its time."""
    found = await package.get(call.services.content, call.organization_id, package_id)
    await package.remove(call.services.content, found)
    return web.Response(status=204)


def _resource(found: EvidencePackage) -> Resource[EvidencePackageAttributes]:
    related = {
        "user": found.person_id,
        "requirement": found.requirement_id,
        "asked_by": found.asked_by,
        "job": found.job_id,
    }
    return Resource(found.id, EvidencePackageAttributes.model_validate(found), related)
