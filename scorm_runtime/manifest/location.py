"""Where in a package the manifest lies, and what the package is when it has none."""

from collections.abc import Collection
from pathlib import PurePosixPath

from scorm_runtime.manifest.findings import Report, in_file

NAME = "imsmanifest.xml"
_AICC = {".au", ".crs", ".cst", ".des"}
_OTHERS = {"cmi5.xml": "cmi5_package", "tincan.xml": "tincan_package"}


def locate(paths: Collection[str], report: Report) -> str | None:
    """The path of the manifest nearest to the root; None with an error when there is none."""
    found = [path for path in paths if path.rpartition("/")[2].lower() == NAME]
    if not found:
        _explain(paths, report)
        return None
    nearest = min(path.count("/") for path in found)
    candidates = sorted(path for path in found if path.count("/") == nearest)
    chosen = candidates[0]
    folders = {path.rpartition("/")[0] for path in candidates}
    if len(folders) > 1:
        report.add("several_manifests", names=", ".join(candidates))
        return None
    chosen = next((path for path in candidates if path.endswith(NAME)), chosen)
    folder, _, name = chosen.rpartition("/")
    if name != NAME:
        report.add("manifest_name", in_file(chosen), name=name)
    if folder:
        report.add("manifest_nested", in_file(chosen), folder=folder + "/")
    return chosen


def _explain(paths: Collection[str], report: Report) -> None:
    """AICC's descriptor files, cmi5 and xAPI packages and zips are known by their names."""
    for path in sorted(paths, key=lambda path: path.count("/")):
        code = _OTHERS.get(path.rpartition("/")[2].lower())
        if code is not None:
            report.add(code, in_file(path))
            return
    for code, suffixes in (("aicc_package", _AICC), ("zip_within", {".zip"})):
        named = sorted(path for path in paths if PurePosixPath(path).suffix.lower() in suffixes)
        if named:
            report.add(code, in_file(named[0]), names=", ".join(named))
            return
    report.add("manifest_missing")
