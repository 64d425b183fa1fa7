"""How this server does, in words: what readiness and metrics know, and what waits."""

import asyncio
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from api.health import states
from api.prometheus import registry
from api.services import Services
from content.documents import Paging
from content.jobs import jobs
from content.jobs.jobs import JobFilter, State
from content.printing.press import MISSING, is_available
from content.webhooks import deliveries, subscriptions

GIB = 2**30
LEAST_FREE = 0.1
LATE_SECONDS = 5.0
FORWARDING, WEBHOOKS, LEDGER = "/admin/forwarding", "/admin/webhooks", "/ledger"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: `tone` is good, busy, warn, late or wait."""

    name: str
    tone: str
    label: str
    words: str
    link: str = ""


async def checks(services: Services, organization_id: str) -> list[Check]:
    """Everything that can be told of a server and of an organization's work."""
    parts = await states(services)
    if parts["mongodb"] != "ok":
        return [_server(parts["server"]), _mongodb(parts["mongodb"])]
    return [
        _server(parts["server"]),
        _mongodb(parts["mongodb"]),
        _follower(services, parts["follower"]),
        await _disk(services),
        _mail(services),
        _printing(),
        _ledger(services, organization_id),
        await _jobs(services, organization_id),
        await _webhooks(services, organization_id),
        await _forwarding(services, organization_id),
    ]


def installed_version() -> str:
    """Which Lyceum this is."""
    return version("lyceum")


async def figures() -> Sequence[tuple[str, str, str]]:
    """What was counted since the server's start: label, number, a word on it."""
    counted = await asyncio.to_thread(_counted)
    refused = counted.get("sign_ins_refused", 0)
    failed = counted.get("requests_failed", 0)
    return (
        ("Requests answered", f"{counted.get('requests', 0):,.0f}", "since the start"),
        ("Answered with a failure", f"{failed:,.0f}", "status 500 and above"),
        ("Statements recorded", f"{counted.get('statements', 0):,.0f}", "since the start"),
        ("Sign-ins refused", f"{refused:,.0f}", "since the start"),
    )


def _counted() -> dict[str, float]:
    totals: dict[str, float] = {}
    for family in registry().collect():
        for sample in family.samples:
            for name in _names(sample):
                totals[name] = totals.get(name, 0) + sample.value
    return totals


def _names(sample: Any) -> Sequence[str]:
    """What a sample is counted among."""
    if sample.name == "lyceum_http_requests_total":
        failed = sample.labels["status"].startswith("5")
        return ("requests", "requests_failed") if failed else ("requests",)
    if sample.name == "lyceum_statements_total":
        return ("statements",)
    if sample.name == "lyceum_sign_ins_total" and sample.labels["outcome"] != "SignedIn":
        return ("sign_ins_refused",)
    return ()


def _server(state: str) -> Check:
    if state == "ok":
        return Check("Server", "good", "Running", f"Lyceum {installed_version()} answers.")
    return Check("Server", "warn", "Stopping", "It finishes what it is at, and takes no more.")


def _mongodb(state: str) -> Check:
    if state == "ok":
        return Check("MongoDB", "good", "Answers", "A primary takes reads and writes.")
    return Check("MongoDB", "late", "Does not answer", f"{state}. Nothing can be kept until it is.")


def _follower(services: Services, state: str) -> Check:
    behind = max(0.0, time.time() - services.log.consistent_through / 1e6)
    if state != "ok":
        words = "Progress is brought up to date by other servers alone. Restart this one."
        return Check("Follower of the log", "late", "Not running", words)
    if behind > LATE_SECONDS:
        words = f"What xAPI clients are promised to see is {behind:.0f} s behind the present."
        return Check("Follower of the log", "warn", "Behind", words)
    words = "Progress and compliance follow the statements as they are recorded."
    return Check("Follower of the log", "good", "Up to date", words)


async def _disk(services: Services) -> Check:
    folder = services.settings.data
    usage = await asyncio.to_thread(shutil.disk_usage, folder if folder.exists() else ".")
    free = f"{usage.free / GIB:,.1f} of {usage.total / GIB:,.1f} GiB are free"
    if usage.free < LEAST_FREE * usage.total:
        words = f"Only {free} where the data folder lies. Make room before it is full."
        return Check("Disk", "late", "Nearly full", words)
    return Check("Disk", "good", "Has room", f"{free} where the data folder lies.")


def _mail(services: Services) -> Check:
    if services.mailer is None:
        words = "No SMTP server is set: people get no mail, and reset links are handed over."
        return Check("Mail", "warn", "Off", words, "/admin/settings#mail")
    words = f"It is handed to {services.settings.smtp_host}. Send a test to see it arrive."
    return Check("Mail", "good", "On", words, "/admin/settings#mail")


def _printing() -> Check:
    if is_available():
        return Check("Certificates and PDF", "good", "Printed", "The fonts and Pango are there.")
    return Check("Certificates and PDF", "warn", "Not printed", f"{MISSING}.")


def _ledger(services: Services, organization_id: str) -> Check:
    reason = services.ledger.blocked.get(organization_id)
    if reason is None:
        return Check(
            "Ledger", "good", "Signed", "The key that signs checkpoints can be read.", LEDGER
        )
    return Check("Ledger", "late", "Not signed", reason, LEDGER)


async def _jobs(services: Services, organization_id: str) -> Check:
    async def counted(state: State) -> int:
        asked = Paging(page=1, per_page=1)
        found = await jobs.find(services.content, organization_id, JobFilter(state=state), asked)
        return found.total

    waiting, running, failed = [await counted(each) for each in ("queued", "running", "failed")]
    words = f"{waiting} wait, {running} run, {failed} failed in the last 30 days."
    label = f"{running} running" if running else "Nothing runs"
    tone = "warn" if failed else "busy" if waiting or running else "good"
    return Check("Jobs", tone, "Some failed" if failed else label, words, "/admin/jobs")


async def _webhooks(services: Services, organization_id: str) -> Check:
    store = services.content
    found = await subscriptions.find(store, organization_id, Paging(page=1, per_page=100))
    if not found.total:
        return Check("Webhooks", "wait", "Not used", "No address outside is told.", WEBHOOKS)
    pending = await deliveries.count(store, found.items, "pending")
    failed = await deliveries.count(store, found.items, "failed")
    failing = sum(each.failing_since is not None for each in found.items)
    words = f"{found.total} in all; {pending} deliveries wait, {failed} have failed for good."
    if failing or failed:
        return Check("Webhooks", "warn", f"{failing} failing", words, WEBHOOKS)
    label = "Delivering" if pending else "Nothing waits"
    return Check("Webhooks", "busy" if pending else "good", label, words, WEBHOOKS)


async def _forwarding(services: Services, organization_id: str) -> Check:
    found = await services.targets.every(organization_id)
    if not found:
        words = "Statements go to no other record store."
        return Check("Forwarding", "wait", "Not used", words, FORWARDING)
    standing = [(await services.targets.status(each)).state for each in found]
    stuck = sum(each in ("stalled", "retrying") for each in standing)
    words = f"{len(found)} other record stores get statements; {stuck} do not take them."
    tone, label = ("warn", "Not everywhere") if stuck else ("good", "Up to date")
    return Check("Forwarding", tone, label, words, FORWARDING)
