"""Which passwords are taken: long enough, none that everybody tries first, not the person's name.

After NIST SP 800-63B: length and a list of what is common, no rules about kinds of characters.
"""

import re
from functools import cache
from itertools import pairwise
from pathlib import Path

from content.errors import RuleBroken
from content.findings import Finding

SHORTEST = 8
LONGEST = 128

_COMMON = Path(__file__).with_name("common_passwords.txt")
_LOOKALIKES = str.maketrans("01345$@!7", "oieassait")


def check_password(password: str, name: str, email: str) -> None:
    """Go on only with a password that a person of this name and address may have.

    Raises:
        RuleBroken: it is too short, too long, common, or made of the name or the address.
    """
    findings = broken(password, name, email)
    if findings:
        raise RuleBroken(findings)


def broken(password: str, name: str, email: str) -> list[Finding]:
    """Every rule that a password breaks."""
    details = []
    if not SHORTEST <= len(password) <= LONGEST:
        details.append(f"must have {SHORTEST} to {LONGEST} characters")
    if _is_common(password):
        details.append("is one of those that are tried first; take another")
    if _core(password) in {_core(each) for each in _own(name, email)} - {""}:
        details.append("must not be made of the name or the e-mail address")
    return [Finding(where="password", detail=detail) for detail in details]


def _is_common(password: str) -> bool:
    """Common itself, or a common word with digits and signs around it, or one step repeated."""
    folded = password.casefold()
    if folded in _common() or _core(folded) in _common():
        return True
    steps = {ord(after) - ord(before) for before, after in pairwise(folded)}
    return len(steps) <= 1


def _own(name: str, email: str) -> list[str]:
    local = email.partition("@")[0]
    return [email, local, name, *re.split(r"\W+", name), *re.split(r"[\W_]+", local)]


def _core(text: str) -> str:
    """The letters of a word as it is read: `P4ssw0rd!23` is a password."""
    trimmed = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", text.casefold())
    return re.sub(r"[\W\d_]+", "", trimmed.translate(_LOOKALIKES))


@cache
def _common() -> frozenset[str]:
    return frozenset(_COMMON.read_text().split())
