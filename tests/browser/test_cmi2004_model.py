"""The browser's SCORM 2004 data model answers every call as the server's does."""

import json
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from hypothesis import given
from hypothesis import strategies as st
from playwright.async_api import Page

import scorm_runtime
from scorm_runtime.cmi.scorm2004_table import Edition, table, table_for_browser
from tests.scorm_runtime.cmi.calls import COMPARED, Call
from tests.scorm_runtime.cmi.calls2004 import ACCESS, METHODS, VALUES, answers, sequences

FOLDER = Path(scorm_runtime.__file__).parent
EDITIONS: list[Edition] = ["2nd Edition", "3rd Edition", "4th Edition"]
PREPARE = """async ([editions, values, access, valid]) => {
  const {Table, DataModel} = await import("/player/cmi2004.js");
  const {createApi} = await import("/player/scorm2004.js");
  const tables = {};
  for (const edition of editions) {
    tables[edition] = new Table(await (await fetch(`/table/${edition}`)).json());
  }
  const hooks = {initialize() {}, set() {}, commit() {}, finish() {}};
  window.answers = (edition, calls) => {
    const model = new DataModel(tables[edition], values, access);
    model.setValid(valid);
    const api = createApi(model, hooks);
    return calls.map(([name, ...given]) => [api[name](...given), api.GetLastError()]);
  };
}"""
SENT_VALID = {"continue": True, "previous": False, "choice": ["one"], "jump": ["one", "two"]}


@pytest_asyncio.fixture(loop_scope="session")
async def model(page: Page) -> AsyncIterator[Page]:
    """A page with `answers(edition, calls)`: what the browser's model answers to one SCO."""

    async def of_table(request: web.Request) -> web.Response:
        edition = cast(Edition, request.match_info["edition"])
        return web.Response(body=table_for_browser(edition), content_type="application/json")

    application = web.Application()
    application.router.add_get("/table/{edition}", of_table)
    application.router.add_static("/player", FOLDER / "player", show_index=True)
    async with TestServer(application) as server:
        await page.goto(str(server.make_url("/player/")))
        access = [list(pair) for pair in ACCESS.items()]
        await page.evaluate(PREPARE, [EDITIONS, list(VALUES.items()), access, SENT_VALID])
        yield page


async def compare(model: Page, edition: Edition, calls: list[Call]) -> None:
    """Insist that both models answer one SCO's calls alike."""
    answered = await model.evaluate("given => answers(...given)", [edition, calls])
    expected = answers(edition, calls)
    for place, (call, here, there) in enumerate(zip(calls, expected, answered, strict=True)):
        assert here == there, json.dumps([calls[: place + 1][-12:], call, here, there])


@pytest.mark.parametrize("edition", EDITIONS)
@COMPARED
@given(drawn=st.data())
async def test_both_models_answer_the_same_calls_alike(
    model: Page, edition: Edition, drawn: st.DataObject
) -> None:
    await compare(model, edition, drawn.draw(sequences(table(edition)), "calls"))


def shared() -> Path | None:
    for parent in Path(__file__).resolve().parents:
        found = parent / "shared" / "adl-scorm2004-lms"
        if found.is_dir():
            return found
    return None


def calls_of(case: Path) -> Iterator[list[Call]]:
    """Each visit's calls; an `&ID&` stands for the first record."""
    for visit in json.loads(case.read_text())["visits"]:
        made: list[Call] = []
        for call in visit["calls"]:
            if call["call"] in METHODS:
                fields = ("argument", "element", "value")
                given: list[Any] = [call[field] for field in fields if field in call]
                if call["call"] == "GetLastError":
                    given = []
                made.append((call["call"], *(re.sub("&[^&]+&", "0", each) for each in given)))
        yield made


async def test_both_models_answer_the_calls_of_adls_cases_alike(model: Page) -> None:
    folder = shared()
    if folder is None:
        pytest.skip("shared/adl-scorm2004-lms is not beside the checkout")
    sequences = [calls for case in sorted(folder.glob("*.json")) for calls in calls_of(case)]
    assert len(sequences) > 500
    for calls in sequences:
        await compare(model, "4th Edition", calls)
