"""The authority under which a credential's statements are recorded (Data 2.4.9)."""

import re
from collections.abc import Mapping
from typing import Any, Self

import msgspec
import orjson

from lrs.agents import agent_key
from lrs.errors import Finding
from lrs.validation import check
from lrs.versions import LATEST

_VARIABLE = re.compile(r"{{\s*(.*?)\s*}}")
_EXAMPLES = {
    "home_page": "https://lms.example.org",
    "key": "0123456789abcdef",
    "name": "Tool",
    "id": "credential_0123456789abcdef",
}


class AuthorityTemplate(msgspec.Struct, frozen=True):
    """An Agent whose texts may hold variables: {{home_page}}, the organization's public URL;
    {{key}}, {{name}} and {{id}}, the credential's."""

    agent: Mapping[str, Any]

    @classmethod
    def written(cls, text: str) -> Self:
        """Return the template that stands as JSON.

        Raises:
            ValueError: it is no JSON, has other variables, or makes no identified Agent.
        """
        agent = orjson.loads(text)
        unknown = sorted(set(_VARIABLE.findall(text)) - _EXAMPLES.keys())
        if unknown:
            raise ValueError(f"has no variable {', '.join(unknown)}")
        if not isinstance(agent, dict):
            raise ValueError("must be a JSON object")
        template = cls(agent)
        findings = authority_findings(template.fill(_EXAMPLES))
        if findings:
            raise ValueError("; ".join(each.detail for each in findings))
        return template

    def fill(self, variables: Mapping[str, str]) -> dict[str, Any]:
        """Return the agent with the variables' values in their places."""
        filled: dict[str, Any] = _filled(self.agent, variables)
        return filled


BY_KEY = AuthorityTemplate(
    {
        "objectType": "Agent",
        "name": "{{name}}",
        "account": {"homePage": "{{home_page}}", "name": "{{key}}"},
    }
)
"""The account of the key at the home page."""


def authority_findings(authority: Mapping[str, Any]) -> list[Finding]:
    """Return what is wrong with the authority of a credential: it is an identified Agent."""
    findings = check("actor", authority, LATEST, "/authority")
    if findings:
        return findings
    if authority.get("objectType", "Agent") != "Agent" or agent_key(authority) is None:
        return [Finding(detail="must be an Agent with an identifier", where="/authority")]
    return []


def _filled(value: Any, variables: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return _VARIABLE.sub(lambda match: variables[match[1]], value)
    if isinstance(value, Mapping):
        return {name: _filled(each, variables) for name, each in value.items()}
    return value
