"""Everything that can be said of an upload before it is kept: its zip, then its manifest."""

from typing import BinaryIO

from msgspec import Struct

from content.errors import PackageRefused, PackageTooLarge
from content.packages.archive import Archive, EntryUnreadable, open_archive
from content.packages.limits import PackageLimits
from content.packages.rules import ARCHIVE, SIZE_CODES
from scorm_runtime.manifest.findings import Finding, Report, refused
from scorm_runtime.manifest.reader import Reading, read_package
from scorm_runtime.manifest.tree import Manifest


class Inspection(Struct, frozen=True, kw_only=True):
    """A package that can be taken, and what was forgiven. Sizes are in bytes."""

    manifest: Manifest
    findings: tuple[Finding, ...]
    unpacked_size: int
    entries: int


def inspect(file: BinaryIO, limits: PackageLimits) -> Inspection:
    """Check a whole upload. Raises PackageRefused, PackageTooLarge with every finding."""
    report = Report(ARCHIVE)
    archive = open_archive(file, limits, report)
    if archive is None:
        raise refusal(report.findings)
    if not refused(report.findings):
        archive.check_contents()
    reading = _reading(archive)
    findings = report.findings + reading.findings
    if reading.manifest is None or refused(findings):
        raise refusal(findings)
    return Inspection(
        manifest=reading.manifest,
        findings=findings,
        unpacked_size=archive.size,
        entries=len(archive.files),
    )


def refusal(findings: tuple[Finding, ...]) -> PackageRefused:
    """The exception for a report with an error in it."""
    by_size = any(each.code in SIZE_CODES for each in findings if each.severity == "error")
    return (PackageTooLarge if by_size else PackageRefused)(findings)


def _reading(archive: Archive) -> Reading:
    try:
        return read_package(archive.files, archive.load)
    except EntryUnreadable:
        return Reading(None, ())
