"""What a reader has to say of a package: a finding, the table that words it, and the collector."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Literal

from msgspec import Struct, structs

Severity = Literal["error", "warning", "info"]
MOST_OF_A_CODE = 50
LONGEST_PATH = 1024


class Finding(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing about a package. An error refuses it, a warning was forgiven.

    `code` is stable; `advice` says what to do; `file` is the path in the package, `line` counts
    from 1 and `where` is the element (`/manifest/resources/resource[2]`), where they are known.
    """

    severity: Severity
    code: str
    message: str
    advice: str = ""
    file: str | None = None
    line: int | None = None
    where: str | None = None


class Rule(Struct, frozen=True):
    """How one kind of finding is worded; the message is a template for str.format."""

    severity: Severity
    message: str
    advice: str = ""


Rules = Mapping[str, Rule]


class Place(Struct, frozen=True, kw_only=True):
    """Where in a package: a file, a line from 1, an element."""

    file: str | None = None
    line: int | None = None
    where: str | None = None


def in_file(path: str) -> Callable[[], Place]:
    """The place is a file of the package."""
    return lambda: Place(file=path)


def in_line(line: int) -> Callable[[], Place]:
    """The place is a line of the document that is being read."""
    return lambda: Place(line=line)


class Report:
    """Findings as they are made; of each code the first fifty, and how many more there were.

    `file` is the document that is being read, None when it is the package itself.
    """

    def __init__(self, rules: Rules, file: str | None = None) -> None:
        self._rules = rules
        self._file = file
        self._found: list[Finding] = []
        self._counts: Counter[str] = Counter()

    def add(
        self,
        code: str,
        place: Callable[[], Place] = Place,
        *,
        severity: Severity | None = None,
        **words: object,
    ) -> None:
        """Note a finding; the words fill its template. The place is asked for only when shown."""
        self._counts[code] += 1
        if self._counts[code] > MOST_OF_A_CODE:
            return
        rule, found = self._rules[code], place()
        file = found.file or self._file
        self._found.append(
            Finding(
                severity=severity or rule.severity,
                code=code,
                message=rule.message.format_map({k: _shown(v) for k, v in words.items()}),
                advice=rule.advice,
                file=_shown(file, LONGEST_PATH) if file else None,
                line=found.line,
                where=found.where,
            )
        )

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All of them, errors first; the last of a code that was cut short says so."""
        order = {"error": 0, "warning": 1, "info": 2}
        last = {finding.code: n for n, finding in enumerate(self._found)}
        whole = (
            self._with_rest(finding) if last[finding.code] == n else finding
            for n, finding in enumerate(self._found)
        )
        return tuple(sorted(whole, key=lambda finding: order[finding.severity]))

    def _with_rest(self, finding: Finding) -> Finding:
        rest = self._counts[finding.code] - MOST_OF_A_CODE
        if rest <= 0:
            return finding
        return structs.replace(finding, message=f"{finding.message} (and {rest} more like this)")


def refused(findings: tuple[Finding, ...]) -> bool:
    """Whether there is an error among them."""
    return any(finding.severity == "error" for finding in findings)


def _shown(value: object, longest: int = 200) -> str:
    """Foreign text in a report: short, and on one line."""
    text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in str(value))
    return text if len(text) <= longest else text[: longest - 1] + "…"
