"""Whom an erasure means, and what it does to a statement that names them."""

from collections.abc import Mapping
from typing import Any

import msgspec

from lrs.agents import IFI_PROPERTIES, agent_key
from lrs.attachments.declarations import SIGNATURE
from lrs.statement import VOIDED
from lrs.statements.parts import convert

Json = dict[str, Any]


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """A person of one organization: all agent keys that ever meant them.

    `pseudonym` is the account that stands where they were named.
    """

    organization_id: str
    agents: frozenset[str]
    pseudonym: Mapping[str, str]

    def is_named_in(self, statement: Json) -> bool:
        """Say whether a statement names them anywhere."""
        return self.pseudonymous(statement) != statement

    def takes(self, statement: Json) -> bool:
        """Say whether a statement that names them goes with them; else a pseudonym is put in.

        It is by or about them, or is signed and so can't be changed.
        """
        if any(each["usageType"] == SIGNATURE for each in statement.get("attachments", ())):
            return True
        return statement["verb"]["id"] != VOIDED and self._by_or_about(statement)

    def pseudonymous(self, statement: Json) -> Json:
        """Return the statement with the pseudonym wherever it names the person."""
        return convert(statement, self._replaced, lambda activity: activity, lambda verb: verb)

    def _by_or_about(self, statement: Json) -> bool:
        thing = statement["object"]
        if thing.get("objectType") == "SubStatement" and self._by_or_about(thing):
            return True
        about = thing.get("objectType") in ("Agent", "Group") and self._is(thing)
        return about or self._is(statement["actor"])

    def _is(self, agent: Json) -> bool:
        return agent_key(agent) in self.agents

    def _replaced(self, agent: Json) -> Json:
        """The agent or group with the pseudonym wherever it is the person."""
        shown = dict(agent)
        if "member" in shown:
            shown["member"] = [self._replaced(each) for each in shown["member"]]
        if self._is(agent):
            personal = ("name", *IFI_PROPERTIES)
            shown = {name: value for name, value in shown.items() if name not in personal}
            shown["account"] = dict(self.pseudonym)
        return shown
