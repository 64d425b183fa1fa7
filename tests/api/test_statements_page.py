"""The statements page: what it finds, how it turns its pages, whom it lets in."""

import uuid

import pytest

from api.pages.statements.filters import A_PAGE
from api.services import Services
from tests.api.callers import Client
from tests.api.statement_room import ADL, Browser, a_statement, record, verb, voiding

GRACE = {"account": {"homePage": "https://lms.example.org", "name": "grace"}}
PATHS = [
    "/statements",
    "/statements/tail?after=1",
    "/statements/00000000-89ab-4def-8123-456789abcdef",
]


@pytest.fixture
async def browser(client: Client) -> Browser:
    """The administrator's browser."""
    return await Browser.of(client)


@pytest.mark.parametrize("path", PATHS)
async def test_a_stranger_is_sent_to_sign_in(client: Client, path: str) -> None:
    response = await client.get(path, allow_redirects=False)
    assert response.status == 303
    assert response.headers["Location"].startswith("/sign-in?next=/statements")


@pytest.mark.parametrize("path", PATHS)
async def test_who_may_not_read_statements_sees_none(
    services: Services, client: Client, path: str
) -> None:
    learner = await Browser.with_role(services, client, "learner")
    page = await learner.page(path, status=403)
    assert page.ids == []
    assert "Statements" not in page.text


async def test_the_newest_comes_first_as_a_sentence(services: Services, browser: Browser) -> None:
    first = a_statement(verb=verb("initialized"))
    ids = await record(services, first, a_statement(result={"score": {"scaled": 0.9}}))
    page = await browser.page("/statements")
    assert page.ids == ids[::-1]
    assert page.sentences == [
        "Ada Lovelace completed ‘Golf Explained’ with 90 %",
        "Ada Lovelace initialized ‘Golf Explained’",
    ]


async def test_words_are_those_of_the_readers_language(
    services: Services, browser: Browser
) -> None:
    await record(services, a_statement())
    page = await browser.page("/statements", headers={"Accept-Language": "de-AT, en;q=0.5"})
    assert page.sentences == ["Ada Lovelace completed ‘Golf erklärt’"]


async def test_no_markup_of_a_statement_reaches_the_page(
    services: Services, browser: Browser
) -> None:
    evil = "</pre><script>alert(1)</script><img src=x onerror=alert(2)>\"'"
    thing = {"id": "https://example.org/%3Cscript%3E?q='x'", "definition": {"name": {"en": evil}}}
    spoken = {"id": "https://example.org/v?%22", "display": {"en": evil}}
    actor = {"name": evil, "account": {"homePage": "https://e.org/?'x'", "name": evil}}
    written = a_statement(actor=actor, verb=spoken, object=thing, result={"response": evil})
    (statement_id,) = await record(services, written)
    for path in ("/statements", f"/statements/{statement_id}"):
        page = await browser.page(path)
        scripts = page.tree.xpath("//script[not(@type='module' and @src and not(node()))]")
        assert scripts == []
        assert page.tree.xpath("//img | //*[@onerror]") == []
        assert evil[:30] in page.text


async def test_every_filter_narrows_the_list(services: Services, browser: Browser) -> None:
    registration = str(uuid.uuid4())
    other = {"id": "https://example.org/other"}
    around = {"contextActivities": {"parent": [other]}, "registration": registration}
    a, b, c = await record(
        services,
        a_statement(),
        a_statement(actor=GRACE, context=around),
        a_statement(object=other, verb=verb("passed"), context={"instructor": GRACE}),
    )
    account = {"actor": "grace", "home_page": "https://lms.example.org"}
    for fields, expected in (
        ({"actor": "ada@example.org"}, [c, a]),
        (account, [b]),
        ({**account, "related_agents": "true"}, [c, b]),
        ({"verb": ADL + "passed"}, [c]),
        ({"activity": other["id"]}, [c]),
        ({"activity": other["id"], "related_activities": "true"}, [c, b]),
        ({"registration": registration}, [b]),
        ({"since": "2000-01-01"}, [c, b, a]),
        ({"until": "2000-01-01"}, []),
        ({"ids": f"see {a} and {c}"}, [c, a]),
        ({"actor": "ada@example.org", "verb": ADL + "completed"}, [a]),
    ):
        assert (await browser.page("/statements", params=fields)).ids == expected, fields


async def test_an_address_of_a_form_loses_its_empty_fields(browser: Browser) -> None:
    page = await browser.page("/statements?actor=&verb=u%3Av&since=&live=1")
    assert page.address == "/statements?verb=u:v&live=1"


async def test_what_is_wrong_stands_beside_its_field_and_what_was_written_stays(
    services: Services, browser: Browser
) -> None:
    await record(services, a_statement())
    page = await browser.page("/statements?verb=completed&actor=Ada&since=x", status=400)
    wrong = page.tree.xpath("//*[@aria-invalid='true']")
    assert [(each.get("name"), each.get("value")) for each in wrong] == [
        ("actor", "Ada"),
        ("verb", "completed"),
        ("since", "x"),
    ]
    for each in wrong:
        (hint,) = page.tree.xpath(f"//*[@id='{each.get('aria-describedby')}']")
        assert hint.text_content()
    assert page.ids == []
    assert page.tree.xpath("//*[@role='alert']")


async def test_the_links_of_a_row_find_what_it_is_about(
    services: Services, browser: Browser
) -> None:
    registration = str(uuid.uuid4())
    await record(services, a_statement(verb=verb("passed"), actor=GRACE))
    (wanted,) = await record(services, a_statement(context={"registration": registration}))
    page = await browser.page("/statements")
    row = page.tree.xpath(f"//li[@data-statement='{wanted}']")[0]
    actor, spoken, _ = (each.get("href") for each in row.xpath(".//p[@class='said']//a"))
    (registered,) = (
        each.get("href") for each in row.xpath(".//p[starts-with(@class, 'facts')]//a")
    )
    for address in (actor, spoken, str(registered)):
        assert (await browser.page(address)).ids == [wanted], address


async def test_pages_turn_both_ways_and_skip_nothing(services: Services, browser: Browser) -> None:
    statements = [a_statement() for _ in range(2 * A_PAGE + 5)]
    ids = (await record(services, *statements))[::-1]
    first = await browser.page("/statements")
    second = await browser.page(first.link("Older"))
    third = await browser.page(second.link("Older"))
    assert [*first.ids, *second.ids, *third.ids] == ids
    assert "Older" not in third.text
    back = await browser.page(third.link("Newer"))
    assert back.ids == second.ids
    assert (await browser.page(back.link("Newer"))).ids == first.ids
    assert (await browser.page(third.link("Newest"))).ids == first.ids


async def test_turning_keeps_the_filters(services: Services, browser: Browser) -> None:
    await record(services, *(a_statement() for _ in range(A_PAGE + 1)))
    await record(services, *(a_statement(verb=verb("passed")) for _ in range(A_PAGE + 1)))
    page = await browser.page("/statements", params={"verb": ADL + "passed"})
    older = await browser.page(page.link("Older"))
    assert older.sentences == ["Ada Lovelace passed ‘Golf Explained’"]


async def test_voided_statements_are_left_out_shown_or_alone(
    services: Services, browser: Browser
) -> None:
    (gone,) = await record(services, a_statement())
    (void,) = await record(services, voiding(gone))
    assert (await browser.page("/statements")).ids == [void]
    assert (await browser.page("/statements?voided=only")).ids == [gone]
    page = await browser.page("/statements?voided=any")
    assert page.ids == [void, gone]
    marks = page.tree.xpath("//li[not(.//*[@data-badge='voided'][@hidden])]/@data-statement")
    assert marks == [gone]
    assert (await browser.page(f"/statements?ids={gone}")).ids == [gone]


async def test_a_voiding_statement_leads_to_the_one_it_voids(
    services: Services, browser: Browser
) -> None:
    (gone,) = await record(services, a_statement())
    await record(services, voiding(gone))
    page = await browser.page("/statements")
    target = await browser.page(page.link(f"statement {gone[:8]}…"))
    assert target.address == f"/statements/{gone}"
    assert "This statement is voided" in target.text
    assert f"voidedStatementId={gone}" in target.text


async def test_ids_that_name_nothing_are_told(services: Services, browser: Browser) -> None:
    (known,) = await record(services, a_statement())
    missing = str(uuid.uuid4())
    page = await browser.page(f"/statements?ids={known}+{missing}")
    assert page.ids == [known]
    assert "No statement has this id" in page.text
    assert page.link("as a registration") == f"/statements?registration={missing}"


async def test_an_empty_log_and_an_empty_answer_are_told_apart(
    services: Services, browser: Browser
) -> None:
    assert "No statement yet" in (await browser.page("/statements")).text
    await record(services, a_statement())
    assert "Nothing matches" in (await browser.page("/statements?verb=u:v")).text


async def test_recent_verbs_are_offered_in_words(services: Services, browser: Browser) -> None:
    await record(services, a_statement(), a_statement(), a_statement(verb=verb("passed")))
    page = await browser.page("/statements")
    offered = page.tree.xpath("//datalist/option")
    assert [(each.get("value"), each.text_content()) for each in offered] == [
        (ADL + "completed", "completed"),
        (ADL + "passed", "passed"),
    ]
    (link,) = page.tree.xpath("//nav[@aria-label='Recent verbs']//a[.='passed']/@href")
    assert len((await browser.page(str(link))).ids) == 1


async def test_a_record_too_long_for_a_list_has_a_page_of_its_own(
    services: Services, browser: Browser
) -> None:
    await record(services, a_statement(result={"response": "x" * 20_000}))
    listed = await browser.page("/statements")
    assert "x" * 1000 not in listed.text
    assert "x" * 20_000 in (await browser.page(listed.link("open it on a page of its own"))).text


async def test_another_organizations_statements_are_nowhere(
    services: Services, browser: Browser
) -> None:
    (foreign,) = await record(services, a_statement(), tenant="organization-2")
    assert (await browser.page("/statements?voided=any")).ids == []
    assert (await browser.page(f"/statements?ids={foreign}")).ids == []
    assert (await browser.page("/statements")).tree.xpath("//datalist/option") == []
    await browser.page(f"/statements/{foreign}", status=404)


async def test_a_statement_that_is_not_there_is_a_page(browser: Browser) -> None:
    page = await browser.page("/statements/nonsense", status=404)
    assert "Nothing is there" in page.text


async def test_everything_has_a_name_and_a_label(services: Services, browser: Browser) -> None:
    await record(services, a_statement(context={"registration": str(uuid.uuid4())}))
    tree = (await browser.page("/statements")).tree
    for control in tree.xpath("//main//input | //main//select"):
        labels = tree.xpath(f"//label[@for='{control.get('id')}']") or control.xpath("..")
        assert labels[0].tag == "label"
        assert labels[0].text_content().strip()
    for each in tree.xpath("//main//a | //main//button | //main//summary"):
        assert each.text_content().strip()
    for each in tree.xpath("//main//section | //main//nav | //main//form | //pre"):
        assert each.get("aria-label")
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert len(tree.xpath("//h1")) == 1
    assert tree.xpath("//*[@id='status'][@role='status']")
