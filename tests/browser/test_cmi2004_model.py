"""The browser's SCORM 2004 data model answers every call as the server's does."""

import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Page

import scorm_runtime
from scorm_runtime.cmi.scorm2004 import Api
from scorm_runtime.cmi.scorm2004_model import Access, DataModel
from scorm_runtime.cmi.scorm2004_table import Edition, table, table_for_browser
from scorm_runtime.cmi.scorm2004_tracking import set_valid_requests
from scorm_runtime.sequencing import Entry, ValidRequests
from tests.scorm_runtime.cmi.calls2004 import sequence

FOLDER = Path(scorm_runtime.__file__).parent
EDITIONS: list[Edition] = ["2nd Edition", "3rd Edition", "4th Edition"]
METHODS = {
    "Initialize": "initialize",
    "Terminate": "terminate",
    "Commit": "commit",
    "GetValue": "get_value",
    "SetValue": "set_value",
    "GetErrorString": "get_error_string",
    "GetDiagnostic": "get_diagnostic",
    "GetLastError": "get_last_error",
}
RUN = """async ([sequences, values, access, valid]) => {
  const {Table, DataModel} = await import("/player/cmi2004.js");
  const {createApi} = await import("/player/scorm2004.js");
  const table = new Table(await (await fetch("/table")).json());
  const hooks = {initialize() {}, set() {}, commit() {}, finish() {}};
  return sequences.map((calls) => {
    const model = new DataModel(table, values, access);
    model.setValid(valid);
    const api = createApi(model, hooks);
    return calls.map(([name, ...given]) => [api[name](...given), api.GetLastError()]);
  });
}"""
VALUES = {
    "cmi.entry": "resume",
    "cmi.learner_id": "s1",
    "cmi.learner_name": "Doe, Jane",
    "cmi.launch_data": "x=1",
    "cmi.scaled_passing_score": "0.5",
    "cmi.completion_threshold": "0.75",
    "cmi.objectives.0.id": "first",
    "cmi.objectives.0.success_status": "passed",
    "cmi.suspend_data": "a|b",
    "adl.data.0.id": "store-1",
    "adl.data.0.store": "kept",
    "adl.data.1.id": "store-2",
    "adl.data.2.id": "store-3",
}
ACCESS: dict[str, Access] = {"adl.data.1.store": "ro", "adl.data.2.store": "wo"}
VALID = ValidRequests(
    continue_=True,
    previous=False,
    contents=(
        Entry("one", "One", 1, visible=True, choice=True, jump=True),
        Entry("two", "Two", 1, visible=True, choice=False, jump=True),
    ),
)
SENT_VALID = {"continue": True, "previous": False, "choice": ["one"], "jump": ["one", "two"]}


async def answers(
    page: Page, edition: Edition, sequences: list[list[list[str]]], values: dict[str, str]
) -> list[list[list[str]]]:
    """What the browser's model answers, and the error code after each call."""

    async def of_table(request: web.Request) -> web.Response:
        return web.Response(body=table_for_browser(edition), content_type="application/json")

    application = web.Application()
    application.router.add_get("/table", of_table)
    application.router.add_static("/player", FOLDER / "player", show_index=True)
    async with TestServer(application) as server:
        await page.goto(str(server.make_url("/player/")))
        access = [list(pair) for pair in ACCESS.items()]
        given = [sequences, list(values.items()), access, SENT_VALID]
        found: list[list[list[str]]] = await page.evaluate(RUN, given)
        return found


def in_python(edition: Edition, calls: list[list[str]], values: dict[str, str]) -> list[list[str]]:
    """The same calls on the server's model."""
    model = DataModel(table(edition), values, ACCESS)
    set_valid_requests(model, VALID)
    api = Api(model)
    return [[getattr(api, METHODS[name])(*given), api.last_error] for name, *given in calls]


def drawn_sequences(edition: Edition) -> list[list[list[str]]]:
    drawn = random.Random(20261121)
    return [list(sequence(table(edition), drawn, 80)) for _ in range(150)]


async def compare(
    page: Page, edition: Edition, sequences: list[list[list[str]]], values: dict[str, str]
) -> None:
    answered = await answers(page, edition, sequences, values)
    for calls, got in zip(sequences, answered, strict=True):
        expected = in_python(edition, calls, values)
        for place, (call, here, there) in enumerate(zip(calls, expected, got, strict=True)):
            assert here == there, json.dumps([calls[: place + 1][-12:], call, here, there])


@pytest.mark.parametrize("edition", EDITIONS)
async def test_both_models_answer_the_same_calls_alike(page: Page, edition: Edition) -> None:
    await compare(page, edition, drawn_sequences(edition), VALUES)


async def test_the_calls_drawn_reach_every_error_code_that_a_sco_can_cause() -> None:
    seen = set()
    for calls in drawn_sequences("4th Edition"):
        seen.update(error for _, error in in_python("4th Edition", calls, VALUES))
    of_servers = {"101", "102", "111", "391", "402"}
    assert seen == set(table("4th Edition").messages) - of_servers


def shared() -> Path | None:
    for parent in Path(__file__).resolve().parents:
        found = parent / "shared" / "adl-scorm2004-lms"
        if found.is_dir():
            return found
    return None


def calls_of(case: Path) -> Iterator[list[list[str]]]:
    """Each visit's calls; an `&ID&` stands for the first record."""
    for visit in json.loads(case.read_text())["visits"]:
        made: list[list[str]] = []
        for call in visit["calls"]:
            if call["call"] in METHODS:
                fields = ("argument", "element", "value")
                given: list[Any] = [call[field] for field in fields if field in call]
                if call["call"] == "GetLastError":
                    given = []
                made.append([call["call"], *(re.sub("&[^&]+&", "0", each) for each in given)])
        yield made


async def test_both_models_answer_the_calls_of_adls_cases_alike(page: Page) -> None:
    folder = shared()
    if folder is None:
        pytest.skip("shared/adl-scorm2004-lms is not beside the checkout")
    sequences = [calls for case in sorted(folder.glob("*.json")) for calls in calls_of(case)]
    assert len(sequences) > 500
    await compare(page, "4th Edition", sequences, VALUES)
