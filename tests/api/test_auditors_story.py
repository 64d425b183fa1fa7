"""The auditor's story: a question about training, answered with proof that needs no trust."""

import asyncio
import shutil
import subprocess
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import orjson
import pytest

from api.services import Services
from content.compliance.evidence_packages.checking import Checked, check
from lrs.ledger import receipts
from tests.api.callers import Api, Client, add_person
from tests.api.teaching import VERBS, XAPI
from tests.commands import lyceum
from tests.tasks import until

NAMES = ("ada", "bob", "cem")


class Office:
    """An officer, a requirement, and three people whom it concerns."""

    def __init__(self, officer: Api, people: dict[str, str]) -> None:
        self.officer, self.people = officer, people
        self.course: dict[str, Any] = {}
        self.lesson: dict[str, Any] = {}
        self.requirement: dict[str, Any] = {}

    async def begin(self) -> "Office":
        """Require a course of all three, once a year."""
        make = self.officer.make
        self.course = await make("/courses", title="Fire safety", status="published")
        module = await make(f"/courses/{self.course['id']}/modules", title="One")
        path = f"/modules/{module['id']}/lessons"
        self.lesson = await make(path, title="Exits", content_type="xapi")
        for person in self.people.values():
            await make("/enrollments", user_id=person, course_id=self.course["id"])
        self.requirement = await make(
            "/compliance/requirements",
            title="Fire safety, yearly",
            targets=[{"kind": "course", "id": self.course["id"]}],
            audience={"kind": "people", "user_ids": list(self.people.values())},
            due={"days": 30},
            recurrence={"every": 1, "unit": "years"},
        )
        await self.stands(ada="assigned", bob="assigned", cem="assigned")
        return self

    async def says(self, name: str, verb: str, about: Any = None, **said: Any) -> str:
        """A tool outside tells of somebody; the statement's id."""
        statement = {
            "id": str(uuid.uuid4()),
            "actor": {"mbox": f"mailto:{name}@example.org"},
            "verb": {"id": VERBS + verb},
            "object": about or {"id": self.lesson["attributes"]["activity_id"]},
            **said,
        }
        headers = {"X-Experience-API-Version": "1.0.3", "Authorization": XAPI}
        post = self.officer.client.post
        answer = await post("/xapi/statements", json=statement, headers=headers)
        assert answer.status == 200, await answer.text()
        return str(statement["id"])

    async def records(self, as_of: datetime | None = None) -> dict[str, Any]:
        """The register by name, now or as of a moment."""
        path = f"/compliance/requirements/{self.requirement['id']}/records"
        params = {"as_of": as_of.isoformat()} if as_of else {}
        found = (await self.officer.get(path, params=params))["data"]
        names = {person: name for name, person in self.people.items()}
        return {
            names[each["relationships"]["user"]["data"]["id"]]: each["attributes"] for each in found
        }

    async def stands(self, **statuses: str) -> datetime:
        """Wait until everybody has this status; the moment after."""

        async def so() -> bool:
            return {n: each["status"] for n, each in (await self.records()).items()} == statuses

        await until(so)
        return datetime.now(UTC)

    async def done(self, path: str, **given: Any) -> dict[str, Any]:
        """A job that has come to its end."""
        answer = await self.officer.call("POST", path, json=given)
        assert answer.status == 202, await answer.text()
        job = (await answer.json())["data"]["id"]
        shown: dict[str, Any] = {}

        async def over() -> bool:
            shown.update((await self.officer.get(f"/jobs/{job}"))["data"]["attributes"])
            return shown["state"] in ("done", "failed")

        await until(over)
        assert shown["state"] == "done", shown
        return shown

    async def package(self, folder: Path, **asked: Any) -> Path:
        """An evidence package as a file."""
        job = await self.done("/compliance/evidence-packages", **asked)
        link = job["result"].removeprefix("/api/v1")
        answer = await self.officer.call("GET", f"{link}/file")
        path = folder / f"{link.rpartition('/')[2]}.zip"
        path.write_bytes(await answer.read())
        return path


@pytest.fixture
async def office(services: Services, admin: Api) -> Office:
    """The officer may also make courses here."""
    people = {each: await add_person(services, f"{each}@example.org", "learner") for each in NAMES}
    return await Office(admin, people).begin()


async def test_an_auditor_is_answered_with_proof(
    services: Services, office: Office, client: Client, tmp_path: Path
) -> None:
    first = await office.says("ada", "completed")
    last_year = (datetime.now(UTC) - timedelta(days=400)).isoformat()
    await office.says("bob", "completed", timestamp=last_year)
    waiver = {"user_id": office.people["cem"], "reason": "On leave."}
    requirement_id = office.requirement["id"]
    await office.officer.make("/compliance/waivers", requirement_id=requirement_id, **waiver)
    before = await office.stands(ada="compliant", bob="expired", cem="waived")
    receipt = tmp_path / "receipt.json"
    receipt.write_bytes(orjson.dumps(await _receipt(services, office, first)))

    reference = {"objectType": "StatementRef", "id": first}
    voiding = await office.says("ada", "voided", reference)
    between = await office.stands(ada="assigned", bob="expired", cem="waived")
    second = await office.says("ada", "completed")
    await office.stands(ada="compliant", bob="expired", cem="waived")
    path = f"/compliance/requirements/{requirement_id}"
    changes = {"title": "Fire safety, every two years", "recurrence": {"every": 2}}
    version = {"If-Match": "*"}
    changed = await office.officer.call("PATCH", path, json=changes, headers=version)
    assert changed.status == 200, await changed.text()
    await office.stands(ada="compliant", bob="compliant", cem="waived")

    then = await office.records(before)
    assert [then[each]["status"] for each in NAMES] == ["compliant", "expired", "waived"]
    assert then["ada"]["evidence"] == [first]
    assert (await office.records(between))["ada"]["status"] == "assigned"
    assert (await office.records())["ada"]["evidence"] == [second]

    number = await _certified(office, client)
    file = await office.package(tmp_path, requirement_id=requirement_id)
    _holds_the_certificate(file, number)
    checked = check(file, receipts.read(receipt.read_bytes()))
    assert (checked.problems, checked.statements, checked.proven) == ([], 3, 3)
    published = await (await client.get("/api/v1/audit/keys")).json()
    assert checked.public_key == published["keys"][-1]["public"]
    await asyncio.to_thread(_by_other_tools, file, tmp_path / "package")
    earlier = await office.package(
        tmp_path, requirement_id=requirement_id, as_of=before.isoformat()
    )
    with ZipFile(earlier) as zipped:
        assert {e["status"] for e in _lines(zipped, "records")} == {
            "compliant",
            "expired",
            "waived",
        }
        recorded = {e["id"] for e in _lines(zipped, "statements")}
        assert first in recorded
        assert not {voiding, second} & recorded
        assert [e["act"] for e in _lines(zipped, "decisions")] == ["waiver"]
    assert check(earlier).problems == []

    await _tampered(services, office, second)
    after = await office.package(tmp_path, requirement_id=requirement_id)
    assert second in {each.where for each in check(after).problems}


async def _receipt(services: Services, office: Office, statement_id: str) -> Any:
    """A receipt of the chain when it covers a statement."""
    ours, ledger = services.sessions.organization_id, services.ledger
    found = await ledger.sources[0].named(ours, [statement_id])
    assert await ledger.cover(ours, "statements", found[statement_id].place)
    return await office.officer.get("/audit/receipt")


async def _certified(office: Office, client: Client) -> str:
    """A stranger verifies a certificate by its code, without signing in; its number."""
    given = {"user_id": office.people["ada"], "course_id": office.course["id"]}
    made = await office.officer.make("/certificates", **given)
    code = made["attributes"]["verification_url"].rpartition("=")[2].rpartition("/")[2]
    answer = await client.get("/api/v1/certificates/verify", params={"code": code})
    shown = await answer.json()
    assert (shown["valid"], shown["certificate"]["course_name"]) == (True, "Fire safety")
    return str(made["attributes"]["certificate_number"])


def _holds_the_certificate(file: Path, number: str) -> None:
    """As PDF and as a badge, which are named with their hashes; another badge is told of."""
    pdf, badge = f"certificates/{number}.pdf", f"certificates/{number}.jwt"
    swapped = file.with_suffix(".swapped.zip")
    with ZipFile(file) as zipped, ZipFile(swapped, "w") as other:
        assert zipped.read(pdf).startswith(b"%PDF")
        (named,) = _lines(zipped, "certificates")
        assert (named["pdf"]["file"], named["badge"]["file"]) == (pdf, badge)
        manifest = zipped.read("MANIFEST").decode()
        assert f"{named['badge']['sha256']}  {badge}" in manifest
        for name in zipped.namelist():
            content = zipped.read(name)
            other.writestr(name, content[:-8] + b"AAAAAAAA" if name == badge else content)
    problems = [each.detail for each in check(swapped).problems if each.where == badge]
    assert problems == [
        "is not what the manifest says",
        f"is not what {number} names",
        "is not signed by a key of the issuer",
    ]


async def _tampered(services: Services, office: Office, statement_id: str) -> None:
    """Somebody alters a statement in MongoDB: it is found, and located."""
    assert (await office.done("/audit/verifications"))["errors"] == []
    which = {"_id": f"{services.sessions.organization_id}/{statement_id}"}
    statements = services.database["statements"]
    found = await statements.find_one(which)
    assert found is not None
    raw = found["raw"].replace(b"ada@", b"eve@")
    await statements.update_one(which, {"$set": {"raw": raw}})
    (wrong,) = (await office.done("/audit/verifications"))["errors"]
    assert (wrong["where"], wrong["code"]) == (f"statements/{statement_id}", "altered")


def _by_other_tools(file: Path, folder: Path) -> None:
    """As README.txt tells; then with a byte altered."""
    with ZipFile(file) as zipped:
        zipped.extractall(folder)
    assert (folder / "summary.pdf").read_bytes().startswith(b"%PDF")
    sums, signature = ["sha256sum", "-c", "MANIFEST"], ["openssl", "pkeyutl", "-verify", "-pubin"]
    signature += ["-inkey", "KEY.pem", "-rawin", "-in", "MANIFEST", "-sigfile", "MANIFEST.sig"]
    for command in (sums, signature):
        assert shutil.which(command[0]) is not None, command[0]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
    assert lyceum("audit", "check-package", str(file))[0] == 0
    altered = file.with_suffix(".altered.zip")
    with ZipFile(file) as zipped, ZipFile(altered, "w") as other:
        for name in zipped.namelist():
            other.writestr(name, zipped.read(name).replace(b"ada@", b"eve@"))
    code, told, _ = lyceum("audit", "check-package", str(altered))
    assert (code, "is not what was signed" in told) == (1, True)


def test_the_check_of_what_is_no_package_says_so(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"x")
    problems: Checked = check(tmp_path / "x.zip")
    assert [each.where for each in problems.problems] == ["x.zip"]


def _lines(zipped: ZipFile, name: str) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in zipped.read(f"{name}.ndjson").splitlines()]
