"""Everything that is noted or refused of a package's zip: one row for each code."""

from typing import Final

from scorm_runtime.manifest.findings import Rule

ARCHIVE: Final[dict[str, Rule]] = {
    "upload_too_large": Rule(
        "error",
        "The upload has more than {limit} bytes.",
        "Make the package smaller, or ask the operator for a higher limit.",
    ),
    "unpacked_too_large": Rule(
        "error",
        "The package's files have {size} bytes; at most {limit} are taken.",
        "Make the package smaller, or ask the operator for a higher limit.",
    ),
    "too_many_entries": Rule(
        "error",
        "The zip has more than {limit} entries.",
        "Leave out what the course does not need.",
    ),
    "ratio_too_high": Rule(
        "error",
        "The files are {ratio} times as large as the zip; at most {limit} times is taken.",
        "Leave out large files of no content.",
    ),
    "upload_empty": Rule("error", "The upload is empty.", "Upload the course as a zip."),
    "zip_unreadable": Rule(
        "error",
        "The upload is no zip, or it was cut short: {problem}",
        "Export the course again, and upload the whole zip.",
    ),
    "entry_corrupt": Rule(
        "error",
        "{name} cannot be read: {problem}",
        "Make the zip again, and upload the whole of it.",
    ),
    "entry_encrypted": Rule(
        "error", "{name} is encrypted.", "Make the zip again without a password."
    ),
    "entry_method": Rule(
        "error",
        "{name} is compressed by a method (number {method}) that is not read.",
        "Make the zip again with the usual compression (deflate).",
    ),
    "entry_symlink": Rule(
        "error", "{name} is a symbolic link.", "Zip the file itself instead of the link."
    ),
    "entry_special": Rule(
        "error", "{name} is neither a file nor a folder.", "Leave it out of the zip."
    ),
    "name_outside": Rule(
        "error",
        "The name {name} leads out of the package.",
        "Make the zip again from inside the course's folder.",
    ),
    "name_unsafe": Rule(
        "error", "The name {name} has control characters.", "Give the file another name."
    ),
    "name_too_long": Rule("error", "The name {name} is too long.", "Give the file a shorter name."),
    "name_conflict": Rule(
        "error",
        "{name} is both a file and a folder.",
        "Give the file or the folder another name.",
    ),
    "name_backslash": Rule(
        "warning",
        "The name {name} has backslashes, which were read as /.",
        "Make the zip with a current tool.",
    ),
    "name_twice": Rule(
        "warning", "There are two files {name}; the later one counts.", "Remove one of them."
    ),
    "name_case": Rule(
        "warning",
        "{name} and {other} differ only in letter case.",
        "Give one of them another name: on many computers they are the same file.",
    ),
}

SIZE_CODES: Final = frozenset({"upload_too_large", "unpacked_too_large", "too_many_entries"})
