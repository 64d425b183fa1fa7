"""The fields of the statements page: from an address to a query, and back."""

import json
from urllib.parse import parse_qsl, urlsplit

import pytest

from api.pages.statements.filters import A_PAGE, MOST_IDS, Filters, actor_fields, search
from lrs.query import StatementQuery
from lrs.timestamps import parse_timestamp

ID = "01234567-89ab-4def-8123-456789abcdef"


def filters(**written: str) -> Filters:
    return Filters.of(written)


def test_every_field_becomes_a_part_of_the_query() -> None:
    sought = search(
        filters(
            actor="ada@example.org",
            verb="http://adlnet.gov/expapi/verbs/passed",
            activity="https://example.org/a",
            registration=ID.upper(),
            related_agents="true",
            related_activities="true",
            since="2026-11-20",
            until="2026-11-21T10:30",
            voided="any",
        )
    )
    assert sought.problems == {}
    assert sought.query == StatementQuery(
        agent="mbox:mailto:ada@example.org",
        verb="http://adlnet.gov/expapi/verbs/passed",
        activity="https://example.org/a",
        registration=ID,
        related_agents=True,
        related_activities=True,
        since=parse_timestamp("2026-11-20T00:00:00Z"),
        until=parse_timestamp("2026-11-21T10:30:59.999999Z"),
        voided=None,
        limit=A_PAGE,
    )


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ({"actor": "ada@example.org"}, "mbox:mailto:ada@example.org"),
        ({"actor": "mailto:ada@example.org"}, "mbox:mailto:ada@example.org"),
        ({"actor": "https://ada.example.org"}, "openid:https://ada.example.org"),
        ({"actor": "ab" * 20}, "mbox_sha1sum:" + "ab" * 20),
        (
            {"actor": "7", "home_page": "https://lms.example.org"},
            "account:https://lms.example.org|7",
        ),
        ({"actor": "a@b.c", "home_page": "https://x.org"}, "account:https://x.org|a@b.c"),
    ],
)
def test_an_actor_is_an_address_or_an_account(written: dict[str, str], key: str) -> None:
    assert search(filters(**written)).query.agent == key


@pytest.mark.parametrize(
    "agent",
    [
        {"mbox": "mailto:ada@example.org"},
        {"mbox_sha1sum": "ab" * 20},
        {"openid": "https://ada.example.org"},
        {"account": {"homePage": "https://lms.example.org", "name": "ada@example.org"}},
    ],
)
def test_the_link_of_an_actor_finds_that_actor(agent: dict[str, str]) -> None:
    written = {name: value for name, value in actor_fields(agent).items() if value}
    assert json.loads(search(filters(**written)).parameters["agent"]) == agent


def test_an_anonymous_group_has_no_link() -> None:
    assert actor_fields({"objectType": "Group", "member": []}) == {}


@pytest.mark.parametrize(
    ("written", "wrong"),
    [
        ({"actor": "Ada"}, {"actor"}),
        ({"actor": "two words@x y"}, {"actor"}),
        ({"home_page": "https://lms.example.org"}, {"actor"}),
        ({"actor": "ada", "home_page": "no address"}, {"actor"}),
        ({"verb": "completed"}, {"verb"}),
        ({"activity": "golf", "registration": "7"}, {"activity", "registration"}),
        ({"since": "yesterday", "until": "2026-13-01"}, {"since", "until"}),
        ({"voided": "perhaps"}, {"voided"}),
        ({"related_agents": "yes"}, {"related_agents"}),
        ({"ids": "no id here"}, {"ids"}),
    ],
)
def test_what_is_wrong_is_told_beside_its_field(written: dict[str, str], wrong: set[str]) -> None:
    assert set(search(filters(**written)).problems) == wrong


def test_ids_are_found_in_any_text() -> None:
    other = ID.replace("0", "f")
    text = f'{{"id":"{ID.upper()}"}} then {other}, again {ID}; not {ID}0'
    assert search(filters(ids=text)).ids == (ID, other)


def test_too_many_ids_are_refused() -> None:
    text = " ".join(f"{number:08x}-89ab-4def-8123-456789abcdef" for number in range(MOST_IDS + 1))
    assert "ids" in search(filters(ids=text)).problems


def test_an_address_says_everything_and_nothing_empty() -> None:
    found = filters(actor=" a&b@example.org ", verb="", since="2026-11-20", nonsense="x")
    address = urlsplit(found.address(verb="u:v", since=""))
    assert address.path == "/statements"
    assert dict(parse_qsl(address.query)) == {"actor": "a&b@example.org", "verb": "u:v"}
    assert filters().address() == "/statements"


def test_narrowing_leaves_a_list_of_ids() -> None:
    address = filters(ids=ID, verb="u:v").narrowed(activity="u:a")
    assert dict(parse_qsl(urlsplit(address).query)) == {"verb": "u:v", "activity": "u:a"}


def test_only_what_a_time_field_can_hold_is_put_into_one() -> None:
    shown = filters(since="2026-11-21T10:00", until="2026-11-21T10:00:00.5Z")
    assert shown.is_local_time("since")
    assert not shown.is_local_time("until")
