"""The browser's data model answers every call as the server's does."""

import http.server
import json
import threading
from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import given
from playwright.async_api import Page

import scorm_runtime
from scorm_runtime.cmi import SCORM12
from tests.scorm_runtime.cmi.calls import COMPARED, VALUES, Call, answers, sequences

FOLDER = Path(scorm_runtime.__file__).parent
PREPARE = """async (values) => {
  const {Table} = await import("/player/cmi.js");
  const {createApi} = await import("/player/scorm12.js");
  const table = new Table(await (await fetch("/cmi/scorm12.json")).json());
  const hooks = {initialize() {}, set() {}, commit() {}, finish() {}};
  window.answers = (calls) => {
    const api = createApi(table, values, hooks);
    return calls.map(([name, ...given]) => [api[name](...given), api.LMSGetLastError()]);
  };
}"""


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def origin() -> Iterator[str]:
    """The package's own folder over HTTP: browsers load modules from an origin only."""
    handler = partial(_Quiet, directory=str(FOLDER))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest_asyncio.fixture(loop_scope="session")
async def model(page: Page, origin: str) -> AsyncIterator[Page]:
    """A page with `answers(calls)`: what the browser's model answers to one SCO."""
    await page.goto(f"{origin}/player/")
    await page.evaluate(PREPARE, list(VALUES.items()))
    yield page


@COMPARED
@given(calls=sequences(SCORM12))
async def test_both_models_answer_the_same_calls_alike(model: Page, calls: list[Call]) -> None:
    answered = await model.evaluate("calls => answers(calls)", calls)
    for call, here, there in zip(calls, answers(calls), answered, strict=True):
        assert here == there, json.dumps([call, here, there])
