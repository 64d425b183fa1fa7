"""Agents and Groups: which identifier names them, as one string (xAPI Data 2.4.2)."""

from collections.abc import Collection, Mapping
from typing import Any

IFI_PROPERTIES = ("mbox", "mbox_sha1sum", "openid", "account")


def agent_key(agent: Mapping[str, Any]) -> str | None:
    """Return the agent's or group's identifier as one string; None for an anonymous group.

    The shapes: `mbox:mailto:a@b.c`, `mbox_sha1sum:…`, `openid:…`, `account:HOMEPAGE|NAME`.
    """
    for property_name in IFI_PROPERTIES[:3]:
        value = agent.get(property_name)
        if value is not None:
            return f"{property_name}:{value}"
    account = agent.get("account")
    if account is None:
        return None
    return account_key(account["homePage"], account["name"])


def account_key(home_page: str, name: str) -> str:
    """Return the key of the account `name` at `home_page`."""
    return f"account:{home_page}|{name}"


def to_person(agent: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    """Return the Person of an agent, every property a list (Communication 2.4).

    `names` are those that statements have given it; one that the agent itself brings is added.
    """
    own = [agent["name"]] if "name" in agent else []
    known = list(dict.fromkeys([*names, *own]))
    person: dict[str, Any] = {"objectType": "Person"}
    if known:
        person["name"] = known
    return {**person, **{name: [agent[name]] for name in IFI_PROPERTIES if name in agent}}
